"""Gateways, Sidecars, routes, policies and workloads: what diagnosis asks of each."""

import io

import pytest

from egresslab.istio import read_resources

NETWORKING = "apiVersion: networking.istio.io/v1\n"
GATEWAY_API = "apiVersion: gateway.networking.k8s.io/v1\n"


def read(text):
    return read_resources(io.StringIO(text))


def values(frame, *columns):
    return frame.astype("object").where(frame.notna(), None)[list(columns)].values.tolist()


def test_a_virtual_service_has_a_row_for_each_host_rule_match_and_destination():
    rules = read(
        NETWORKING + "kind: VirtualService\nmetadata: {name: vs, namespace: shop}\nspec:\n  hosts: [a, b]\n  gateways: [mesh, istio-system/egress]\n"
        "  http:\n"
        "  - match: [{uri: {prefix: /v1}, port: 80, sourceLabels: {app: x}}, {headers: {end-user: {exact: jason}}}]\n"
        "    route: [{destination: {host: c, subset: v1, port: {number: 443}}, weight: 90}, {destination: {host: d}, weight: 10}]\n"
        "    timeout: 10s\n    retries: {attempts: 3, perTryTimeout: 500ms}\n"
        "    fault: {abort: {httpStatus: 503, percentage: {value: 12.5}}, delay: {fixedDelay: 2s}}\n"
        "  - redirect: {uri: /x}\n"
        "  tls:\n  - match: [{sniHosts: [a], port: 443, gateways: [mesh]}]\n    route: [{destination: {host: gw}}]\n"
    ).route_rules
    assert len(rules) == 2 * (2 * 2 + 1 + 1)
    of_a = rules[rules.host == "a"]
    assert values(of_a, "route_kind", "rule", "match", "match_port", "destination_host", "weight")[:2] == [
        ["http", 0, 0, 80, "c", 90],
        ["http", 0, 0, 80, "d", 10],
    ]
    assert values(of_a, "redirect", "sni_hosts", "match_gateways")[-2:] == [["uri=/x", None, None], [None, "a", "mesh"]]
    first = rules.iloc[0]
    assert (first.uri, first.source_labels, rules.headers.dropna().unique().tolist()) == ("prefix=/v1", "app=x", ["end-user=exact=jason"])
    assert (first.timeout_ms, first.retries, first.per_try_timeout_ms) == (10_000, 3, 500)
    assert (first.fault_abort, first.fault_abort_percent, first.fault_delay_ms) == (503, 12.5, 2000)
    assert (first.gateways, first.pointer, rules.pointer.iloc[-1]) == ("istio-system/egress,mesh", "/0/spec/http/0", "/0/spec/tls/0")


def test_routes_of_the_gateway_api_stand_in_the_same_frame():
    rules = read(
        GATEWAY_API + "kind: HTTPRoute\nmetadata: {name: hr, namespace: shop}\nspec:\n"
        "  parentRefs: [{name: eg, namespace: istio-egress}, {kind: ServiceEntry, name: ext}]\n  hostnames: [a.example.com]\n  rules:\n"
        "  - matches: [{path: {type: PathPrefix, value: /v1}, method: GET, headers: [{name: x, value: y}]}]\n"
        "    filters: [{type: URLRewrite, urlRewrite: {hostname: c.example.com}}]\n    timeouts: {request: 10s}\n"
        "    backendRefs: [{kind: Hostname, group: networking.istio.io, name: a.example.com, port: 443, weight: 1}]\n---\n"
        + GATEWAY_API
        + "kind: TLSRoute\nmetadata: {name: tr, namespace: shop}\nspec:\n  parentRefs: [{name: eg}]\n  hostnames: [a.example.com]\n"
        "  rules: [{backendRefs: [{name: svc, port: 443}]}]\n"
    ).route_rules
    columns = ("kind", "gateways", "route_kind", "uri", "method", "headers", "sni_hosts", "destination_kind", "destination_host", "destination_port")
    assert values(rules, *columns) == [
        [
            "HTTPRoute",
            "ServiceEntry shop/ext,istio-egress/eg",
            "http",
            "prefix=/v1",
            "exact=GET",
            "x=exact=y",
            None,
            "Hostname",
            "a.example.com",
            443,
        ],
        ["TLSRoute", "shop/eg", "tls", None, None, None, "a.example.com", "Service", "svc", 443],
    ]
    assert values(rules, "rewrite_authority", "timeout_ms", "pointer")[0] == ["c.example.com", 10_000, "/0/spec/rules/0"]


def test_the_two_gateways_are_told_apart_by_their_version():
    servers = read(
        NETWORKING + "kind: Gateway\nmetadata: {name: egress}\nspec:\n  selector: {istio: egressgateway}\n  servers:\n"
        "  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [./a.example.com, b.example.com], tls: {mode: ISTIO_MUTUAL}}\n---\n"
        + GATEWAY_API
        + "kind: Gateway\nmetadata: {name: egress}\nspec:\n  gatewayClassName: istio\n  listeners:\n"
        "  - {name: mtls, port: 443, protocol: TLS, hostname: a.example.com,"
        " tls: {mode: Terminate, options: {gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL}, certificateRefs: [{name: cert}]}}\n"
        "  - {name: http, port: 80, protocol: HTTP}\n"
    ).gateway_servers
    assert values(servers, "host_namespace", "host", "port", "tls_mode", "credential_name", "selector", "gateway_class") == [
        [".", "a.example.com", 443, "ISTIO_MUTUAL", None, "istio=egressgateway", None],
        [None, "b.example.com", 443, "ISTIO_MUTUAL", None, "istio=egressgateway", None],
        [None, "a.example.com", 443, "ISTIO_MUTUAL", "cert", None, "istio"],
        [None, None, 80, None, None, None, "istio"],
    ]


