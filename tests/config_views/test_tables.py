"""istioctl's tables over small frames made by hand: filters, what they hide, and frames that went through other hands."""

import io
from collections import Counter
from types import SimpleNamespace

import pandas as pd
import pytest

from egresslab.config_views import cluster_table, eds_table, endpoint_table, listener_table, route_table, secret_table, table_text
from egresslab.errors import FrameError
from egresslab.frames import Config, empty

TABLES = {
    "listener_table": listener_table,
    "listener_table_brief": lambda given, **words: listener_table(given, verbose=False, **words),
    "route_table": route_table,
    "route_table_brief": lambda given, **words: route_table(given, verbose=False, **words),
    "cluster_table": cluster_table,
    "endpoint_table": endpoint_table,
    "eds_table": eds_table,
    "secret_table": lambda given, **words: secret_table(given, now="2026-06-01", **words),
}
each_table = pytest.mark.parametrize("name", TABLES)


def rows(table, *columns):
    values = table[list(columns)].astype("object")
    return list(values.where(values.notna(), None).itertuples(index=False, name=None))


@each_table
def test_an_empty_config_gives_all_columns_with_their_types(name):
    for hidden in (False, True):
        pd.testing.assert_frame_equal(TABLES[name](Config(), hidden=hidden), empty(name))


@each_table
def test_a_case_is_as_good_as_its_config(name, config):
    pd.testing.assert_frame_equal(TABLES[name](SimpleNamespace(config=config)), TABLES[name](config))


def through_parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return pd.read_parquet(file)


def in_parts(frame):
    return pd.concat([frame.iloc[:1], frame.iloc[1:].astype("object")])


@each_table
@pytest.mark.parametrize("hands", [through_parquet, in_parts, lambda frame: frame.iloc[::-1][::-1]])
def test_frames_that_went_through_other_hands_give_the_same(name, hands, config):
    other = Config(**{frame: hands(rows) for frame, rows in config.frames().items()})
    for hidden in (False, True):
        pd.testing.assert_frame_equal(TABLES[name](other, hidden=hidden), TABLES[name](config, hidden=hidden))


@each_table
def test_one_proxy_of_several(name, config):
    twice = {frame: pd.concat([rows, rows.assign(proxy="api.shop")]) for frame, rows in config.frames().items()}
    both = Config(**twice)
    assert len(TABLES[name](both, hidden=True)) == 2 * len(TABLES[name](config, hidden=True))
    pd.testing.assert_frame_equal(TABLES[name](both, proxy="web", hidden=True), TABLES[name](config, hidden=True))
    with pytest.raises(FrameError, match="no proxy is called 'cart'"):
        TABLES[name](both, proxy="cart")
    with pytest.raises(FrameError, match="part of 2 proxies' names"):
        TABLES[name](both, proxy="shop")


@each_table
def test_what_is_no_config_is_refused(name):
    with pytest.raises(FrameError, match="has no config"):
        TABLES[name](pd.DataFrame())


def test_listeners_say_which_chain_is_the_default_and_where_blocked_traffic_goes(config):
    assert rows(listener_table(config, port=80), "MATCH", "DESTINATION", "filter_chain", "is_default", "cluster", "type") == [
        ("Trans: raw_buffer", "Route: 80", "http", False, None, "HTTP+TCP"),
        ("ALL", "Non-HTTP/Non-TCP", "rest", True, "BlackHoleCluster", "HTTP+TCP"),
    ]


@pytest.mark.parametrize(
    ("asked", "ports"),
    [
        ({}, ["80", "80", "443"]),
        ({"address": "::"}, ["443"]),
        ({"address": "0.0.0"}, []),
        ({"port": 0}, ["80", "80", "443"]),
        ({"type": "http+tcp"}, ["80", "80"]),
        ({"type": "HTTP"}, []),
        ({"address": "0.0.0.0", "port": 443, "type": "TCP"}, ["443"]),
        ({"verbose": False}, ["53", "80", "443"]),
        ({"verbose": False, "type": "unknown"}, ["53"]),
    ],
)
def test_filters_of_listeners(asked, ports, config):
    assert listener_table(config, **asked)["PORT"].tolist() == ports


