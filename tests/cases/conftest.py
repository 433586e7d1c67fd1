"""Archives of one incident, as istioctl bug-report and istio-must-gather lay them out.

No archive was ever captured: their trees are written after the reference, from the captured files of the shipped incident.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest

import egresslab as eg

INCIDENT = eg.sample_path("incident")
PODS = {"sidecar": ("shop", "checkout-7c9d8b6f5d-x2x4p"), "gateway": ("istio-system", "istio-egressgateway-6f9c8d7b4-k8s2m")}
NAMES = {"checkout-7c9d8b6f5d-x2x4p.shop", "istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"}
OWN_LINE = "2026-11-23T23:16:18.768000Z\tinfo\tads\tPush debounce stable\n"
EVENTS = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Event\n  metadata: {name: a, namespace: shop}\n  reason: Pulled\nkind: List\n"
CONFIGZ = json.dumps([{"kind": "ServiceEntry", "apiVersion": "networking.istio.io/v1", "metadata": {"name": "copy"}, "spec": {"hosts": ["a"]}}])
STATE = json.dumps({"version": "1.40.0", "state": "LIVE", "node": {"id": "x"}}, indent=1)


def incident(name):
    return (INCIDENT / name).read_bytes()


def bug_report():
    """As the tool of Istio 1.31 writes it; names have no extension, and one holds a question mark."""
    files = {
        "bug-report.log": OWN_LINE.encode(),
        "versions": b"client version: 1.31.0\ncontrol plane version: 1.31.0\n",
        "cluster/k8s-resources": incident("kube.yaml"),
        "cluster/crs": incident("istio.yaml"),
        "cluster/events": EVENTS.encode(),
        "cluster/cluster-context": b"kind-lab\n",
        "analyze/allNamespaces/allNamespaces": incident("analysis.txt"),
        "istio/istio-system/istiod-1/discovery.log": OWN_LINE.encode(),
        "istio/istio-system/istiod-1/metrics": b'# TYPE pilot_xds gauge\npilot_xds{type="ads"} 2\n',
        "istio/istio-system/istiod-1/debug/configz": CONFIGZ.encode(),
    }
    for side, (namespace, pod) in PODS.items():
        files |= {
            f"proxies/{namespace}/{pod}/istio-proxy.log": incident(f"{side}.log"),
            f"proxies/{namespace}/{pod}/config_dump?include_eds": incident(f"{side}_config_dump.json"),
            f"proxies/{namespace}/{pod}/clusters": incident(f"{side}_clusters.txt"),
            f"proxies/{namespace}/{pod}/stats/prometheus": b'# TYPE envoy_cluster_upstream_rq counter\nenvoy_cluster_upstream_rq{cluster="a"} 3\n',
            f"proxies/{namespace}/{pod}/listeners": b"virtualOutbound::0.0.0.0:15001\nvirtualInbound::0.0.0.0:15006\n",
            f"proxies/{namespace}/{pod}/server_info": STATE.encode(),
        }
    return {f"bug-report/{name}": data for name, data in files.items()}


def must_gather():
    """As istio-must-gather writes it: errors come first in its files, and what istiod wants stands beside what the proxy has."""
    error = b'Defaulted container "istio-proxy" out of: istio-proxy, app\n'
    files = {
        "namespaces/shop/networking.istio.io/serviceentries/api.yaml": incident("istio.yaml"),
        "namespaces/istio-system/default/debug-syncz.json": incident("proxy_status.txt"),
    }
    for side, (namespace, pod) in PODS.items():
        dump = incident(f"{side}_config_dump.json")
        files |= {
            f"namespaces/{namespace}/pods/{pod}/config_dump_proxy.json": error + dump,
            f"namespaces/{namespace}/pods/{pod}/config_dump_istiod.json": dump,
            f"namespaces/{namespace}/pods/{pod}/proxy_stats": incident(f"{side}_stats.txt"),
            f"namespaces/{namespace}/pods/{pod}/istio-proxy/istio-proxy/logs/current.log": incident(f"{side}.log"),
            f"namespaces/{namespace}/pods/{pod}/app/app/logs/current.log": OWN_LINE.encode(),
        }
    return {f"must-gather/{name}": data for name, data in files.items()}


def write_tree(root, files):
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def tarred(files, *more):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info in more:
            tar.addfile(info)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue())


TREES = {"bug-report": bug_report, "must-gather": must_gather}


@pytest.fixture
def trees():
    """What makes each tree: a name and bytes for each file."""
    return TREES


@pytest.fixture
def packed():
    """What packs files, and members without bytes."""
    return tarred


@pytest.fixture(scope="session", params=[(tree, how) for tree in TREES for how in ("folder", "archive")], ids=" as ".join)
def gathered(request, tmp_path_factory):
    """What a tool gathered, in a folder or in an archive: the name of the tool, and the case."""
    tree, how = request.param
    root = tmp_path_factory.mktemp("gathered")
    if how == "folder":
        return tree, eg.read_case(write_tree(root, TREES[tree]()))
    (root / f"{tree}.tar.gz").write_bytes(tarred(TREES[tree]()))
    return tree, eg.read_case(root / f"{tree}.tar.gz")
