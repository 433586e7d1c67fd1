# ruff: noqa: E501 -- log lines as they were captured
from __future__ import annotations

import io

import pandas as pd
import pytest

import egresslab as eg
from egresslab.errors import FrameError
from egresslab.frames import as_log, empty, log_of
from egresslab.views.hops import hops

GATEWAY = "outbound|80||istio-egressgateway.istio-system.svc.cluster.local"
GOOD = {
    "sidecar": """[2026-11-23T23:16:27.494Z] "GET /ok HTTP/1.1" 200 - via_upstream - "-" 0 19 8 4 "-" "curl/7.88.1" "1ad2f38b-47e7-477c-b0ce-318a2dfd8105" "api.example.com" "10.244.2.20:8080" outbound|80||istio-egressgateway.istio-system.svc.cluster.local 10.244.1.10:58876 203.0.113.10:80 10.244.1.10:38014 - -""",
    "gateway": """[2026-11-23T23:16:27.498Z] "GET /ok HTTP/2" 200 - via_upstream - "-" 0 19 3 1 "10.244.1.10" "curl/7.88.1" "01688e98-dc32-4f07-9a61-9c5298e6529f" "api.example.com" "203.0.113.10:80" outbound|80||api.example.com 10.244.2.20:50878 10.244.2.20:8080 10.244.1.10:58876 - -""",
}
PLAIN_TO_TLS = {
    "sidecar": """[2026-11-23T23:18:34.841Z] "GET /ok HTTP/1.1" 503 UC upstream_reset_before_response_started{connection_termination} - "-" 0 95 3 - "-" "curl/7.88.1" "1efb7299-5100-4fc2-8b0a-03a88e67e6ad" "api.example.com" "10.244.2.20:8443" outbound|443||istio-egressgateway.istio-system.svc.cluster.local 10.244.1.10:33436 203.0.113.10:80 10.244.1.10:56194 - -""",
    "gateway": """[2026-11-23T23:18:34.842Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 2 - "-" "-" "-" "-" "-" - - 10.244.2.20:8443 10.244.1.10:33436 - -""",
}
GATEWAY_DOWN = {
    "sidecar": """[2026-11-23T23:22:53.045Z] "GET /ok HTTP/1.1" 503 URX,UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} - "delayed_connect_error:_Connection_refused" 0 121 37 - "-" "curl/7.88.1" "a54ebe3b-2f52-4306-bfb3-01cc41dc8e29" "api.example.com" "10.244.2.20:8080" outbound|80||istio-egressgateway.istio-system.svc.cluster.local - 203.0.113.10:80 10.244.1.10:49178 - -""",
}


def captured(tmp_path, lines):
    for proxy, line in lines.items():
        (tmp_path / f"{proxy}.log").write_text(f"{line}\n")
    return eg.read_access_log(*(tmp_path / f"{proxy}.log" for proxy in lines))


def at(ms):
    return pd.Timestamp("2026-11-23T10:00:00Z") + pd.Timedelta(ms, "ms")


def sidecar(start, duration, port=1, **more):
    entry = {"proxy": "app", "upstream_local_address": f"10.244.1.10:{port}", "downstream_remote_address": "10.244.1.10:9999", "response_code": 200,
             "upstream_host": "10.244.2.20:8080", "upstream_cluster": GATEWAY, "method": "GET", "path": "/", "authority": "a"}  # fmt: skip
    return entry | {"start_time": at(start), "duration_ms": duration} | more


def gateway(start, duration, port=1, **more):
    entry = {"proxy": "gw", "downstream_remote_address": f"10.244.1.10:{port}", "downstream_local_address": "10.244.2.20:8080", "response_code": 200,
             "upstream_cluster": "outbound|80||a", "method": "GET", "path": "/", "authority": "a"}  # fmt: skip
    return entry | {"start_time": at(start), "duration_ms": duration} | more


def tcp(entry):
    return {**entry, "method": None, "path": None, "authority": None, "response_code": 0}


def told(*entries):
    found = hops(as_log(pd.DataFrame(list(entries))))
    return found[["hop", "line", "gateway_line", "candidates"]].astype("object").where(lambda f: f.notna(), None).to_numpy().tolist()


def test_one_request_through_the_gateway_as_it_was_captured(tmp_path):
    row = hops(captured(tmp_path, GOOD)).iloc[0]
    assert row[["hop", "connection", "host", "path"]].tolist() == ["paired", "10.244.1.10:58876", "api.example.com", "/ok"]
    assert row[["duration_ms", "gateway_duration_ms", "gateway_upstream_cluster"]].tolist() == [8, 3, "outbound|80||api.example.com"]
    assert row[["proxy", "line", "gateway_proxy", "gateway_line"]].tolist() == ["sidecar", 1, "gateway", 1]


