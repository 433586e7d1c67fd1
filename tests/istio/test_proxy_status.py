"""Tables of today are istioctl's; those of older versions and debug/syncz are written from the reference and Istio's own test data."""

import io
import json

import pytest

from egresslab.errors import ResourceError
from egresslab.frames import empty, join, require
from egresslab.istio.proxy_status import looks_like_proxy_status, read_proxy_status

DEFAULT = """\
NAME                           CLUSTER        ISTIOD                     VERSION     SUBSCRIBED TYPES
cart-5b8f9c7d6-q1w2e.shop      Kubernetes     istiod-6d5b8c7f9-fghij     1.29.3      4 (CDS,LDS,EDS,RDS)
idle-5b8f9c7d6-q1w2e.shop      Kubernetes     istiod-6d5b8c7f9-fghij     1.29.3      0
"""
VERBOSE = """\
NAME          CLUSTER        CDS              EDS          LDS             RDS          type.googleapis.com/x.Y     ISTIOD     VERSION
cart.shop     Kubernetes     SYNCED (93d)     IGNORED      ERROR (2m3s)    NOT SENT     STALE                       istiod     1.29.3
"""
# 1.6 to 1.12, from the reference; the row without a cluster is as a person posted it.
OLD = """\
NAME          CLUSTER     CDS                            LDS          EDS               RDS          ISTIOD     VERSION
cart.shop                 STALE (Never Acknowledged)     NOT SENT     SYNCED (100%)     NOT_SENT     istiod     1.6.14-gke.0
"""
PILOT = """\
NAME       CDS       LDS        EDS       RDS        PILOT       VERSION
proxy2     STALE     SYNCED     STALE     SYNCED     pilot-2     1.1*
"""
ANSWER = {
    "resources": [
        {
            "@type": "type.googleapis.com/envoy.service.status.v3.ClientConfig",
            "node": {"id": "cart.shop", "metadata": {"CLUSTER_ID": "Kubernetes", "ISTIO_VERSION": "1.29.3"}},
            "genericXdsConfigs": [
                {"typeUrl": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "configStatus": "SYNCED", "lastUpdated": "2026-08-22T10:00:00Z"},
                {"typeUrl": "type.googleapis.com/envoy.config.listener.v3.Listener", "configStatus": "NOT_SENT"},
                {"typeUrl": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig"},
                {"typeUrl": "type.googleapis.com/new.v1.Thing", "configStatus": "ERROR", "errorState": {"details": "no such field"}},
            ],
        },
        {"node": {"id": "idle.shop"}},
    ],
    "typeUrl": "type.googleapis.com/envoy.service.status.v3.ClientConfig",
    "controlPlane": {"identifier": '{"Component":"istiod","ID":"istiod-1"}'},
}


def read(*texts):
    frame = read_proxy_status(*map(io.StringIO, texts))
    assert frame.dtypes.astype("str").equals(empty("proxy_status").dtypes.astype("str"))
    return frame


def values(frame, *columns):
    return frame[list(columns)].astype("object").where(frame[list(columns)].notna(), None).values.tolist()


def test_the_default_table_tells_only_what_is_subscribed():
    frame = read(DEFAULT)
    assert frame["type"].astype("object").fillna("none").tolist() == ["CDS", "LDS", "EDS", "RDS", "none"]
    assert frame.status.astype("object").fillna("none").tolist() == ["SUBSCRIBED"] * 4 + ["none"]
    assert frame.loc[4, ["proxy", "cluster_id", "istiod", "version", "line"]].tolist() == [
        "idle-5b8f9c7d6-q1w2e.shop",
        "Kubernetes",
        "istiod-6d5b8c7f9-fghij",
        "1.29.3",
        3,
    ]


def test_the_verbose_table_tells_states_and_ages():
    assert values(read(VERBOSE), "type", "status", "age") == [
        ["CDS", "SYNCED", "93d"],
        ["EDS", "IGNORED", None],
        ["LDS", "ERROR", "2m3s"],
        ["RDS", "NOT SENT", None],
        ["type.googleapis.com/x.Y", "STALE", None],
    ]


def test_older_tables_with_empty_cells():
    frame = read(OLD)
    assert values(frame, "type", "status", "detail") == [
        ["CDS", "STALE", "Never Acknowledged"],
        ["LDS", "NOT SENT", None],
        ["EDS", "SYNCED", "100%"],
        ["RDS", "NOT SENT", None],
    ]
    assert frame.cluster_id.isna().all()
    assert frame.version.unique().tolist() == ["1.6.14-gke.0"]


def test_the_oldest_tables_name_the_pilot():
    assert values(read(PILOT), "proxy", "type", "status", "istiod", "version")[1] == ["proxy2", "LDS", "SYNCED", "pilot-2", "1.1*"]


def test_several_tables_amid_prompts():
    frame = read(f"me@host:~$ istioctl ps\n{DEFAULT}me@host:~$ istioctl ps -v 1 -n shop | less\n{VERBOSE}me@host:~$ exit\n")
    assert len(frame) == 5 + 5
    assert frame.line.unique().tolist() == [3, 4, 7]


def test_a_pasted_table_that_lost_its_gaps():
    text = "NAME CDS LDS ISTIOD VERSION\ncart.shop SYNCED STALE istiod-1 1.29.3\n"
    assert values(read(text), "proxy", "type", "status") == [["cart.shop", "CDS", "SYNCED"], ["cart.shop", "LDS", "STALE"]]


def test_rows_that_cannot_be_read_are_counted():
    with pytest.warns(UserWarning, match="that cannot be read: 1; the first is <stream>:3"):
        frame = read(OLD + "\t".join(["web.shop", "SYNCED", "SYNCED", "SYNCED", "SYNCED", "istiod", "1.6"]))
    assert frame.proxy.unique().tolist() == ["cart.shop"]


def test_json_of_several_istiods_after_error_text():
    other = {**ANSWER, "resources": ANSWER["resources"][1:], "controlPlane": {"identifier": "istiod-2"}}
    frame = read(f"W1123 connection lost\n{json.dumps(ANSWER, indent=4)}\n{json.dumps(other, indent=4)}\n")
    assert values(frame, "proxy", "type", "status", "detail", "istiod") == [
        ["cart.shop", "CDS", "SYNCED", None, "istiod-1"],
        ["cart.shop", "LDS", "NOT SENT", None, "istiod-1"],
        ["cart.shop", "ECDS", "IGNORED", None, "istiod-1"],
        ["cart.shop", "type.googleapis.com/new.v1.Thing", "ERROR", "no such field", "istiod-1"],
        ["idle.shop", None, None, None, "istiod-1"],
        ["idle.shop", None, None, None, "istiod-2"],
    ]
    assert frame.last_updated[0].isoformat() == "2026-08-22T10:00:00+00:00"
    assert frame.last_updated[1:].isna().all()


def test_an_object_begins_at_its_line_when_all_beginnings_are_found():
    whole = {**ANSWER, "resources": ANSWER["resources"][:1]}
    assert read(json.dumps(whole, indent=4)).line.unique().tolist() == [3]
    assert read(json.dumps(ANSWER, indent=4)).line.isna().all()


def test_the_legacy_key_of_older_versions():
    config = {"xdsConfig": [{"status": "SYNCED", "clusterConfig": {}}, {"status": "STALE", "routeConfig": {}}, {"listenerConfig": {}}]}
    answer = {"typeUrl": ANSWER["typeUrl"], "resources": [{"node": {"id": "cart.shop"}, **config}]}
    assert values(read(json.dumps(answer)), "type", "status") == [["CDS", "SYNCED"], ["RDS", "STALE"], ["LDS", "IGNORED"]]


SYNCZ = [
    {"cluster_id": "Kubernetes", "proxy": "cart.shop", "proxy_type": "sidecar", "istio_version": "1.20.1"}
    | {"cluster_sent": "a", "cluster_acked": "a", "listener_sent": "c", "listener_acked": "b", "route_sent": "d"},
    {"proxy": "web.shop", "proxy_version": "1.1", "extensionconfig_sent": "e", "extensionconfig_acked": "e"},
]


def test_syncz_compares_nonces():
    frame = read(json.dumps(SYNCZ, indent=4))
    assert values(frame[frame.proxy == "cart.shop"], "type", "status", "detail") == [
        ["CDS", "SYNCED", None],
        ["LDS", "STALE", None],
        ["EDS", "NOT SENT", None],
        ["RDS", "STALE", "Never Acknowledged"],
    ]
    assert values(frame[frame.status == "SYNCED"], "proxy", "type", "version", "line") == [
        ["cart.shop", "CDS", "1.20.1", 2],
        ["web.shop", "ECDS", "1.1", 13],
    ]


def test_newer_syncz_names_all_types_and_the_proxy_s_error():
    states = {
        "type.googleapis.com/envoy.config.cluster.v3.Cluster": {"sent": "a", "acked": "a", "sentTime": "2026-08-22T10:00:00.123456789Z"},
        "type.googleapis.com/envoy.config.listener.v3.Listener": {"sent": "b", "acked": "a", "lastError": "duplicate address"},
        "type.googleapis.com/istio.networking.nds.v1.NameTable": {"sentTime": "0001-01-01T00:00:00Z"},
    }
    frame = read(json.dumps([{"proxy": "cart.shop", "cluster_sent": "a", "resources": states}]))
    assert values(frame, "type", "status", "detail") == [
        ["CDS", "SYNCED", None],
        ["LDS", "ERROR", "duplicate address"],
        ["NDS", "NOT SENT", None],
    ]
    assert frame.last_updated.notna().tolist() == [True, False, False]


def test_one_pod_compared_with_istiod():
    text = """\
Clusters Match
Listeners Don't Match
--- Istiod Listeners
+++ Envoy Listeners
@@ -1,3 +1,2 @@
-   "name": "Routes Match"
Routes Match (RDS last loaded at Tue, 04 Aug 2020 11:52:54 IST)
"""
    assert values(read(text), "proxy", "type", "status", "detail", "line") == [
        [None, "CDS", "MATCH", None, 1],
        [None, "LDS", "DON'T MATCH", None, 2],
        [None, "RDS", "MATCH", "RDS last loaded at Tue, 04 Aug 2020 11:52:54 IST", 7],
    ]


def test_an_old_difference_without_a_word_before_it():
    assert values(read("--- Pilot Routes\n+++ Envoy Routes\n@@ -9 +9 @@\n"), "type", "status") == [["RDS", "DON'T MATCH"]]


@pytest.mark.parametrize("text", ["[]", DEFAULT.split("\n")[0], json.dumps({"typeUrl": ANSWER["typeUrl"]})])
def test_an_answer_without_proxies_is_an_empty_frame(text):
    assert read(text).empty


def test_several_files_survive_being_joined():
    frame = require(join([read(DEFAULT), read(VERBOSE), empty("proxy_status")]), "proxy_status")
    assert len(frame) == 10
    assert frame.status.value_counts()["SUBSCRIBED"] == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty; give the output of istioctl proxy-status"),
        ("<!DOCTYPE html><html>", "looks like an HTML page"),
        ('{"configs": []}', "an Envoy config dump; eg.read_config_dump reads it"),
        ('[2026-11-23T10:00:00.000Z] "GET / HTTP/1.1" 200 - via_upstream', "an access log; eg.read_access_log reads it"),
        ("Error [IST0101] (Gateway shop/a) not found", "eg.read_analysis reads it"),
        ('{"a": 1}\n["b"]', "it begins with"),
        ("resources:\n- deployment.yaml\n", "it begins with 'resources:'"),
        ("error: \x1b]0;evil\x07 refused", r"it begins with 'error: \\\\x1b]0;evil\\\\x07 refused'"),
        ('[\n  {"proxy": "cart.shop",\n', "the JSON that begins at line 1 cannot be read"),
        ("[" * 200_000, "the JSON that begins at line 1 cannot be read"),
        ("controlPlane:\n  - x: [\n", "its YAML cannot be read"),
        ("resources: &all\n- x: 1\ncontrolPlane: *all\n", "YAML alias"),
    ],
)
def test_what_is_something_else_is_named(text, said):
    with pytest.raises(ResourceError, match=said):
        read_proxy_status(io.StringIO(text))


def test_hostile_values_do_not_break_the_frame():
    odd = {"proxy": ["\ud800"], "cluster_id": {"a": 1}, "resources": {"": {"sent": 1, "acked": 2, "sentTime": "yesterday"}}}
    frame = read(json.dumps([odd, {"proxy": None, "resources": [1]}]))
    assert frame.status[0] == "STALE"
    assert frame.last_updated.isna().all()


@pytest.mark.parametrize("text", [DEFAULT, VERBOSE, OLD, PILOT, json.dumps(ANSWER), json.dumps(SYNCZ), "Clusters Match\n"])
def test_recognised_by_its_head(text):
    assert looks_like_proxy_status(text)


@pytest.mark.parametrize("text", ["", "[]", "NAME     VHOST NAME     DOMAINS\n", '{"configs": []}', "kind: Gateway\n"])
def test_other_files_are_not_taken_for_it(text):
    assert not looks_like_proxy_status(text)
