"""Which kind is read into which frame, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from egresslab.istio.gateways import gateway_api_gateways, gateways, sidecars
from egresslab.istio.manifests import Manifest
from egresslab.istio.policies import authentications, authorization_policies
from egresslab.istio.routes import gateway_api_routes, virtual_services
from egresslab.istio.rows import Row
from egresslab.istio.service_entries import service_entries, services
from egresslab.istio.telemetry import envoy_filters, extension_providers, mesh, telemetry
from egresslab.istio.traffic_policy import destination_rules
from egresslab.istio.workloads import workloads

Reader = Callable[[Manifest], Iterable[Row]]
Readers = tuple[tuple[str, Reader], ...]

_NETWORKING, _SECURITY, _GATEWAY_API = "networking.istio.io", "security.istio.io", "gateway.networking.k8s.io"

# (group, kind): the frames that it has rows in. Of two with one kind, YAML without apiVersion means the first.
_KINDS: dict[tuple[str, str], Readers] = {
    (_NETWORKING, "ServiceEntry"): (("service_entries", service_entries),),
    (_NETWORKING, "VirtualService"): (("route_rules", virtual_services),),
    (_NETWORKING, "DestinationRule"): (("tls_settings", destination_rules),),
    (_NETWORKING, "Gateway"): (("gateway_servers", gateways),),
    (_NETWORKING, "Sidecar"): (("sidecar_hosts", sidecars),),
    (_NETWORKING, "EnvoyFilter"): (("envoy_filters", envoy_filters),),
    (_NETWORKING, "WorkloadEntry"): (("workloads", workloads),),
    (_SECURITY, "AuthorizationPolicy"): (("policies", authorization_policies),),
    (_SECURITY, "PeerAuthentication"): (("policies", authentications),),
    (_SECURITY, "RequestAuthentication"): (("policies", authentications),),
    ("telemetry.istio.io", "Telemetry"): (("telemetry", telemetry),),
    (_GATEWAY_API, "Gateway"): (("gateway_servers", gateway_api_gateways),),
    (_GATEWAY_API, "HTTPRoute"): (("route_rules", gateway_api_routes),),
    (_GATEWAY_API, "GRPCRoute"): (("route_rules", gateway_api_routes),),
    (_GATEWAY_API, "TLSRoute"): (("route_rules", gateway_api_routes),),
    (_GATEWAY_API, "TCPRoute"): (("route_rules", gateway_api_routes),),
    ("", "MeshConfig"): (("mesh", mesh), ("extension_providers", extension_providers)),
    ("", "Service"): (("services", services),),
    ("", "Pod"): (("workloads", workloads),),
    ("", "ReplicationController"): (("workloads", workloads),),
    ("apps", "Deployment"): (("workloads", workloads),),
    ("apps", "StatefulSet"): (("workloads", workloads),),
    ("apps", "DaemonSet"): (("workloads", workloads),),
    ("apps", "ReplicaSet"): (("workloads", workloads),),
    ("batch", "Job"): (("workloads", workloads),),
    ("batch", "CronJob"): (("workloads", workloads),),
    # What matters of these stands in the frame of all objects: that they are there, and their labels.
    ("", "ConfigMap"): (),
    ("", "Namespace"): (),
    ("", "Secret"): (),
    ("install.istio.io", "IstioOperator"): (),
    ("networking.k8s.io", "NetworkPolicy"): (),
    ("sailoperator.io", "Istio"): (),
}


def readers(manifest: Manifest) -> Readers | None:
    """Give the readers of an object's kind, None when egresslab does not know it."""
    if manifest.group is None:
        return next((found for (_, kind), found in _KINDS.items() if kind == manifest.kind), None)
    return _KINDS.get((manifest.group, manifest.kind))