def test_an_http_request_that_the_gateway_saw_as_broken_tcp(tmp_path):
    row = hops(captured(tmp_path, PLAIN_TO_TLS)).iloc[0]
    assert row[["hop", "method", "response_flags", "gateway_response_flags", "gateway_reason"]].tolist() == [
        "paired", "GET", "UC", "NR", "filter_chain_not_found",
    ]  # fmt: skip


def test_a_gateway_that_is_down_leaves_the_sidecars_entry_alone(tmp_path):
    row = hops(captured(tmp_path, GATEWAY_DOWN)).iloc[0]
    assert row["hop"] == "sidecar_only"
    assert row["because"].startswith("no connection came about")
    assert pd.isna(row["gateway_response_code"])
    assert row["response_flags"] == "UF,URX"


@pytest.fixture(scope="module")
def busy():
    log = eg.sample("busy").log
    return log, hops(log)


def test_busy_traffic_on_eighteen_shared_connections(busy):
    log, found = busy
    assert found["hop"].value_counts().to_dict() == {"paired": 19261, "sidecar_only": 809, "ambiguous": 24}
    pairs = found[found["hop"] == "paired"]
    assert pairs["connection"].nunique() == 18
    sides = {
        proxy: of.set_index("line")[["response_code", "bytes_sent", "bytes_received", "user_agent", "path"]]
        for proxy, of in log.groupby("proxy", observed=True)
    }
    assert (
        sides["sidecar"]
        .loc[pairs["line"]]
        .astype("object")
        .reset_index(drop=True)
        .equals(sides["gateway"].loc[pairs["gateway_line"]].astype("object").reset_index(drop=True))
    )


def test_each_gateway_entry_has_one_row(busy):
    log, found = busy
    assert sorted(found["gateway_line"].dropna()) == sorted(log.loc[log["proxy"] == "gateway", "line"])


def test_requests_that_share_a_connection_are_told_apart_by_time_path_and_host():
    assert told(
        sidecar(0, 100), sidecar(200, 100), sidecar(0, 100, path="/b"), sidecar(0, 100, authority="b"),
        gateway(210, 50), gateway(10, 50), gateway(10, 50, authority="b"), gateway(10, 50, path="/b"),
    ) == [["paired", 1, 6, 1], ["paired", 4, 7, 1], ["paired", 3, 8, 1], ["paired", 2, 5, 1]]  # fmt: skip


def test_equal_requests_at_the_same_time_are_ambiguous():
    assert told(sidecar(0, 100), sidecar(0, 100), gateway(10, 50), gateway(20, 50)) == [["ambiguous", None, 3, 2], ["ambiguous", None, 4, 2]]


def test_what_is_certain_decides_the_rest():
    found = hops(as_log(pd.DataFrame([sidecar(0, 100), sidecar(50, 20), gateway(10, 80), gateway(55, 10)])))
    assert found[["line", "gateway_line"]].to_numpy().tolist() == [[1, 3], [2, 4]]
    assert found["because"].iloc[1].startswith("the only one left")


def test_a_retry_is_a_gateway_entry_of_the_same_sidecar_entry():
    assert told(sidecar(0, 100), gateway(5, 20, response_code=503), gateway(40, 20)) == [["paired", 1, 2, 1], ["paired", 1, 3, 1]]


def test_a_port_used_again_later_is_another_connection():
    later = sidecar(60_000, 10, upstream_host="203.0.113.10:80", upstream_cluster="outbound|80||a")
    assert told(sidecar(0, 10), later, gateway(1, 8)) == [["paired", 1, 3, 1]]
    assert told(later, gateway(1, 8)) == [["gateway_only", None, 2, 0]]


def test_a_gateway_may_rewrite_the_host_and_open_tls_to_http():
    assert told(sidecar(0, 10), gateway(1, 8, authority="rewritten")) == [["paired", 1, 2, 1]]
    assert told(tcp(sidecar(0, 100)), gateway(1, 8, path="/1"), gateway(50, 8, path="/2")) == [["paired", 1, 2, 1], ["paired", 1, 3, 1]]


def test_tcp_pairs_by_connection_and_time():
    assert told(tcp(sidecar(0, 100)), tcp(sidecar(0, 100, port=2)), tcp(gateway(1, 98, port=2)), tcp(gateway(1, 98))) == [
        ["paired", 2, 3, 1], ["paired", 1, 4, 1],
    ]  # fmt: skip


def test_clocks_may_differ_by_the_slack_only():
    assert told(sidecar(5, 10), gateway(0, 10))[0][0] == "paired"
    assert [row[0] for row in told(sidecar(6, 10), gateway(0, 10))] == ["gateway_only", "sidecar_only"]
    log = as_log(pd.DataFrame([sidecar(60, 10), gateway(0, 10)]))
    assert hops(log, slack_ms=60)["hop"].tolist() == ["paired"]


