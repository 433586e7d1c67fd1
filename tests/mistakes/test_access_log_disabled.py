"""A proxy without access loggers; entries of it rule that out, and a part of a dump tells nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg
from egresslab.frames import Config, typed

SHARED = Path(__file__).parents[3] / "shared"
OFF = """
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: quiet, namespace: bank}
spec:
  accessLogging: [{disabled: true}]
"""


def config(logger=None, pointer="/configs/2/x"):
    chain = {"listener": ["0.0.0.0_443"], "address": ["0.0.0.0"], "port": [443], "type": ["TCP"], "cluster": ["outbound|443||a.example"]}
    more = {"access_loggers": [logger], "proxy": ["app.bank"], "source": ["dump.json"], "pointer": [pointer]}
    return Config(filter_chains=typed({**chain, **more}, "filter_chains"))


def subjects(case):
    findings = eg.diagnose(case)
    return findings.loc[findings["mistake"] == "access_log_disabled", "subject"].tolist()


def log_of(proxy):
    return eg.as_log(pd.DataFrame({"authority": ["a.example"], "proxy": [proxy]}))


def test_chains_without_logger():
    assert subjects(eg.Case(config=config())) == ["app.bank"]
    assert subjects(eg.Case(config=config("/dev/stdout"))) == []


def test_an_entry_rules_it_out():
    assert subjects(eg.Case(config=config(), log=log_of("app.bank"))) == []
    assert subjects(eg.Case(config=config(), log=log_of("app"))) == []


def test_a_table_of_istioctl_does_not_tell():
    assert subjects(eg.Case(config=config(pointer="L4"))) == []
    assert subjects(eg.Case(config=Config())) == []


@pytest.mark.parametrize(("text", "expected"), [(OFF, ["Telemetry bank/quiet"]), (OFF.replace("{disabled", "{match: {mode: SERVER}, disabled"), [])])
def test_a_telemetry_turns_it_off(tmp_path, text, expected):
    (tmp_path / "telemetry.yaml").write_text(text)
    resources = eg.read_resources(tmp_path / "telemetry.yaml")
    assert subjects(eg.Case(resources=resources)) == expected
    assert subjects(eg.Case(resources=resources, log=log_of("app.bank"))) == []
    assert subjects(eg.Case(resources=resources, log=log_of("app.other"))) == expected


@pytest.mark.skipif(not SHARED.is_dir(), reason="NOT TESTED: ../shared is not there")
def test_captured_case():
    case = eg.read_case(SHARED / "cases" / "g05_access_log_off")
    assert len(subjects(case)) == 1
    assert subjects(replace(case, config=Config())) == ["meshConfig"]


MESH = "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"
CONFIG_MAP = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: istio, namespace: mesh}}\ndata:\n  mesh: |\n    {MESH}\n"
PROFILE = f"apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  profile: demo\n  meshConfig:\n    {MESH}\n"


@pytest.mark.parametrize(("text", "expected"), [(CONFIG_MAP, ["meshConfig"]), (MESH, []), (PROFILE, [])], ids=["whole", "excerpt", "profile"])
def test_only_whole_settings_of_a_mesh_tell_that_it_has_no_log(tmp_path, text, expected):
    (tmp_path / "mesh.yaml").write_text(text)
    assert subjects(eg.Case(resources=eg.read_resources(tmp_path / "mesh.yaml"))) == expected
