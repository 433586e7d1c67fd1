"""istioctl's tables become rows: what a table tells, and nothing else."""

import pytest

from egresslab.config_dump.part import Part
from egresslab.config_dump.text_tables import looks_like_table, read_table
from egresslab.frames import typed

LISTENERS = """\
ADDRESSES PORT  MATCH                                                                   DESTINATION
0.0.0.0   443   SNI: b.example.com,a.example.com; Addr: 10.0.0.0/24,2001:db8::/64:443   Cluster: outbound|443||a.example.com
0.0.0.0   80    Trans: raw_buffer; App: HTTP                                            Route: 80
0.0.0.0   80    ALL                                                                     PassthroughCluster
0.0.0.0   15001 Addr: *:15001                                                           Non-HTTP/Non-TCP
0.0.0.0   15021 ALL                                                                     Inline Route: /healthz/ready*
"""
ROUTES = """\
NAME     VHOST NAME         DOMAINS                         MATCH         VIRTUAL SERVICE
80       cart:80            cart, cart.shop + 1 more...     /v2*          cart.v2.shop
80       cart:80            cart, cart.shop + 1 more...     regex ^/a     <unknown>
http.80  blackhole:80       *                               /*            404
         backend            *                               /ready
         backend            *                               /stats*
"""
CLUSTERS = """\
SERVICE FQDN        PORT     SUBSET     DIRECTION     TYPE             DESTINATION RULE
api.example.com     443      v1         outbound      STRICT_DNS       api.shop
                    8080     -          inbound       STATIC
PassthroughCluster  -        -          -             ORIGINAL_DST
"""
SECRETS = """\
RESOURCE NAME             TYPE           STATUS      VALID CERT     SERIAL NUMBER     NOT AFTER                NOT BEFORE
kubernetes://credential                   WARMING     false
default                   Cert Chain     ACTIVE      false          0aff              2026-10-09T23:42:27Z     2026-10-08T23:40:27Z
in-a-file                                ACTIVE      false
"""


def frames(text):
    part = Part("istioctl table")
    skipped = read_table(text, part)
    return {name: typed(rows.columns, name) for name, rows in part.rows.items()}, skipped


def values(frame, *columns):
    shown = frame[list(columns)].astype("object")
    return shown.where(shown.notna(), None).to_numpy().tolist()


def test_listeners_tell_what_chains_match_and_lead_to():
    found, skipped = frames(LISTENERS)
    chains = found["filter_chains"]
    assert values(chains, "server_names", "prefix_ranges", "destination_port", "application_protocols") == [
        ["a.example.com,b.example.com", "10.0.0.0/24,2001:db8::/64", 443, None],
        [None, None, None, "h2c,http/1.0,http/1.1"],
        [None, None, None, None],
        [None, None, 15001, None],
        [None, None, None, None],
    ]
    assert values(chains, "type", "route_config", "inline_routes", "cluster") == [
        ["TCP", None, None, "outbound|443||a.example.com"],
        ["HTTP", "80", False, None],
        ["TCP", None, None, "PassthroughCluster"],
        [None, None, None, None],
        ["HTTP", None, True, None],
    ]
    assert values(found["listeners"], "address", "port", "pointer")[1] == ["0.0.0.0", 80, "L3"]
    assert (len(found["listeners"]), skipped) == (4, 0)
    assert chains["is_default"].isna().all(), "the table does not show which chain is the default"


def test_on_the_way_in_a_cluster_can_stand_for_http_or_tcp():
    text = "ADDRESS PORT  MATCH                            DESTINATION\n"
    rows = [
        "0.0.0.0 15006 Addr: *:8080                     Cluster: inbound|8080||",
        "0.0.0.0 15006 App: http/1.1,h2c; Addr: *:8080  Cluster: inbound|8080||",
        "0.0.0.0 80    App: TCP TLS                     Cluster: outbound|80||a",
    ]
    chains = frames(text + "\n".join(rows))[0]["filter_chains"]
    assert values(chains, "type") == [[None], ["HTTP"], ["TCP"]]


