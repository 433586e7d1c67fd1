"""All ways that traffic can take, as one frame."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg
from egresslab.config_views import config_paths
from egresslab.frames import Config, typed

CAPTURED = Path(__file__).parents[3] / "shared" / "cases"
DUMPS = [eg.sample_path(f"incident/{name}_config_dump.json") for name in ("sidecar", "gateway")]
captured = pytest.mark.skipif(not CAPTURED.exists(), reason=f"THE CAPTURED CASES ARE NOT THERE: {CAPTURED}, paths are only tested on one incident")


@pytest.fixture(scope="module")
def incident():
    return eg.read_config_dump(*DUMPS)


def of(chains, hosts=None, routes=None, **more):
    """A config of typed frames: chains at one listener, and what they ask for."""
    frames = {"filter_chains": chains, "virtual_hosts": hosts, "routes": routes, **more}
    return Config(**{name: typed(_placed(columns), name) for name, columns in frames.items() if columns})


def _placed(columns):
    return {"proxy": ["p"] * len(next(iter(columns.values()))), "source": ["f"] * len(next(iter(columns.values()))), **columns}


def http(hosts=None, routes=None, **more):
    return of({"listener": ["0.0.0.0_80"], "type": ["HTTP"], "route_config": ["80"], "pointer": ["/chain"]}, hosts, routes, **more)


ONE_HOST = {"route_config": ["80"], "virtual_host": ["v"], "domain": ["*"], "routes": [1], "origin": ["rds"], "pointer": ["/rc/virtual_hosts/0"]}


def routes(**columns):
    count = len(next(iter(columns.values())))
    return {"route_config": ["80"] * count, "virtual_host": ["v"] * count, "pointer": ["/rc/virtual_hosts/0/routes/0"] * count, **columns}


# By hand, straight from the JSON: listener, chain, virtual host, cluster, endpoint.


def walked(path):
    dump = {c["@type"].rsplit(".", 1)[-1]: c for c in json.loads(Path(path).read_text())["configs"]}
    configs = {c["route_config"]["name"]: c["route_config"] for c in dump["RoutesConfigDump"].get("dynamic_route_configs", [])}
    endpoints = {}
    for kind in ("static", "dynamic"):
        for one in dump["EndpointsConfigDump"].get(f"{kind}_endpoint_configs", []):
            found = one["endpoint_config"]
            addresses = [e["endpoint"]["address"] for g in found.get("endpoints", []) for e in g.get("lb_endpoints", [])]
            endpoints[found.get("cluster_name")] = [written(**a) for a in addresses]
    for one in dump["ListenersConfigDump"].get("static_listeners", []) + dump["ListenersConfigDump"].get("dynamic_listeners", []):
        listener = one.get("listener") or one["active_state"]["listener"]
        for chain in [*listener["filter_chains"], *([listener["default_filter_chain"]] if "default_filter_chain" in listener else [])]:
            for host, cluster in leads(chain["filters"][-1]["typed_config"], configs):
                for endpoint in endpoints.get(cluster) or [None]:
                    yield listener.get("name"), chain.get("name"), host, cluster, endpoint


def written(pipe=None, socket_address=None):
    return pipe["path"] if pipe else f"{socket_address['address']}:{socket_address['port_value']}"


def leads(end, configs):
    if "stat_prefix" in end and "cluster" in end:
        return [(None, end["cluster"])]
    config = end.get("route_config") or configs[end["rds"]["route_config_name"]]
    return [(host["name"], route["route"]["cluster"]) for host in config["virtual_hosts"] for route in host["routes"]]


@pytest.mark.parametrize("dump", DUMPS, ids=["sidecar", "gateway"])
def test_the_ways_are_those_of_the_json(dump):
    ways = config_paths(eg.read_config_dump(dump))
    columns = ways[["listener", "filter_chain", "virtual_host", "cluster", "endpoint"]].astype("object")
    found = Counter(columns.where(columns.notna(), None).itertuples(index=False, name=None))
    assert found == Counter(walked(dump))
    assert len(found) > 2


def test_a_way_points_to_what_decides_it(incident):
    ways = config_paths(incident)
    decided = [incident.raw(row) for _, row in ways.iterrows()]
    assert all(("route" in d) == (row.type == "HTTP") for d, row in zip(decided, ways.itertuples(), strict=True))
    assert ways.cluster_exists.all()


def test_ways_of_one_host_and_port(incident):
    ways = config_paths(incident, host="API.example.com:443")
    assert set(ways.port) == {80, 443, 8080}
    gateway = config_paths(incident, host="api.example.com", proxy="gateway")
    assert gateway[["cluster", "upstream_tls_mode", "sni", "endpoint"]].values.tolist() == [
        ["outbound|443||api.example.com", "SIMPLE", "api.example.com", "203.0.113.10:443"]
    ]
    assert gateway[["route_resource", "cluster_resource"]].iloc[0].tolist() == ["VirtualService shop/via-egress", "DestinationRule shop/api-dr"]
    assert config_paths(incident, host="nobody.example.net").empty


def test_weights_redirects_and_answers():
    several = routes(
        cluster=["a", "b", None, None],
        weight=[90, 10, None, None],
        action=["route", "route", "redirect", "direct_response"],
        redirect=[None, None, "https://*/*", None],
        response_code=[None, None, 301, 502],
        match=["/*"] * 4,
        headers=["x-tenant: gold", "x-tenant: gold", None, None],
    )
    ways = config_paths(http(ONE_HOST, several))
    assert ways[["action", "cluster"]].fillna("").values.tolist() == [["route", "a"], ["route", "b"], ["redirect", ""], ["direct_response", ""]]
    assert ways.weight.tolist()[:2] == [90, 10]
    assert ways.response_code.tolist()[2:] == [301, 502]
    assert ways.route_match.tolist()[1:3] == ["/*; x-tenant: gold", "/*"]
    assert ways.cluster_exists.isna().all()  # an input without clusters does not tell


def test_a_tcp_proxy_with_weights_leads_to_each_cluster():
    ways = config_paths(of({"listener": ["l"], "type": ["TCP"], "cluster": ["outbound|443|v1|x=90,outbound|443|v2|x=10"], "pointer": ["/c"]}))
    assert ways[["action", "cluster", "weight"]].values.tolist() == [["tcp_proxy", "outbound|443|v1|x", 90], ["tcp_proxy", "outbound|443|v2|x", 10]]


def test_what_finds_no_route():
    assert config_paths(http()).action.isna().all()  # nothing tells the routes of this proxy
    inline = {**ONE_HOST, "route_config": ["in"], "origin": ["inline"], "pointer": ["/other/filters/0/typed_config/route_config/virtual_hosts/0"]}
    assert config_paths(http(inline)).action.isna().all()  # what stands in the listeners is not what RDS brings
    other = {**ONE_HOST, "route_config": ["8080"]}
    assert config_paths(http(other))[["action", "response_code", "pointer"]].values.tolist() == [["route_configuration_not_found", 404, "/chain"]]
    none = {**ONE_HOST, "routes": [0], "domain": ["*"]}
    assert config_paths(http(none))[["action", "virtual_host", "pointer"]].values.tolist() == [["route_not_found", "v", "/rc/virtual_hosts/0"]]


def test_a_cluster_that_is_named_and_not_there_or_only_warms():
    clusters = {"name": ["there", "warms"], "state": ["active", "warming"]}
    ways = config_paths(http(ONE_HOST, routes(cluster=["there", "warms", "gone"], action=["route"] * 3), clusters=clusters))
    assert ways.cluster_exists.tolist() == [True, False, False]


def test_endpoints_by_their_name_in_eds_and_as_they_are_now():
    clusters = {"name": ["c"], "eds_service_name": ["outbound|80||c"]}
    listed = {"cluster": ["outbound|80||c"], "address": ["c.example.com"], "port": [80], "health": ["HEALTHY"]}
    now = {"cluster": ["c", "c"], "address": ["203.0.113.1", "203.0.113.2"], "port": [80, 80], "health": ["HEALTHY"] * 2}
    now["health_flags"] = ["healthy", "failed_outlier_check"]
    config = http(ONE_HOST, routes(cluster=["c"], action=["route"]), clusters=clusters, endpoints=listed)
    assert config_paths(config)[["endpoint", "health"]].values.tolist() == [["c.example.com:80", "HEALTHY"]]
    resolved = replace(config, host_statuses=typed(_placed(now), "host_statuses"))
    assert config_paths(resolved)[["endpoint", "health"]].values.tolist() == [
        ["203.0.113.1:80", "HEALTHY"],
        ["203.0.113.2:80", "failed_outlier_check"],
    ]


def test_a_virtual_host_with_many_domains_is_one_way():
    hosts = {name: values * 2 for name, values in ONE_HOST.items()} | {"domain": ["b.example.com", "a.example.com"]}
    ways = config_paths(http(hosts, routes(cluster=["c"], action=["route"])))
    assert ways.domains.tolist() == ["b.example.com,a.example.com"]


def test_sections_may_stand_in_files_of_their_own(incident):
    whole = config_paths(incident)
    parts = {name: getattr(incident, name).assign(source=name) for name in ("filter_chains", "clusters", "endpoints")}
    for name in ("virtual_hosts", "routes"):
        frame = getattr(incident, name)
        parts[name] = frame.assign(source=frame["origin"].map({"inline": "filter_chains"}).astype("str").fillna("routes"))
    found = config_paths(replace(incident, **parts))
    pd.testing.assert_frame_equal(found.drop(columns="source"), whole.drop(columns="source"))
    assert set(found.source) == {"routes", "filter_chains"}


def test_frames_that_went_through_other_hands(incident):
    hands = {name: frame.astype("object").iloc[::-1].iloc[::-1] for name, frame in incident.frames().items()}
    pd.testing.assert_frame_equal(config_paths(Config(**hands)), config_paths(incident))


def test_no_config_has_no_ways():
    ways = config_paths(Config())
    assert (ways.empty, ways.dtypes.tolist()) == (True, typed({}, "config_paths").dtypes.tolist())


@captured
@pytest.mark.parametrize(
    ("case", "cluster"),
    [
        ("d03_vs_unknown_destination_nc", "outbound|80||api.exmaple.com"),
        ("d05_vs_tls_missing_cluster_nc", "outbound|443||api-prod.example.com"),
        ("d06c_egressgateway_service_exportto_nc", "outbound|80||istio-egressgateway.istio-system.svc.cluster.local"),
    ],
)
def test_captured_routes_to_nowhere(case, cluster):
    ways = config_paths(eg.read_config_dump(CAPTURED / case / "sidecar_config_dump.json"))
    assert ways[~ways.cluster_exists.fillna(True)].cluster.tolist() == [cluster]


@captured
def test_each_moment_has_its_own_ways():
    files = [CAPTURED / "k04_gw_missing_credential_at_runtime" / f"gateway_{name}" for name in ("config_dump.json", "config_dump_warming.json")]
    ways = config_paths(eg.read_config_dump(*files), host="api.example.com")
    assert ways.groupby("source", observed=True).size().tolist() == [1, 1]