def test_hidden_listeners_warm_have_no_chains_or_were_refused(config):
    shown = listener_table(config, hidden=True)
    assert rows(shown[shown.state != "active"], "PORT", "listener", "state", "rejected") == [
        ("81", "0.0.0.0_81", "warming", None),
        (None, "0.0.0.0_443", "rejected", "no such certificate"),
    ]
    assert rows(shown[shown.listener == "udp"], "PORT", "MATCH", "DESTINATION") == [("53", None, None)]


@each_table
def test_hidden_rows_come_on_top_of_the_others(name, config):
    plain, more = TABLES[name](config), TABLES[name](config, hidden=True)
    counts = Counter(rows(more, *more.columns))
    assert Counter(rows(plain, *plain.columns)) <= counts
    assert len(more) > len(plain)


def test_routes_say_where_they_lead(config):
    assert rows(route_table(config), "VHOST NAME", "DOMAINS", "MATCH", "VIRTUAL SERVICE", "cluster", "headers", "response_code", "redirect") == [
        ("cart", "cart.shop", "/v2*", "cart.shop", "outbound|80|v1|cart.shop=90,outbound|80|v2|cart.shop=10", "x-canary: yes", None, None),
        ("cart", "cart.shop", "/old", "<unknown>", None, None, 301, "https://*/*"),
        ("block_all", "*", "/*", "404", None, None, None, None),
    ]
    assert route_table(config)["all_domains"].tolist() == ["cart.shop,cart.shop:80", "cart.shop,cart.shop:80", "*"]


def test_hidden_routes_pass_through_or_were_refused(config):
    shown = route_table(config, hidden=True)
    assert rows(shown.iloc[3:], "NAME", "VHOST NAME", "cluster", "state", "rejected") == [
        ("80", "allow_any", "PassthroughCluster", "active", "bad regex"),
        ("80", None, None, "rejected", "bad regex"),
    ]


def test_route_configurations_in_brief(config):
    assert rows(route_table(config, verbose=False), "NAME", "VIRTUAL HOSTS", "pointer") == [("80", "3", "/80"), ("empty", "0", "/empty")]
    assert route_table(config, verbose=False, name="8").empty
    untold = Config(virtual_hosts=config.virtual_hosts.iloc[[4]].assign(routes=pd.NA))
    assert rows(route_table(untold, verbose=False), "NAME", "VIRTUAL HOSTS") == [("empty", None)]


def test_cells_of_clusters(config):
    assert rows(cluster_table(config), "SERVICE FQDN", "PORT", "SUBSET", "DIRECTION", "TYPE", "DESTINATION RULE", "cluster_type") == [
        ("PassthroughCluster", "-", "-", "-", "ORIGINAL_DST", "", "ORIGINAL_DST"),
        ("api.example.com", "443", "v1", "outbound", "STRICT_DNS", "api.shop", "STRICT_DNS"),
        ("v1.example.com", "80", "-", "outbound", "STATIC", "", "envoy.clusters.dynamic_forward_proxy"),
    ]


@pytest.mark.parametrize(
    ("asked", "hosts"),
    [
        ({"fqdn": "example"}, ["api.example.com", "v1.example.com"]),
        ({"fqdn": "Example"}, []),
        ({"subset": "v1"}, ["api.example.com", "v1.example.com"]),
        ({"port": 80}, ["v1.example.com"]),
        ({"port": 8}, []),
        ({"direction": "outbound", "fqdn": "|v1|"}, ["api.example.com"]),
        ({"direction": "inbound"}, []),
    ],
)
def test_filters_of_clusters_look_at_the_whole_name(asked, hosts, config):
    assert cluster_table(config, **asked)["SERVICE FQDN"].tolist() == hosts


def test_hidden_clusters_warm_or_were_refused(config):
    shown = cluster_table(config, hidden=True)
    assert rows(shown, "SERVICE FQDN", "name", "state", "rejected")[2:] == [
        ("new.example.com", "outbound|81||new.example.com", "warming", None),
        ("v1.example.com", "outbound|80||v1.example.com", "active", None),
        (None, "outbound|443|v1|api.example.com", "rejected", "invalid SAN"),
        (None, "outbound|9||bad.example.com", "rejected", "no type"),
    ]
    assert cluster_table(config, fqdn="api")["rejected"].tolist() == ["invalid SAN"]
    assert cluster_table(config, fqdn="bad", hidden=True)["state"].tolist() == ["rejected"]


