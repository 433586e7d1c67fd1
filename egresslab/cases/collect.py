"""The commands that collect a case, to be run by whoever has the cluster."""

from __future__ import annotations

import shlex

# The folders are those of istioctl bug-report, so that each file shows whose it is.
_LINES = """\
collect() {  # of one proxy: namespace, pod
  to="$out/proxies/$1/$2"; mkdir -p "$to"
  proxy() { kubectl exec -n "$1" "$2" -c istio-proxy -- pilot-agent request GET "$3" </dev/null; }
  kubectl logs -n "$1" "$2" -c istio-proxy --tail=-1 </dev/null >"$to/istio-proxy.log"
  before="$to/istio-proxy-previous.log"  # of a container that was started anew
  kubectl logs -n "$1" "$2" -c istio-proxy --tail=-1 --previous </dev/null >"$before" 2>/dev/null || rm -f "$before"
  proxy "$1" "$2" 'config_dump?include_eds' >"$to/config_dump.json"
  proxy "$1" "$2" clusters >"$to/clusters.txt"
  proxy "$1" "$2" 'stats?usedonly' >"$to/stats.txt"
}
collect "$namespace" "$pod"
kubectl get pods -A -l "$gateway" -o 'jsonpath={range .items[*]}{.metadata.namespace}{" "}{.metadata.name}{"\\n"}{end}' |
  while read -r its_namespace its_pod; do collect "$its_namespace" "$its_pod"; done

mkdir -p "$out/cluster"
for kind in serviceentries workloadentries virtualservices destinationrules gateways.networking.istio.io sidecars envoyfilters telemetries \\
  authorizationpolicies peerauthentications gateways.gateway.networking.k8s.io httproutes grpcroutes tlsroutes tcproutes services; do
  kubectl get "$kind" -A -o yaml >"$out/cluster/$kind.yaml" 2>/dev/null || rm -f "$out/cluster/$kind.yaml"  # not every cluster has every kind
done
kubectl get pod -n "$namespace" "$pod" -o yaml >"$out/cluster/pod.yaml"
kubectl get configmaps -A --field-selector metadata.name=istio -o yaml >"$out/cluster/mesh.yaml"
istioctl proxy-status -v 1 >"$out/proxy_status.txt" 2>/dev/null || istioctl proxy-status >"$out/proxy_status.txt"
istioctl analyze -A >"$out/analysis.txt" 2>&1
"""


def collect_lines(pod: str | None = None, namespace: str | None = None, *, gateway: str = "istio=egressgateway") -> str:
    """Which commands collect a case?

    Parameters
    ----------
    pod
        The pod that cannot reach the outside; a place to fill in when not given.
    namespace
        Its namespace.
    gateway
        Label by which the pods of its egress gateway are found.

    Returns
    -------
    str
        Lines for a POSIX shell that call kubectl and istioctl, and write one folder, which :func:`read_case` reads.

    Examples
    --------
    >>> from egresslab.cases import collect_lines
    >>> print(collect_lines("cart-1", "shop").splitlines()[2])
    pod=cart-1 namespace=shop gateway=istio=egressgateway out=case
    """
    names = {"pod": pod or "<POD>", "namespace": namespace or ("default" if pod else "<NAMESPACE>"), "gateway": gateway, "out": "case"}
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in names.items())
    return "\n".join((
        "# Collects what egresslab reads into the folder case; look through it before you send it: logs and YAML can hold what is secret.",
        f"# All at once, where istioctl can do it: istioctl bug-report --include {shlex.quote(_one_line(names['namespace']))}",
        given,
        "",
        _LINES,
    ))  # fmt: skip


def _one_line(name: str) -> str:
    """Keep a name within its comment."""
    return " ".join(name.split())