def test_clocks_that_agree_tell_apart_what_lies_within_the_slack():
    assert told(sidecar(0, 0), sidecar(4, 0), gateway(0, 0), gateway(4, 0), sidecar(50, 5), gateway(51, 3)) == [
        ["paired", 1, 3, 1], ["paired", 2, 4, 1], ["paired", 5, 6, 1],
    ]  # fmt: skip


def test_a_gateway_that_calls_itself_is_no_sidecar():
    loop = {"upstream_local_address": "10.244.2.20:7", "upstream_host": "10.244.2.20:8080", "upstream_cluster": GATEWAY}
    first = gateway(1, 90) | loop
    again = [gateway(2 + n % 50, 5) | loop | {"downstream_remote_address": "10.244.2.20:7"} for n in range(5000)]
    found = hops(as_log(pd.DataFrame([sidecar(0, 100), first, *again])))
    assert found["hop"].value_counts().to_dict() == {"gateway_only": 5000, "paired": 1}
    assert found["because"].iloc[-1] == "the gateway called itself"


def test_a_loop_is_seen_when_the_first_entry_of_the_gateway_is_lost():
    loop = {"upstream_local_address": "10.244.2.20:7", "upstream_host": "10.244.2.20:8080", "upstream_cluster": GATEWAY}
    assert told(sidecar(0, 100), gateway(2, 5) | loop | {"downstream_remote_address": "10.244.2.20:7"}) == [
        ["sidecar_only", 1, None, 0], ["gateway_only", None, 2, 0],
    ]  # fmt: skip


def test_a_crowd_of_equal_entries_is_ambiguous_at_once():
    found = hops(as_log(pd.DataFrame([sidecar(0, 1000)] * 3000 + [gateway(10, 900)] * 3000)))
    assert found["hop"].unique().tolist() == ["ambiguous"]
    assert found["candidates"].tolist() == [3000] * 3000


def test_a_workload_of_the_mesh_is_no_gateway():
    called = gateway(1, 8, proxy="other", upstream_cluster="inbound|8080||")
    calls = sidecar(20, 10, port=8, proxy="other", upstream_local_address="10.244.1.11:8")
    assert told(sidecar(0, 10, upstream_cluster="outbound|80||other.shop.svc.cluster.local", upstream_host="10.244.1.11:8080"), called, calls) == [
        ["sidecar_only", 3, None, 0]
    ]


def test_why_a_sidecar_entry_has_no_gateway_entry():
    def because(*entries):
        found = hops(as_log(pd.DataFrame(list(entries))))
        return found.loc[found["hop"] == "sidecar_only", "because"].item()

    assert because(sidecar(0, 10)) == "no gateway log in this case"
    assert because(sidecar(0, 10), sidecar(0, 10, port=2), gateway(1, 8)) == "the gateway has no entry of this connection"
    assert because(sidecar(0, 10), sidecar(900, 10), gateway(1, 8)).startswith("no entry that the gateway has of this connection")
    assert because(sidecar(0, 10) | {"upstream_local_address": None}) == "the line does not name its connection"


@pytest.mark.parametrize("log", [empty("log"), as_log(pd.DataFrame({"response_code": [200]}))])
def test_nothing_to_join_is_an_empty_frame_of_the_contract(log):
    found = hops(log)
    assert found.empty
    assert found.dtypes.astype("str").equals(empty("hops").dtypes.astype("str"))


def test_entries_without_time_or_client_are_kept():
    assert told(sidecar(0, 10), gateway(1, 8) | {"start_time": None}, gateway(2, 3), gateway(1, 8) | {"downstream_remote_address": None}) == [
        ["paired", 1, 3, 1], ["gateway_only", None, 4, 0], ["gateway_only", None, 2, 0],
    ]  # fmt: skip


def test_hops_of_frames_from_other_hands_are_the_same():
    log = as_log(pd.DataFrame([sidecar(0, 100), gateway(1, 50), sidecar(200, 10, port=2), gateway(900, 1, port=3)]))
    file = io.BytesIO()
    log.to_parquet(file)
    for other in (
        log.astype("object"),
        pd.read_parquet(file),
        pd.concat([log.iloc[:2].astype("object"), log.iloc[2:]]),
        log.set_index(pd.Index([7] * 4)),
    ):
        assert hops(other).astype("object").equals(hops(log).astype("object"))


def test_what_is_no_log_is_refused():
    with pytest.raises(FrameError, match="no column"):
        hops(log_of(eg.sample("healthy")).drop(columns="upstream_local_address"))