def test_endpoints_now(config):
    assert rows(endpoint_table(config), "ENDPOINT", "STATUS", "OUTLIER CHECK", "CLUSTER") == [
        ("203.0.113.10:443", "UNHEALTHY", "OK", "outbound|443|v1|api.example.com"),
        ("fd00::1:443", "HEALTHY", "FAILED", "outbound|443|v1|api.example.com"),
        ("unix:///run/SDS", "UNKNOWN", "OK", "sds-grpc"),
    ]
    assert len(endpoint_table(config, port=443, cluster="OUTBOUND|443|v1|api.example.com")) == 2
    assert endpoint_table(config, status="unhealthy", address="203.0.113.10")["CLUSTER"].tolist() == ["outbound|443|v1|api.example.com"]
    assert endpoint_table(config, address="203.0.113.1").empty


def test_endpoints_of_the_dump(config):
    assert rows(eds_table(config), "NAME", "STATUS", "LOCALITY", "CLUSTER") == [
        ("203.0.113.10:443,fd00::1:443", "HEALTHY", "eu/eu-1", "outbound|443|v1|api.example.com"),
    ]
    assert len(eds_table(config, address="FD00::1:443", port=443, status="healthy")) == 1
    assert eds_table(config, address="203.0.113.10").empty


@pytest.mark.parametrize("table", [endpoint_table, eds_table])
def test_clusters_without_endpoints_are_hidden(table, config):
    none = ["PassthroughCluster", "outbound|80||v1.example.com"]
    shown = table(config, hidden=True)
    assert set(none) <= set(shown["CLUSTER"])
    assert shown.loc[shown["CLUSTER"].isin(none), "STATUS"].isna().all()
    assert table(config, hidden=True, cluster="passthroughcluster")["CLUSTER"].tolist() == ["PassthroughCluster"]
    assert table(config, hidden=True, port=443)["CLUSTER"].tolist() == table(config, port=443)["CLUSTER"].tolist()


@pytest.mark.parametrize(
    ("now", "valid"),
    [
        ("2026-01-01T00:00:00Z", "false"),
        ("2026-01-01T00:00:01", "true"),
        (pd.Timestamp("2027-01-01T00:59:00+01:00"), "true"),
        ("2027-01-01", "false"),
    ],
)
def test_secrets_are_valid_between_begin_and_end(now, valid, config):
    assert rows(secret_table(config, now=now), "RESOURCE NAME", "TYPE", "STATUS", "VALID CERT", "SERIAL NUMBER", "NOT AFTER", "missing") == [
        ("kubernetes://api-cacert", "", "WARMING", "false", "", "", True),
        ("default", "Cert Chain", "ACTIVE", valid, "0a", "2027-01-01T00:00:00Z", False),
    ]


def test_hidden_secrets_and_a_time_that_is_none(config):
    shown = secret_table(config, now="2026-06-01", hidden=True)
    assert rows(shown, "RESOURCE NAME", "state", "position") == [
        ("kubernetes://api-cacert", "warming", None),
        ("default", "active", 0),
        ("default", "active", 1),
        ("static", "static", None),
        ("default", "rejected", None),
    ]
    assert secret_table(config)["VALID CERT"].isin(["true", "false"]).all()
    with pytest.raises(FrameError, match="now='soon' is no time"):
        secret_table(config, now="soon")


def test_printed_tables_show_what_would_hide_and_leave_our_columns_out(config):
    evil = Config(clusters=config.clusters.assign(name="evil\x1b[2J", direction=None))
    assert table_text(cluster_table(evil)).split("\n")[1] == "evil\\x1b[2J      -        -          -             ORIGINAL_DST     "
    assert "TRUST DOMAIN" not in table_text(secret_table(config))
    trusted = Config(secrets=config.secrets.assign(trust_domain="cluster.local"))
    assert table_text(secret_table(trusted)).split("\n")[0].endswith("TRUST DOMAIN")
