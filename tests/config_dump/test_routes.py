"""Virtual hosts and routes, each column read by hand."""

import pytest

OWNER = {"filter_metadata": {"istio": {"config": "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproute/api"}}}


@pytest.fixture
def frames(read):
    def framed(*routes, domains=("api.example.com", "api.example.com."), **config):
        host = {"name": "api.example.com:80", "domains": list(domains), "routes": list(routes)}
        found = {"name": "80", "virtual_hosts": [host], **config}
        return read({"configs": [{"@type": "x.RoutesConfigDump", "dynamic_route_configs": [{"version_info": "3", "route_config": found}]}]})

    return framed


def test_a_virtual_host_has_a_row_for_each_domain(frames):
    got = frames({"route": {"cluster": "a"}}, ignore_port_in_host_matching=True).virtual_hosts
    assert got.domain.tolist() == ["api.example.com", "api.example.com."]
    assert got.routes.tolist() == [1, 1]
    assert got.ignores_port.all()
    assert set(got.pointer) == {"/configs/0/dynamic_route_configs/0/route_config/virtual_hosts/0"}


def test_a_route_configuration_without_virtual_hosts_is_a_row(read):
    got = read({"configs": [{"@type": "x.RoutesConfigDump", "static_route_configs": [{"route_config": {"name": "80"}}]}]}).virtual_hosts
    assert (got.route_config.item(), got.origin.item()) == ("80", "static")
    assert got.virtual_host.isna().all()


def test_a_route_with_matches_retries_and_rewrites(frames):
    route = {
        "name": "v1",
        "match": {
            "prefix": "/v1", "case_sensitive": False, "grpc": {},
            "headers": [{"name": "x-user", "string_match": {"prefix": "t"}}, {"name": ":method", "exact_match": "GET", "invert_match": True}],
            "query_parameters": [{"name": "q", "string_match": {"safe_regex": {"regex": "a+"}}}],
        },
        "route": {
            "cluster": "outbound|80||a", "timeout": "0.500s", "retry_policy": {"retry_on": "reset,connect-failure", "num_retries": 2},
            "host_rewrite_literal": "a.example.com", "prefix_rewrite": "/", "request_mirror_policies": [{"cluster": "m"}],
        },
        "metadata": OWNER,
        "typed_per_filter_config": {"envoy.filters.http.fault": {}},
    }  # fmt: skip
    got = frames(route).routes.iloc[0].dropna().to_dict()
    assert got | {
        "route_config": "80", "virtual_host": "api.example.com:80", "position": 0, "name": "v1", "match": "/v1*", "match_type": "prefix",
        "match_value": "/v1", "case_sensitive": False, "headers": "x-user: t*; not :method: GET", "query_parameters": "q: ~a+",
        "other_matches": '{"grpc":{}}', "action": "route", "cluster": "outbound|80||a", "timeout_ms": 500, "retry_on": "connect-failure,reset",
        "retries": 2, "host_rewrite": "a.example.com", "path_rewrite": "/", "mirrors": "m", "filter_config": "envoy.filters.http.fault",
        "origin": "rds", "state": "active", "version": "3", "resource": "HTTPRoute.gateway.networking.k8s.io shop/api",
    } == got  # fmt: skip


def test_weights_are_rows(frames):
    clusters = [{"name": "a", "weight": 90}, {"name": "b", "weight": 10}]
    got = frames({"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": clusters}}}).routes
    assert got[["cluster", "weight"]].to_numpy().tolist() == [["a", 90], ["b", 10]]
    assert got.pointer.nunique() == 1


@pytest.mark.parametrize(
    ("route", "action", "code", "redirect"),
    [
        ({"direct_response": {"status": 502}}, "direct_response", 502, None),
        ({"redirect": {"https_redirect": True}}, "redirect", 301, "https://*/*"),
        (
            {"redirect": {"host_redirect": "b", "port_redirect": 8443, "path_redirect": "/x", "response_code": "FOUND"}},
            "redirect",
            302,
            "*://b:8443/x",
        ),
        ({"redirect": {}}, "redirect", 301, "*://*/*"),
    ],
)
def test_other_actions(frames, route, action, code, redirect):
    got = frames({"match": {"path": "/a"}, **route}).routes.iloc[0]
    assert (got.action, got.response_code, got.redirect if redirect else None) == (action, code, redirect)
    assert got.match == "/a"


@pytest.mark.parametrize(
    ("matcher", "words"),
    [
        ({"name": "a", "present_match": True}, "a: present"),
        ({"name": "a", "present_match": False}, "a: absent"),
        ({"name": "a", "suffix_match": "z"}, "a: *z"),
        ({"name": "a", "contains_match": "z"}, "a: *z*"),
        ({"name": "a", "safe_regex_match": {"regex": "z+"}}, "a: ~z+"),
        ({"name": "a", "range_match": {"start": "1", "end": "5"}}, 'a: {"range":{"end":"5","start":"1"}}'),
        ({"name": "a"}, "a: present"),
    ],
)
def test_header_matches_in_words(frames, matcher, words):
    assert frames({"match": {"prefix": "/", "headers": [matcher]}, "route": {"cluster": "a"}}).routes.headers.item() == words