def test_rows_whose_names_were_replaced():
    moved = LISTENERS.replace("a.example.com; ", "another-name.example.com; ").replace("0.0.0.0   80 ", "203.0.113.128   80 ")
    found, skipped = frames(moved)
    assert values(found["filter_chains"], "cluster") == values(frames(LISTENERS)[0]["filter_chains"], "cluster")
    assert found["filter_chains"]["server_names"][0] == "another-name.example.com,b.example.com"
    assert skipped == 0
    secrets, skipped = frames(SECRETS.replace("kubernetes://credential ", "kubernetes://a-credential-of-another-name "))
    assert values(secrets["secrets"], "state", "missing")[0] == ["warming", True]
    assert skipped == 0


def test_the_brief_listener_table_tells_types():
    found, _ = frames("ADDRESSES        PORT  TYPE\n::,0.0.0.0       443   HTTP+TCP\n/var/run/x.sock  0     TCP\n")
    assert values(found["listeners"], "address", "port", "type") == [["::,0.0.0.0", 443, "HTTP+TCP"], ["/var/run/x.sock", None, "TCP"]]


def test_routes_and_the_domains_that_are_shown():
    found, skipped = frames(ROUTES)
    assert values(found["routes"], "route_config", "virtual_host", "position", "match_type", "match_value", "resource") == [
        ["80", "cart:80", 0, "prefix", "/v2", "VirtualService shop/cart.v2"],
        ["80", "cart:80", 1, "safe_regex", "^/a", None],
        [None, "backend", 0, "path", "/ready", None],
        [None, "backend", 0, "prefix", "/stats", None],
    ]
    assert values(found["virtual_hosts"], "route_config", "domain", "routes") == [
        ["80", "cart", None],
        ["80", "cart.shop", None],
        ["http.80", "*", 0],
        [None, "*", None],
        [None, "*", None],
    ]
    assert skipped == 0


def test_older_and_briefer_route_tables():
    old, _ = frames("NAME     DOMAINS     MATCH     VIRTUAL SERVICE\n80       a, b        /*        a.shop\n")
    assert values(old["virtual_hosts"], "virtual_host", "domain") == [[None, "a"], [None, "b"]]
    brief, _ = frames("NAME      VIRTUAL HOSTS\n80        4\n          1\n")
    assert values(brief["virtual_hosts"], "route_config", "virtual_host", "routes") == [["80", None, None], [None, None, None]]


def test_names_of_clusters_are_put_together_again():
    found, _ = frames(CLUSTERS)
    assert values(found["clusters"], "name", "direction", "port", "subset", "host", "type", "resource") == [
        ["outbound|443|v1|api.example.com", "outbound", 443, "v1", "api.example.com", "STRICT_DNS", "DestinationRule shop/api"],
        ["inbound|8080||", "inbound", 8080, None, None, "STATIC", None],
        ["PassthroughCluster", None, None, None, None, "ORIGINAL_DST", None],
    ]


def test_hosts_and_endpoints():
    hosts = "ENDPOINT               STATUS        OUTLIER CHECK     CLUSTER\n203.0.113.10:443       HEALTHY       FAILED            outbound|443||a\n"
    found, _ = frames(hosts + "unix:///run/SDS        HEALTHY       OK                sds-grpc\n")
    assert values(found["host_statuses"], "address", "port", "health", "failed_outlier_check", "cluster") == [
        ["203.0.113.10", 443, "HEALTHY", True, "outbound|443||a"],
        ["unix:///run/SDS", None, "HEALTHY", False, "sds-grpc"],
    ]
    eds = "NAME                     STATUS      LOCALITY     CLUSTER\n10.0.0.4:80,fd00::4:80   DRAINING    eu/eu-1      a\n"
    found, _ = frames(eds)
    assert values(found["endpoints"], "address", "port", "additional_addresses", "health", "locality") == [
        ["10.0.0.4", 80, "fd00::4:80", "DRAINING", "eu/eu-1"]
    ]


