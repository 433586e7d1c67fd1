"""Streams of many pods and containers, lines with and without a wrapping, and lines that a runtime cut into parts."""

from __future__ import annotations

import json

import pytest

import egresslab as eg
from egresslab.access_log import read_logs
from egresslab.sources import sources_of

TEXT = eg.sample_path("formats/istio.log").read_text().splitlines()
AGENT = "2026-11-23T23:16:11.640321Z\tinfo\tcache\tgenerated new workload certificate"
ENVOY = "2026-11-23T23:16:12.000000Z\twarning\tenvoy config external/envoy/source/x.cc:98\tgRPC config rejected: Error adding listeners"
APP = "2026-11-23T23:16:11.640Z info the application has started"


@pytest.fixture
def parts(tmp_path):
    def reading(text):
        path = tmp_path / "stream.log"
        path.write_text(text)
        return read_logs(sources_of([path]))

    return reading


def of(pod, line, container="istio-proxy"):
    return f"[pod/{pod}/{container}] {line}\n"


def docker(text, stream="stdout"):
    return json.dumps({"log": text, "stream": stream, "time": "2026-11-23T23:16:18.76Z"}) + "\n"


def test_pods_are_told_apart_in_all_frames(parts):
    found = parts(of("a-1", TEXT[0]) + of("b-1", AGENT) + of("b-1", "a stranger") + of("b-1", TEXT[1]))
    assert found.log[["proxy", "pod", "container", "line"]].values.tolist() == [["a-1", "a-1", "istio-proxy", 1], ["b-1", "b-1", "istio-proxy", 4]]
    assert found.messages[["proxy", "pod", "line"]].values.tolist() == [["b-1", "b-1", 2]]
    assert found.unread[["proxy", "pod", "line"]].values.tolist() == [["b-1", "b-1", 3]]
    assert found.log["pod"].dtype == "category"


def test_a_message_goes_on_with_lines_of_its_own_pod_only(parts):
    found = parts(of("a-1", ENVOY) + of("b-1", "foreign") + of("a-1", ENVOY) + of("a-1", "goes on\tthread=1"))
    assert found.unread["text"].tolist() == ["foreign"]
    assert found.messages["text"].str.endswith("goes on").tolist() == [False, True]


def test_lines_of_other_containers_are_counted_and_are_no_messages(parts):
    found = parts(of("a-1", APP, "app") * 200 + of("a-1", TEXT[0]) + of("a-1", '{"level":"info","msg":"x"}', "app"))
    assert found.log["line"].tolist() == [201]
    assert len(found.messages) == 0
    assert set(found.unread["reason"]) == {"a line of container app"}
    assert set(found.unread["container"]) == {"app"}
    assert len(found.unread) == 201


@pytest.mark.parametrize("count", [1, 150])
def test_lines_with_and_without_a_prefix_side_by_side(count, parts):
    stern = [f"shop-1-x istio-proxy {line}" for line in TEXT]
    lines = [*TEXT * count, *stern, AGENT, f"shop-1-x istio-proxy {AGENT}", *stern[:1]]
    found = parts("\n".join(lines))
    assert found.log["line"].tolist() == [n for n, line in enumerate(lines, 1) if AGENT not in line]
    assert found.log["pod"].notna().sum() == 7
    assert found.messages["pod"].astype("object").fillna("-").tolist() == ["-", "shop-1-x"]
    assert len(found.unread) == 0


@pytest.mark.parametrize("prefix", ["[istio-proxy] ", "istio-ingressgateway-.. istio-proxy ", "[shop] ", "  ", "7:", "istio-proxy.log-7-"])
def test_a_pod_that_is_not_named_for_certain_stays_missing(prefix, parts):
    log = parts(f"{prefix}{TEXT[0]}\n").log
    assert log["request_id"].tolist() == ["d249aef3-97c2-44b9-96c8-ab3481be80f5"]
    assert log["pod"].isna().all()
    assert log["proxy"].tolist() == ["stream"]


def test_an_own_line_is_not_cut_where_a_timestamp_is_taken_off(parts):
    stamp = "2026-11-23T23:24:50.123456789Z "
    found = parts("".join(f"{stamp}{line}\n" for line in TEXT) + AGENT + "\n" + stamp + AGENT + "\n" + APP)
    assert found.messages["text"].tolist() == ["generated new workload certificate"] * 2 + ["the application has started"]
    assert found.log["line"].tolist() == [1, 2, 3, 4, 5, 6]


def test_parts_are_joined_within_their_stream(parts):
    stamp, line = "2026-11-23T23:24:50.12345678Z", TEXT[0]
    found = parts(
        f"{stamp} stdout P {line[:9]}\n{stamp} stderr F {AGENT}\n{stamp} stdout P {line[9:50]}\n{stamp} stdout F {line[50:]}\n{stamp} stdout F \n"
    )
    assert found.log[["line", "request_id"]].values.tolist() == [[1, "d249aef3-97c2-44b9-96c8-ab3481be80f5"]]
    assert found.messages["line"].tolist() == [2]
    assert found.files[0].lines == 5
    assert len(found.unread) == 0


def test_parts_of_docker_have_no_end_of_line(parts):
    line = TEXT[0]
    found = parts(docker(line[:90]) + docker(AGENT + "\n", "stderr") + docker(line[90:] + "\n") + docker("\n") + docker(TEXT[1] + "\n") * 3)
    assert found.log["line"].tolist() == [1, 5, 6, 7]
    assert found.messages["line"].tolist() == [2]
    assert len(found.unread) == 0


def test_what_was_begun_and_never_ended_is_not_lost(parts):
    stamp = "2026-11-23T23:24:50.12345678Z stdout"
    found = parts(f"{stamp} F {TEXT[0]}\n{stamp} P {TEXT[1][:200]}\n")
    assert found.log["line"].tolist() == [1, 2]
    assert found.log["response_code"].tolist() == [200, 503]
    assert found.log["upstream_cluster"].isna().tolist() == [False, True]


def test_the_dump_and_the_log_of_a_pod_come_together(tmp_path):
    dump = eg.sample_path("double_tls/broken/sidecar_config_dump.json.gz")
    (tmp_path / "dump.json.gz").write_bytes(dump.read_bytes())
    node = eg.read_case(tmp_path).files["proxy"].item()
    assert "." in node
    (tmp_path / "all.log").write_text(of(node.partition(".")[0], TEXT[0]) + of("other-1", TEXT[1]))
    (tmp_path / "one.log").write_text(of(node.partition(".")[0], TEXT[2]))
    case = eg.read_case(tmp_path)
    assert case.log["proxy"].tolist() == [node, "other-1", node]
    assert case.files.set_index("source")["proxy"].astype("object").fillna("-").to_dict() == {"all.log": "-", "dump.json.gz": node, "one.log": node}


def test_a_prefix_of_megabytes_names_nobody_and_costs_little(parts):
    found = parts(of("a" * 3_000_000, TEXT[0]) + of("b-1", TEXT[1]) * 200)
    assert len(found.log) == 201
    assert found.log["pod"].isna().tolist() == [True] + [False] * 200


@pytest.mark.parametrize("text", ["[" * 5000 + "{" * 5000, '{"log":' * 3000, '[{"_raw":' * 3000, '{"log":"' + "{" * 9000 + '"}\n' * 3])
def test_what_is_nested_thousands_deep_is_refused(text, parts):
    with pytest.raises(eg.LogFormatError):
        parts(text)
