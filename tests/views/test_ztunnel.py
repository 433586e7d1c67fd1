"""Views of an ambient mesh's logs: ztunnel's and a waypoint's."""

from __future__ import annotations

import pandas as pd
import pytest

import egresslab as eg


@pytest.fixture(scope="module")
def case():
    return eg.read_case(eg.sample_path("ambient"))


@pytest.fixture(scope="module")
def log(case):
    return case.log[case.log["proxy"] == "ztunnel"].reset_index(drop=True)


def test_where_the_traffic_went(log):
    assert eg.egress_class(log).egress_class.tolist() == ["external", "PassthroughCluster", "in_mesh", "answered_by_proxy", "in_mesh", "inbound"]
    merged = log.astype({"traffic_direction": "object", "destination_service": "object"})
    assert eg.egress_class(merged).egress_class.tolist() == eg.egress_class(log).egress_class.tolist()
    assert eg.egress_class(log.drop(columns="destination_service")).egress_class.isna().tolist() == [True, False, True, False, True, False]


def test_a_waypoint_s_way_out_is_external(case):
    found = eg.egress_class(case.log[case.log["proxy"] == "waypoint"])
    assert found.egress_class.tolist() == ["external", "inbound"]


def test_the_inventory_names_what_ztunnel_names(case):
    found = eg.hosts(case).set_index("host")
    assert found.named_by.to_dict() == {"api.example.com": "service", "203.0.113.80": "address", "10.96.40.2": "address", "240.240.0.5": "address"}
    assert found.loc["10.96.40.2", "failed"] == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (0, "TCP or TLS connection to api.example.com, a declared external host;"),
        (1, "to 203.0.113.80:443, passed through to that address as it came: ztunnel knew no service and no workload there;"),
        (2, "to orders.db.svc.cluster.local, a service of the mesh; code 0 is normal, no HTTP is seen here. It failed: ztunnel gives as the reason "),
        (3, "It failed: ztunnel gives as the reason no healthy upstream: 10.96.40.2:8200."),
        (5, "to shop.shop.svc.cluster.local, for a workload on the node of this ztunnel;"),
    ],
)
def test_an_entry_in_short(row, says, log):
    assert says in eg.explain(log.iloc[row]).summary


def test_an_entry_field_by_field_speaks_of_ztunnel(log):
    told = eg.explain(log.iloc[0])
    meanings = told.frame.set_index("field").meaning.dropna()
    assert meanings["upstream_host"] == "Address ztunnel connected to"
    assert meanings["destination_service"].startswith("Host of the service that was called")
    assert "Envoy" not in str(told)
    assert "no value: method, path, protocol, response_flags" in str(told)


def test_a_waypoint_s_entry_in_short(case):
    entries = case.log[case.log["proxy"] == "waypoint"]
    assert "sent to a declared external host" in eg.explain(entries.iloc[0]).summary
    assert "for a service that this waypoint stands before" in eg.explain(entries.iloc[1]).summary


def test_refused_connections_are_in_the_timeline_of_ends(log):
    assert eg.timeline(log, by="egress_class", bucket="1min")["count"].sum() == 5
    assert eg.timeline(log, by="egress_class", bucket="1min", time="end")["count"].sum() == 6


def test_lines_name_the_service(log):
    assert eg.lines(log).host.dropna().tolist()[0] == "api.example.com"
    assert eg.lines(log).reason.dropna().tolist() == log.connection_termination_details.dropna().tolist()


def test_filters_work_on_ztunnel_s_columns(log):
    assert eg.where(log, destination_service="*.db.*").line.tolist() == [11]
    assert eg.where(log, traffic_direction="outbound", failed=True).line.tolist() == [11, 12, 13]


def test_other_views_bear_ztunnel_s_entries(case):
    assert eg.request_shapes(case)["count"].sum() == len(case.log)
    assert len(eg.hops(case)) <= len(case.log)
    assert eg.compare(case, case).change.eq("same").all()
    assert eg.latency(case)["count"].sum() == 7


def test_no_mistake_is_named_for_what_only_ztunnel_says(log):
    findings = eg.diagnose(eg.Case(log=log))
    assert findings.mistake.isna().all()
    left = findings[findings.severity == "info"].iloc[0]
    assert (left["count"], left["of"]) == (3, 6)
    assert left["summary"].startswith("3 failed entries that none of the")
    assert pd.isna(left["mistake"])


def test_a_column_of_ztunnel_s_is_missing_in_other_logs():
    log = eg.sample("healthy").log
    assert eg.where(log, destination_service="*").empty
    assert len(eg.where(log, destination_service="-")) == len(log)
