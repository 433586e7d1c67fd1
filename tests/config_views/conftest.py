"""A small config of two proxies, with what istioctl hides: rejected, warming, without endpoints, missing."""

import pytest

from egresslab.frames import Config, typed

PROXY = "web.shop"


def placed(frame, proxy=PROXY, **columns):
    """A frame of rows that stand one after the other in one file."""
    length = max(map(len, columns.values()))
    columns.setdefault("pointer", [f"/{frame}/{n}" for n in range(length)])
    return typed({**columns, "proxy": [proxy] * length, "source": [f"{proxy}.json"] * length}, frame)


LISTENERS = placed(
    "listeners",
    name=["0.0.0.0_443", "0.0.0.0_80", "udp", "0.0.0.0_81"],
    address=["0.0.0.0,::", "0.0.0.0", "0.0.0.0", "0.0.0.0"],
    port=[443, 80, 53, 81],
    type=["TCP", "HTTP+TCP", "UNKNOWN", "HTTP"],
    filter_chains=[1, 1, 0, 1],
    default_filter_chain=[None, "rest", None, None],
    state=["active", "active", "active", "warming"],
)
CHAINS = placed(
    "filter_chains",
    listener=["0.0.0.0_443", "0.0.0.0_80", "0.0.0.0_80", "0.0.0.0_81"],
    address=["0.0.0.0,::", "0.0.0.0", "0.0.0.0", "0.0.0.0"],
    port=[443, 80, 80, 81],
    name=[None, "http", "rest", None],
    is_default=[False, False, True, False],
    position=[0, 0, 1, 0],
    match=["SNI: api.example.com", "Trans: raw_buffer", "ALL", "ALL"],
    destination=["Cluster: outbound|443||api.example.com", "Route: 80", "Non-HTTP/Non-TCP", "Route: 81"],
    cluster=["outbound|443||api.example.com", None, "BlackHoleCluster", None],
    state=["active", "active", "active", "warming"],
    pointer=["/listeners/0/filter_chains/0", "/listeners/1/filter_chains/0", "/listeners/1/default_filter_chain", "/listeners/3/filter_chains/0"],
)
HOSTS = placed(
    "virtual_hosts",
    route_config=["80", "80", "80", "80", "empty", "0.0.0.0_15006"],
    virtual_host=["cart", "cart", "block_all", "allow_any", None, "inbound"],
    domain=["cart.shop", "cart.shop:80", "*", "*", None, "*"],
    routes=[2, 2, 0, 1, 0, 1],
    origin=["rds"] * 5 + ["inline"],
    state=["active"] * 6,
    pointer=[*(f"/80/virtual_hosts/{n}" for n in (0, 0, 1, 2)), "/empty", "/inbound/virtual_hosts/0"],
)
ROUTES = placed(
    "routes",
    route_config=["80", "80", "80", "80", "0.0.0.0_15006"],
    virtual_host=["cart", "cart", "cart", "allow_any", "inbound"],
    position=[0, 0, 1, 0, 0],
    name=["canary", "canary", None, "allow_any", None],
    match=["/v2*", "/v2*", "/old", "/*", "/*"],
    headers=["x-canary: yes", "x-canary: yes", None, None, None],
    action=["route", "route", "redirect", "route", "route"],
    cluster=["outbound|80|v1|cart.shop", "outbound|80|v2|cart.shop", None, "PassthroughCluster", "inbound|8080||"],
    weight=[90, 10, None, None, None],
    response_code=[None, None, 301, None, None],
    redirect=[None, None, "https://*/*", None, None],
    origin=["rds"] * 4 + ["inline"],
    state=["active"] * 5,
    resource=["VirtualService shop/cart", "VirtualService shop/cart", "HTTPRoute.gateway.networking.k8s.io shop/old", None, None],
    pointer=[*(f"/80/virtual_hosts/0/routes/{n}" for n in (0, 0, 1)), "/80/virtual_hosts/2/routes/0", "/inbound/virtual_hosts/0/routes/0"],
)
CLUSTERS = placed(
    "clusters",
    name=["outbound|443|v1|api.example.com", "outbound|80||v1.example.com", "PassthroughCluster", "outbound|81||new.example.com"],
    direction=["outbound", "outbound", None, "outbound"],
    port=[443, 80, None, 81],
    subset=["v1", None, None, None],
    host=["api.example.com", "v1.example.com", None, "new.example.com"],
    type=["STRICT_DNS", "envoy.clusters.dynamic_forward_proxy", "ORIGINAL_DST", "EDS"],
    resource=["DestinationRule shop/api", "/apis/networking.istio.io/v1/short", None, "/apis/other/x"],
    state=["active", "active", "static", "warming"],
)
NOW = placed(
    "host_statuses",
    cluster=["outbound|443|v1|api.example.com", "outbound|443|v1|api.example.com", "sds-grpc"],
    address=["203.0.113.10", "fd00::1", "unix:///run/SDS"],
    port=[443, 443, None],
    health=["UNHEALTHY", "HEALTHY", None],
    failed_outlier_check=[False, True, None],
)
ENDPOINTS = placed(
    "endpoints",
    cluster=["outbound|443|v1|api.example.com", "sds-grpc"],
    address=["203.0.113.10", "./run/SDS"],
    port=[443, None],
    additional_addresses=["fd00::1:443", None],
    health=["HEALTHY", "UNKNOWN"],
    locality=["eu/eu-1", None],
    origin=["eds", "cluster"],
)
SECRETS = placed(
    "secrets",
    name=["default", "default", "kubernetes://api-cacert", "static"],
    type=["Cert Chain", "Cert Chain", "CA", None],
    state=["active", "active", "warming", "static"],
    missing=[False, False, True, True],
    not_before=["2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z", None, None],
    not_after=["2027-01-01T00:00:00Z", "2035-01-01T00:00:00Z", None, None],
    serial_number=["0a", "0b", None, None],
    position=[0, 1, None, None],
)
REJECTED = placed(
    "rejected",
    section=["listeners", "clusters", "clusters", "routes", "secrets"],
    name=["0.0.0.0_443", "outbound|443|v1|api.example.com", "outbound|9||bad.example.com", "80", "default"],
    because=["no such certificate", "invalid SAN", "no type", "bad regex", "no key"],
    resource=[None, "DestinationRule shop/api", None, None, None],
)


@pytest.fixture
def config():
    return Config(
        listeners=LISTENERS,
        filter_chains=CHAINS,
        virtual_hosts=HOSTS,
        routes=ROUTES,
        clusters=CLUSTERS,
        host_statuses=NOW,
        endpoints=ENDPOINTS,
        secrets=SECRETS,
        rejected=REJECTED,
    )
