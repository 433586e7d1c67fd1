"""Clusters and endpoints, each column read by hand."""

import pytest

OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


HTTP2 = {
    "upstream_http_protocol_options": {"auto_sni": True},
    "explicit_http_config": {"http2_protocol_options": {}},
    "common_http_protocol_options": {"idle_timeout": "5s"},
}
ISTIO = {
    "external": True,
    "services": [{"host": "api.example.com", "namespace": "shop"}],
    "config": "/apis/networking.istio.io/v1/namespaces/shop/destination-rule/api",
}


def tls(certificates=(), ca=None, alpn=(), **more):
    common = {"tls_certificate_sds_secret_configs": [{"name": c} for c in certificates], "alpn_protocols": list(alpn)}
    if ca:
        common["combined_validation_context"] = {
            "default_validation_context": {"match_subject_alt_names": [{"exact": "b"}, {"exact": "a"}]},
            "validation_context_sds_secret_config": {"name": ca},
        }
    return {"name": "envoy.transport_sockets.tls", "typed_config": {"@type": "x.UpstreamTlsContext", "common_tls_context": common, **more}}


@pytest.fixture
def cluster(one):
    return lambda **found: one(
        "clusters", "dynamic_active_clusters", {"version_info": "2", "cluster": {"name": "outbound|443|v1|api.example.com", **found}}
    ).iloc[0]


def test_a_cluster(cluster):
    got = cluster(
        type="STRICT_DNS", connect_timeout="10s", dns_lookup_family="V4_ONLY", dns_refresh_rate="60s", respect_dns_ttl=True,
        circuit_breakers={"thresholds": [{"priority": "HIGH", "max_connections": 1}, {"max_connections": 100, "max_retries": 4294967295}]},
        outlier_detection={"consecutive_5xx": 5, "interval": "10s", "base_ejection_time": "30s", "max_ejection_percent": 100},
        metadata={"filter_metadata": {"istio": ISTIO}}, typed_extension_protocol_options={OPTIONS: HTTP2},
    )  # fmt: skip
    expected = {
        "direction": "outbound", "port": 443, "subset": "v1", "host": "api.example.com", "type": "STRICT_DNS", "connect_timeout_ms": 10_000,
        "dns_lookup_family": "V4_ONLY", "dns_refresh_rate_ms": 60_000, "respect_dns_ttl": True, "max_connections": 100, "max_retries": 4294967295,
        "outlier_detection": True, "outlier_consecutive_5xx": 5, "outlier_interval_ms": 10_000, "outlier_base_ejection_ms": 30_000,
        "outlier_max_ejection_percent": 100, "external": True, "services": "shop/api.example.com", "resource": "DestinationRule shop/api",
        "auto_sni": True, "http_protocol": "http2", "idle_timeout_ms": 5000, "tls_mode": "DISABLE", "lb_policy": "ROUND_ROBIN", "version": "2",
    }  # fmt: skip
    assert {name: got[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("sockets", "mode"),
    [
        ({}, "DISABLE"),
        ({"transport_socket": {"name": "envoy.transport_sockets.raw_buffer", "typed_config": {"@type": "x.RawBuffer"}}}, "DISABLE"),
        ({"transport_socket": tls(ca="file-root:system")}, "SIMPLE"),
        ({"transport_socket": tls(["kubernetes://client"])}, "MUTUAL"),
        ({"transport_socket": tls(["default"], "ROOTCA", ["istio"])}, "ISTIO_MUTUAL"),
        (
            {"transport_socket": tls(["file-cert:/etc/certs/cert-chain.pem~/etc/certs/key.pem"], "file-root:/etc/certs/root-cert.pem", ["istio"])},
            "ISTIO_MUTUAL",
        ),
        (
            {
                "transport_socket_matches": [
                    {"name": "tlsMode-istio", "match": {"tlsMode": "istio"}, "transport_socket": tls(["default"], "ROOTCA")},
                    {"name": "tlsMode-disabled", "match": {}},
                ]
            },
            "AUTO",
        ),
        ({"transport_socket": {"name": "proxy", "typed_config": {"@type": "x.ProxyProtocolUpstreamTransport", "transport_socket": tls()}}}, "SIMPLE"),
    ],
)
def test_the_mode_is_named_as_istio_names_it(cluster, sockets, mode):
    assert cluster(**sockets).tls_mode == mode


def test_what_a_tls_context_says(cluster):
    got = cluster(transport_socket=tls(["b", "a"], "ROOTCA", ["istio", "h2"], sni="api.example.com"))
    assert (got.certificates, got.ca, got.alpn, got.sni, got.subject_alt_names) == ("a,b", "ROOTCA", "h2,istio", "api.example.com", "a,b")


def test_names_that_are_not_istios_have_no_parts(one):
    got = one("clusters", "static_clusters", {"cluster": {"name": "PassthroughCluster", "type": "ORIGINAL_DST"}}).iloc[0]
    assert got[["direction", "port", "subset", "host"]].isna().all()
    assert got.state == "static"


def test_a_cluster_type_is_named(cluster):
    assert cluster(cluster_type={"name": "envoy.clusters.dynamic_forward_proxy"}).type == "envoy.clusters.dynamic_forward_proxy"


ENDPOINT = {
    "endpoint": {"address": {"socket_address": {"address": "203.0.113.9", "port_value": 443}}, "hostname": "api"},
    "health_status": "UNHEALTHY", "load_balancing_weight": 2,
    "metadata": {"filter_metadata": {"envoy.transport_socket_match": {"tlsMode": "istio"}, "istio": {"workload": "w;shop"}}},
}  # fmt: skip
ASSIGNMENT = {"cluster_name": "c", "endpoints": [{"locality": {"region": "r", "zone": "z"}, "priority": 1, "lb_endpoints": [ENDPOINT]}]}


def test_an_endpoint(one):
    got = one("endpoints", "dynamic_endpoint_configs", {"endpoint_config": ASSIGNMENT}).iloc[0].dropna().to_dict()
    assert got | {
        "cluster": "c", "address": "203.0.113.9", "port": 443, "hostname": "api", "health": "UNHEALTHY", "weight": 2, "priority": 1,
        "locality": "r/z", "tls_mode": "istio", "workload": "w;shop", "origin": "eds",
        "pointer": "/configs/0/dynamic_endpoint_configs/0/endpoint_config/endpoints/0/lb_endpoints/0",
    } == got  # fmt: skip


def test_endpoints_in_a_cluster_count_only_without_an_endpoints_section(read):
    clusters = {"@type": "x.ClustersConfigDump", "static_clusters": [{"cluster": {"name": "c", "load_assignment": ASSIGNMENT}}]}
    endpoints = {"@type": "x.EndpointsConfigDump", "static_endpoint_configs": [{"endpoint_config": ASSIGNMENT}]}
    assert read({"configs": [clusters]}).endpoints.origin.tolist() == ["cluster"]
    assert read({"configs": [clusters, endpoints]}).endpoints.origin.tolist() == ["eds"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ({"pipe": {"path": "/run/sds"}}, "/run/sds"),
        (
            {"envoy_internal_address": {"server_listener_name": "connect_originate", "endpoint_id": "10.0.0.1:80"}},
            "envoy://connect_originate/10.0.0.1:80",
        ),
    ],
)
def test_other_addresses(one, address, told):
    found = {"cluster_name": "c", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]}
    assert one("endpoints", "dynamic_endpoint_configs", {"endpoint_config": found}).address.item() == told
