"""Statistics, as text, as JSON and as Prometheus takes them."""

import pytest

from egresslab.config_dump.part import Part
from egresslab.config_dump.stats import add_stats, looks_like_stats, read_stats_text
from egresslab.frames import typed

TEXT = """\
cluster_manager.cds.version_text: "2026: a "quoted" text"
cluster.outbound|443||api.example.com;.upstream_rq_retry: 3
server.stats_recent_lookups: -1
http.admin.downstream_rq_time: P0(nan,1.05) P25(2,1.5)
http.a.downstream_cx_length_ms: No recorded values
"""
JSON = [
    {"name": "cluster_manager.cds.version_text", "value": '2026: a "quoted" text'},
    {"name": "cluster.outbound|443||api.example.com;.upstream_rq_retry", "value": 3},
    {"name": "server.stats_recent_lookups", "value": -1},
    {
        "histograms": {
            "supported_quantiles": [0.0, 25.0],
            "computed_quantiles": [
                {"name": "http.admin.downstream_rq_time", "values": [{"interval": None, "cumulative": 1.05}, {"interval": 2, "cumulative": 1.5}]},
                {"name": "http.a.downstream_cx_length_ms", "values": []},
            ],
        }
    },
]
PROMETHEUS = """\
# TYPE envoy_cluster_upstream_cx_total counter
envoy_cluster_upstream_cx_total{envoy_cluster_name="outbound|443||a b: 5}"} 5

# TYPE envoy_cluster_upstream_cx_length_ms histogram
envoy_cluster_upstream_cx_length_ms_bucket{le="+Inf"} 1.5e+3 1700000000000
envoy_server_live NaN
"""


def from_text(text):
    part = Part("/stats")
    skipped = read_stats_text(text, part)
    return typed(part.of("stats").columns, "stats"), skipped


def values(frame, *columns):
    shown = frame[list(columns)].astype("object")
    return shown.where(shown.notna(), None).to_numpy().tolist()


def test_text():
    frame, skipped = from_text(TEXT)
    assert values(frame, "name", "type", "value", "text", "line") == [
        ["cluster_manager.cds.version_text", "text", None, '2026: a "quoted" text', 1],
        ["cluster.outbound|443||api.example.com;.upstream_rq_retry", "number", 3, None, 2],
        ["server.stats_recent_lookups", "number", -1, None, 3],
        ["http.admin.downstream_rq_time", "histogram", None, "P0(nan,1.05) P25(2,1.5)", 4],
        ["http.a.downstream_cx_length_ms", "histogram", None, "No recorded values", 5],
    ]
    assert skipped == 0


def test_json_tells_the_same_as_text():
    part = Part("/stats")
    add_stats(part, JSON)
    frame = typed(part.of("stats").columns, "stats")
    assert frame.drop(columns="line").equals(from_text(TEXT)[0].drop(columns="line"))
    assert frame["line"].isna().all()


def test_prometheus_keeps_labels():
    frame, skipped = from_text(PROMETHEUS)
    assert values(frame, "name", "value", "line") == [
        ['envoy_cluster_upstream_cx_total{envoy_cluster_name="outbound|443||a b: 5}"}', 5, 2],
        ['envoy_cluster_upstream_cx_length_ms_bucket{le="+Inf"}', 1500, 5],
        ["envoy_server_live", None, 6],
    ]
    assert skipped == 0


@pytest.mark.parametrize("stats", [[None, 1, {}], [{"name": 1}], [{"histograms": []}], [{"histograms": {"computed_quantiles": [{}]}}]])
def test_json_of_odd_shapes_does_not_raise(stats):
    part = Part("/stats")
    add_stats(part, stats)
    assert typed(part.of("stats").columns, "stats")["value"].isna().all()


def test_cut_and_foreign_lines():
    for text in (TEXT, PROMETHEUS):
        assert all(read_stats_text(text[:end], Part("/stats")) <= 1 for end in range(len(text)))
    frame, skipped = from_text("$ pilot-agent request GET stats\n" + TEXT.replace("\n", "\r\n"))
    assert (len(frame), skipped) == (5, 1)
    assert frame["text"][0] == '2026: a "quoted" text'


def test_which_text_it_is():
    assert looks_like_stats(TEXT)
    assert looks_like_stats("$ pilot-agent request GET stats\n" + TEXT * 1000)
    assert looks_like_stats(PROMETHEUS)
    assert not looks_like_stats("")
    assert not looks_like_stats("server: 1\nspec:\n  ports: 2\n  hosts:\n  - a\n")
    assert not looks_like_stats("apiVersion: v1\nport: 80\n")