def test_a_sidecar_s_hosts_say_which_are_taken_away():
    hosts = read(
        NETWORKING + "kind: Sidecar\nspec:\n  egress:\n  - {port: {number: 9080}, captureMode: NONE, hosts: ['./*', '~platform/x.example.com']}\n"
        "  - hosts: ['~/*', '*/*']\n"
    ).sidecar_hosts
    assert values(hosts, "host_namespace", "host", "excluded", "listener", "port") == [
        [".", "*", False, 0, 9080],
        ["platform", "x.example.com", True, 0, 9080],
        ["~", "*", True, 1, None],
        ["*", "*", False, 1, None],
    ]


@pytest.mark.parametrize(("written", "read_as"), [("{}", "REGISTRY_ONLY"), ("{mode: ALLOW_ANY}", "ALLOW_ANY"), ("", None)])
def test_an_outbound_policy_without_mode_is_registry_only(written, read_as):
    found = read(f"{NETWORKING}kind: Sidecar\nspec:\n  outboundTrafficPolicy: {written}\n").sidecar_hosts
    assert values(found, "outbound_traffic_policy", "host") == [[read_as, None]]


def test_policies_say_whom_they_ask_for():
    policies = read(
        "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nspec:\n  selector: {matchLabels: {istio: egressgateway}}\n  action: DENY\n"
        "  rules:\n  - from: [{source: {notPrincipals: [p], namespaces: [b, a]}}]\n    to: [{operation: {hosts: [h], ports: ['443']}}]\n"
        "    when: [{key: connection.sni, values: [h]}]\n---\n"
        "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nspec: {mtls: {mode: STRICT}, portLevelMtls: {8443: {mode: DISABLE}}}\n"
    ).policies
    assert values(policies, "action", "selector", "principals", "namespaces", "hosts", "ports", "conditions")[0] == [
        "DENY",
        "istio=egressgateway",
        "!p",
        "a,b",
        "h",
        "443",
        "connection.sni",
    ]
    assert values(policies, "mtls_mode", "port_mtls_modes")[1] == ["STRICT", "8443=DISABLE"]


def test_what_keeps_traffic_from_the_proxy_is_found_in_pods_and_templates():
    pods = read(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, namespace: shop}\nspec:\n  template:\n    metadata:\n"
        "      labels: {app: x, sidecar.istio.io/inject: 'true'}\n      annotations:\n"
        "        traffic.sidecar.istio.io/excludeOutboundPorts: '443'\n"
        "        proxy.istio.io/config: |\n          holdApplicationUntilProxyStarts: true\n"
        "    spec:\n      hostNetwork: true\n      containers: [{name: app, securityContext: {runAsUser: 1337}}]\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: y}}\nspec:\n  containers: [{name: app}]\n"
        "  initContainers: [{name: istio-proxy, securityContext: {runAsUser: 1337}, env: [{name: ISTIO_META_DNS_CAPTURE, value: 'true'}]}]\n"
        "status: {podIP: 10.0.0.1}\n---\n" + NETWORKING + "kind: WorkloadEntry\nmetadata: {name: vm}\nspec: {address: 10.0.0.9, labels: {app: vm}}\n"
    ).workloads
    assert values(pods, "kind", "labels", "address", "proxy", "native_sidecar", "dns_capture", "run_as_users") == [
        ["Deployment", "app=x,sidecar.istio.io/inject=true", None, False, None, None, "1337"],
        ["Pod", "app=y", "10.0.0.1", True, True, True, None],
        ["WorkloadEntry", "app=vm", "10.0.0.9", None, None, None, None],
    ]
    assert values(pods, "exclude_outbound_ports", "hold_application", "host_network", "inject")[0] == ["443", True, True, "true"]


def test_services_and_envoy_filters():
    found = read(
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, annotations: {networking.istio.io/exportTo: .}}\n"
        "spec: {type: ExternalName, externalName: api.example.com, ports: [{port: 443, name: tcp, targetPort: web}]}\n---\n"
        "apiVersion: v1\nkind: Service\nspec: {clusterIP: None}\n---\n"
        "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nspec:\n  configPatches:\n  - applyTo: HTTP_FILTER\n"
        "    match: {context: SIDECAR_OUTBOUND, listener: {portNumber: 80}}\n"
        "    patch: {operation: INSERT_BEFORE, value: {name: lua, typed_config: {'@type': t}}}\n"
    )
    assert values(found.services, "external_name", "port", "port_name", "target_port", "export_to")[0] == ["api.example.com", 443, "tcp", "web", "."]
    assert found.services.cluster_ip.iloc[1] == "None"
    assert values(found.envoy_filters, "apply_to", "context", "operation", "listener_port", "value_name", "value_type") == [
        ["HTTP_FILTER", "SIDECAR_OUTBOUND", "INSERT_BEFORE", 80, "lua", "t"]
    ]