def test_secrets_that_have_not_come_are_missing():
    found, skipped = frames(SECRETS)
    assert values(found["secrets"], "name", "state", "missing", "expired", "position") == [
        ["kubernetes://credential", "warming", True, None, None],
        ["default", "active", False, True, 0],
        ["in-a-file", "active", None, None, None],
    ]
    assert skipped == 0
    assert looks_like_table("No active or warming secrets found.\n")


def test_all_tables_in_one_text():
    text = "Istio Version:       1.30.1\nEnvoy Version:       1.36.4/Clean\n\n------ CLUSTER INFO ------\n\n"
    text += "NAME                             SERVICE FQDN      PORT   SUBSET   DIRECTION   TYPE     DESTINATION RULE\n"
    text += "cluster/outbound|notaport||x     x                 0      -        outbound    EDS      \n"
    text += "cluster/agent                    cluster/agent     -      -        -           STATIC   \n\n"
    text += "NAME                   ADDRESSES  PORT  MATCH  DESTINATION\nlistener/0.0.0.0_443   0.0.0.0    443   ALL    Cluster: \n\n"
    text += "NAME                 STATUS      LOCALITY     CLUSTER\nendpoint//run/SDS  HEALTHY                  sds-grpc\n"
    found, skipped = frames(text)
    assert values(found["bootstrap"], "istio_version", "istio_proxy_version", "envoy_version", "pointer") == [["1.30.1", None, "1.36.4/Clean", "L1"]]
    assert values(found["clusters"], "name", "host") == [["outbound|notaport||x", "x"], ["agent", None]]
    assert values(found["filter_chains"], "listener", "destination") == [["0.0.0.0_443", "Cluster: "]]
    assert values(found["endpoints"], "address", "health", "locality", "cluster") == [["/run/SDS", "HEALTHY", None, "sds-grpc"]]
    assert skipped == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\n",
        "NAME     READY   STATUS\nsleep    2/2     Running\n",
        "NAME   CLUSTER   ISTIOD   VERSION   SUBSCRIBED TYPES\na      b\n",
        "Проверка\n" * 3,
    ],
)
def test_other_text_is_no_table(text):
    assert not looks_like_table(text)
    assert frames(text) == ({}, 0)


def test_lines_that_are_no_rows_are_counted():
    found, skipped = frames(LISTENERS + "...\n$ kubectl get pods -n shop\nエラー: 接続なし\n")
    assert (len(found["filter_chains"]), skipped) == (5, 3)
    assert frames(ROUTES + "$ kubectl get pods -A\n")[1] == 1


@pytest.mark.parametrize("text", [LISTENERS, ROUTES, CLUSTERS, SECRETS])
def test_cut_text_does_not_raise(text):
    for end in range(len(text)):
        part = Part("istioctl table")
        assert read_table(text[:end], part) <= 1
        assert all(pointer.startswith("L") for rows in part.rows.values() for pointer in rows.columns["pointer"])


def test_what_no_column_can_hold_is_missing():
    huge = "9" * 30
    assert values(frames(SECRETS.replace("2026-10-09", "2026-02-31"))[0]["secrets"], "not_after") == [[None]] * 3
    found, _ = frames(f"ENDPOINT         STATUS      CLUSTER\n1.2.3.4:{huge}   HEALTHY     a\n")
    assert values(found["host_statuses"], "address", "port") == [[f"1.2.3.4:{huge}", None]]
    found, _ = frames(f"ADDRESS PORT MATCH  DESTINATION\n0.0.0.0 80   Addr: *:{huge}   Route: 80\n")
    assert values(found["filter_chains"], "destination_port", "route_config") == [[None, "80"]]


def test_windows_line_ends_do_no_harm():
    crlf, plain = frames(CLUSTERS.replace("\n", "\r\n")), frames(CLUSTERS)
    assert crlf[1] == plain[1] == 0
    assert values(crlf[0]["clusters"], "name", "type", "resource", "pointer") == values(plain[0]["clusters"], "name", "type", "resource", "pointer")
