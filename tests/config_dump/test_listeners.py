"""Listeners, filter chains and access loggers, each column read by hand."""

import json

import pytest

HTTP, TCP = "envoy.filters.network.http_connection_manager", "envoy.filters.network.tcp_proxy"
OWNER = {"filter_metadata": {"istio": {"config": "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/api"}}}


def chain(*filters, **more):
    return {"filters": [{"name": name, "typed_config": config} for name, config in filters], **more}


def listener(*chains, **more):
    address = {"socket_address": {"address": "0.0.0.0", "port_value": 443}}
    return {
        "name": "0.0.0.0_443",
        "active_state": {"version_info": "7", "listener": {"name": "0.0.0.0_443", "address": address, "filter_chains": list(chains), **more}},
    }


@pytest.fixture
def frames(read):
    return lambda *found: read({"configs": [{"@type": "x.ListenersConfigDump", "dynamic_listeners": list(found)}]})


def row(frame, at=0):
    return frame.iloc[at].dropna().to_dict()


def test_a_listener(frames):
    found = listener(
        chain((TCP, {"cluster": "a"})),
        listener_filters=[{"name": "envoy.filters.listener.tls_inspector"}, {"name": "envoy.filters.listener.http_inspector"}],
        listener_filters_timeout="0s",
        continue_on_listener_filters_timeout=True,
        traffic_direction="OUTBOUND",
        bind_to_port=False,
        default_filter_chain=chain((TCP, {"cluster": "PassthroughCluster"}), name="PassthroughFilterChain"),
    )
    got = row(frames(found).listeners)
    assert got | {
        "name": "0.0.0.0_443", "address": "0.0.0.0", "port": 443, "protocol": "TCP", "type": "TCP", "traffic_direction": "OUTBOUND",
        "bind_to_port": False, "use_original_dst": False, "listener_filters_timeout_ms": 0, "continue_on_listener_filters_timeout": True,
        "listener_filters": "envoy.filters.listener.tls_inspector,envoy.filters.listener.http_inspector",
        "filter_chains": 1, "default_filter_chain": "PassthroughFilterChain", "state": "active", "version": "7",
        "pointer": "/configs/0/dynamic_listeners/0/active_state/listener",
    } == got  # fmt: skip


def test_further_addresses_stand_behind_commas(frames):
    found = listener(additional_addresses=[{"address": {"socket_address": {"address": "::", "port_value": 443}}}])
    assert frames(found).listeners.address.item() == "0.0.0.0,::"


def test_warming_and_active_listeners_are_two_rows(frames):
    both = {**listener(), "warming_state": {"version_info": "8", "listener": {"name": "0.0.0.0_443"}}}
    assert frames(both).listeners[["state", "version"]].to_numpy().tolist() == [["active", "7"], ["warming", "8"]]


def test_a_chain_that_leads_to_a_cluster_by_sni(frames):
    match = {
        "server_names": ["b.example.com", "a.example.com"],
        "transport_protocol": "tls",
        "prefix_ranges": [{"address_prefix": "10.0.0.0", "prefix_len": 8}],
        "destination_port": 443,
    }
    config = frames(
        listener(
            chain(
                ("istio.stats", {}),
                (TCP, {"cluster": "outbound|443||a.example.com", "stat_prefix": "s", "idle_timeout": "3600s"}),
                filter_chain_match=match,
                name="sni",
                metadata=OWNER,
            )
        )
    )
    got = row(config.filter_chains)
    assert got | {
        "listener": "0.0.0.0_443", "port": 443, "name": "sni", "is_default": False, "position": 0, "destination_port": 443,
        "server_names": "a.example.com,b.example.com", "transport_protocol": "tls", "prefix_ranges": "10.0.0.0/8", "source_type": "ANY",
        "match": "SNI: b.example.com,a.example.com; Trans: tls; Addr: 10.0.0.0/8:443", "type": "TCP", "cluster": "outbound|443||a.example.com",
        "destination": "Cluster: outbound|443||a.example.com", "tls_mode": "DISABLE", "network_filters": f"istio.stats,{TCP}",
        "stat_prefix": "s", "idle_timeout_ms": 3_600_000, "resource": "VirtualService shop/api",
        "pointer": "/configs/0/dynamic_listeners/0/active_state/listener/filter_chains/0",
    } == got  # fmt: skip


