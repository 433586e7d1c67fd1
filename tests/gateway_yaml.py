"""YAML of a way through an egress gateway, each part of it as a test wants it."""

from __future__ import annotations

import io

import pandas as pd

import egresslab as eg

GATEWAY = "way-out.edge.svc.cluster.local"
HOST = "partner.example.net"
CLUSTER = f"outbound|8443||{GATEWAY}"
_TEMPLATE = f"""
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {{{{name: way-out, namespace: edge}}}}
spec:
  selector: {{{{app: way-out}}}}
  servers:
  - port: {{{{number: 8443, name: main, protocol: {{protocol}}}}}}
    hosts: ["{{server_host}}"]
    {{server_tls}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{{{name: partner, namespace: orders}}}}
spec:
  hosts: [{HOST}]
  gateways: [mesh, edge/way-out]
  {{rules}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{{{name: way-out, namespace: orders}}}}
spec:
  host: {GATEWAY}
  trafficPolicy:
    portLevelSettings:
    - port: {{{{number: {{rule_port}}}}}}
      {{settings}}
"""


def gateway_yaml(protocol="HTTPS", mode="ISTIO_MUTUAL", *, kinds=("http", "http"), rule="ISTIO_MUTUAL", sni=HOST, server_host=HOST, rule_port=8443):
    """Give the resources: ``kinds`` are the route kinds in the mesh and at the gateway, ``rule`` and ``sni`` of the DestinationRule."""
    text = _TEMPLATE.format(
        protocol=protocol,
        server_host=server_host,
        server_tls=f"tls: {{mode: {mode}}}" if mode else "",
        rules=_rules(kinds, {"http": 80, "tls": 443, "tcp": 5432}[kinds[0]]),
        rule_port=rule_port,
        settings=f"tls: {{mode: {rule}{f', sni: {sni}' if sni else ''}}}" if rule else "loadBalancer: {simple: RANDOM}",
    )
    return eg.read_resources(io.StringIO(text))


def _rules(kinds, called):
    at_mesh = _rule(kinds[0], "mesh", called, GATEWAY, 8443)
    at_gateway = _rule(kinds[1], "edge/way-out", 8443, HOST, 443)
    rules = {kinds[0]: [at_mesh]}
    rules.setdefault(kinds[1], []).append(at_gateway)
    return "\n  ".join(f"{kind}: [{', '.join(texts)}]" for kind, texts in rules.items())


def _rule(kind, gateway, port, to, to_port):
    sni = f", sniHosts: [{HOST}]" if kind == "tls" else ""
    return f"{{match: [{{gateways: [{gateway}], port: {port}{sni}}}], route: [{{destination: {{host: {to}, port: {{number: {to_port}}}}}}}]}}"


def log_of(*entries):
    """Give the log of entries, of the sidecar unless they say otherwise."""
    known = {"proxy": "cart.orders", "source": "cart.log", "response_code": 0, "response_flags": "-", "bytes_received": 517, "bytes_sent": 165}
    return eg.as_log(pd.DataFrame([{**known, "line": n, **entry} for n, entry in enumerate(entries, 1)]))


def http_through(**more):
    """Give an HTTP entry of the sidecar that takes the gateway's cluster."""
    known = {"method": "GET", "protocol": "HTTP/1.1", "response_code": 503, "response_flags": "UC", "authority": HOST, "bytes_sent": 95}
    return {**known, "upstream_cluster": CLUSTER, "upstream_host": "10.9.0.7:8443", "downstream_local_address": "203.0.113.9:80", **more}


def tls_through(**more):
    """Give a TLS entry of the sidecar that takes the gateway's cluster."""
    known = {"requested_server_name": HOST, "upstream_cluster": CLUSTER, "upstream_host": "10.9.0.7:8443"}
    return {**known, "downstream_local_address": "203.0.113.9:443", **more}


def at_gateway(details="filter_chain_not_found", flags="NR", **more):
    """Give an entry of the gateway that refuses what came."""
    known = {"proxy": "egress-way-out.edge", "source": "edge.log", "downstream_local_address": "10.9.0.7:8443"}
    return {**known, "response_flags": flags, "response_code_details": details, "bytes_received": 0, "bytes_sent": 0, **more}
