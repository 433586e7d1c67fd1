"""What a proxy refused shows in its dump, in its own lines, in its counters and in proxy-status."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg
from egresslab.frames import typed
from egresslab.mistakes.config_rejected import in_config, in_log, in_resources

SHARED = Path(__file__).parents[3] / "shared"
LINE = "gRPC config for type.googleapis.com/envoy.config.cluster.v3.Cluster rejected: Error adding/updating cluster(s) outbound|80||a.example: bad"


def messages(*texts):
    count = len(texts)
    return typed({"text": list(texts), "proxy": ["app.bank"] * count, "source": ["app.log"] * count, "line": list(range(1, count + 1))}, "messages")


def statuses(**types):
    return typed({"proxy": ["app.bank"] * len(types), "type": list(types), "status": list(types.values())}, "proxy_status")


def test_the_proxys_own_lines():
    finding = next(in_log(messages(LINE, "StreamSecrets gRPC config stream closed: 13")))
    assert (finding.subject, finding.count, finding.places) == ("app.bank", 1, ("app.log:1",))
    assert "bad" in finding.summary
    assert list(in_log(messages("authn: token rejected: expired"))) == []


def test_counters_remember_it():
    values = {"name": ["listener_manager.lds.update_rejected", "cluster_manager.cds.update_rejected"], "type": ["number"] * 2}
    stats = typed({**values, "value": [2.0, 0.0], "proxy": ["app.bank"] * 2}, "stats")
    assert [(f.severity, f.count) for f in in_config(eg.Config(), stats)] == [("warning", 2)]


@pytest.mark.parametrize(
    ("types", "severities"),
    [({"CDS": "SYNCED", "LDS": "STALE (5m)"}, ["error"]), ({"LDS": "NOT SENT"}, ["warning"]), ({"ECDS": "NOT SENT", "RDS": "NOT SENT"}, [])],
)
def test_proxy_status(types, severities):
    assert [finding.severity for finding in in_resources(statuses(**types))] == severities


def test_frames_that_went_through_other_hands():
    objects = pd.concat([messages(LINE), messages(LINE)]).astype("object").convert_dtypes()
    assert next(in_log(objects)).count == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
def test_captured_case():
    case = eg.read_case(SHARED / "cases" / "m06_nack_stale_config")
    findings = eg.diagnose(case)
    finding = findings[findings["mistake"] == "config_rejected"].iloc[0]
    assert finding["severity"] == "error"
    assert "0.0.0.0_80" in finding["summary"]
    assert "error_state" in finding["evidence"]