def test_the_default_chain_is_marked_and_last(frames):
    chains = frames(listener(chain((TCP, {"cluster": "a"})), default_filter_chain=chain((TCP, {"cluster": "b"})))).filter_chains
    assert chains[["is_default", "position", "cluster"]].to_numpy().tolist() == [[False, 0, "a"], [True, 1, "b"]]


def test_weights_of_a_tcp_proxy_are_told(frames):
    clusters = [{"name": "a", "weight": 90}, {"name": "b", "weight": 10}]
    assert frames(listener(chain((TCP, {"weighted_clusters": {"clusters": clusters}})))).filter_chains.cluster.item() == "a=90,b=10"


def test_blocked_traffic_has_its_cluster_though_istioctl_hides_it(frames):
    got = frames(listener(chain((TCP, {"cluster": "BlackHoleCluster"})))).filter_chains.iloc[0]
    assert (got.cluster, got.destination) == ("BlackHoleCluster", "Non-HTTP/Non-TCP")


@pytest.mark.parametrize(
    ("context", "mode"),
    [
        ({"common_tls_context": {"tls_certificate_sds_secret_configs": [{"name": "kubernetes://web"}]}}, "SIMPLE"),
        (
            {"common_tls_context": {"tls_certificate_sds_secret_configs": [{"name": "kubernetes://web"}]}, "require_client_certificate": True},
            "MUTUAL",
        ),
        (
            {
                "common_tls_context": {
                    "tls_certificate_sds_secret_configs": [{"name": "default"}],
                    "combined_validation_context": {"validation_context_sds_secret_config": {"name": "ROOTCA"}},
                },
                "require_client_certificate": True,
            },
            "ISTIO_MUTUAL",
        ),
    ],
)
def test_the_mode_of_a_server_is_named_as_istio_names_it(frames, context, mode):
    found = listener(chain((TCP, {"cluster": "a"}), transport_socket={"name": "envoy.transport_sockets.tls", "typed_config": context}))
    assert frames(found).filter_chains.tls_mode.item() == mode


def test_access_loggers_have_format_and_filter(frames):
    text = {
        "name": "envoy.access_loggers.file",
        "typed_config": {"@type": "x.FileAccessLog", "path": "/dev/stdout", "log_format": {"text_format_source": {"inline_string": "%PROTOCOL%\n"}}},
    }
    other = {"name": "otel", "typed_config": {"@type": "x.OpenTelemetryAccessLogConfig"}, "filter": {"status_code_filter": {}}}
    own = {
        "name": "envoy.access_loggers.file",
        "typed_config": {"path": "/dev/stdout", "log_format": {"json_format": {"a": "%PROTOCOL%"}}},
        "filter": {"response_flag_filter": {"flags": ["NR"]}},
    }
    config = frames(listener(chain((HTTP, {"rds": {"route_config_name": "80"}, "access_log": [text, other]})), access_log=[own]))
    assert config.filter_chains.access_loggers.item() == "/dev/stdout,otel"
    assert config.filter_chains.access_log_format.item() == "%PROTOCOL%\n"
    got = config.access_loggers
    assert got.level.tolist() == ["listener", "http", "http"]
    assert got.type.dropna().tolist() == ["FileAccessLog", "OpenTelemetryAccessLogConfig"]
    assert json.loads(got["filter"].iloc[0]) == {"response_flag_filter": {"flags": ["NR"]}}
    assert json.loads(got["format"].iloc[0]) == {"a": "%PROTOCOL%"}
    assert config.raw(got.iloc[1]) == text


def test_an_unknown_filter_is_shown_by_its_name(frames):
    got = frames(listener(chain(("example.filters.network.novelty", {"@type": "x.Novelty"})))).filter_chains.iloc[0]
    assert (got.type, got.network_filters) == ("example.filters.network.novelty", "example.filters.network.novelty")
