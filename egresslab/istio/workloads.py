"""Pods, what makes pods, and machines: whose traffic is taken by a proxy, and which is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egresslab.istio.manifests import Manifest
from egresslab.istio.rows import Row, follow, listed, mapped, row
from egresslab.istio.yaml_events import WrongYamlError, read_yaml

_PROXY = "istio-proxy"
_CONFIG = "proxy.istio.io/config"
_CAPTURE = "ISTIO_META_DNS_CAPTURE"


def workloads(manifest: Manifest) -> Iterator[Row]:
    """Give the one row of a pod, of what makes pods, or of a machine."""
    template, pointer = _template(manifest.body)
    meta, pod = mapped(template.get("metadata")), mapped(template.get("spec"))
    begun, containers = (_containers(pod, key) for key in ("initContainers", "containers"))
    proxies = [c for c in [*begun, *containers] if c.get("name") == _PROXY]
    config = _config(follow(meta, ["annotations", _CONFIG]))
    yield row(
        pointer,
        {"meta": meta, "pod": pod},
        proxy=bool(proxies) if containers else None,
        native_sidecar=proxies[0] in begun if proxies else None,
        dns_capture=_variable(proxies, _CAPTURE) or follow(config, ["proxyMetadata", _CAPTURE]),
        hold_application=config.get("holdApplicationUntilProxyStarts"),
        run_as_users=[follow(c, ["securityContext", "runAsUser"]) for c in [pod, *begun, *containers] if c.get("name") != _PROXY],
    )


def _template(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Find the pod in a pod, a Deployment, a CronJob, ...; a WorkloadEntry is none."""
    for keys in (["spec", "jobTemplate", "spec", "template"], ["spec", "template"]):
        if found := mapped(follow(body, keys)):
            return found, f"/{'/'.join(keys)}"
    return body, ""


def _containers(pod: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [c for c in listed(pod.get(key)) if isinstance(c, dict)]


def _config(annotation: Any) -> dict[str, Any]:
    try:
        return mapped(read_yaml(annotation)) if isinstance(annotation, str) else {}
    except WrongYamlError:
        return {}


def _variable(containers: list[dict[str, Any]], name: str) -> Any:
    variables = (v for c in containers for v in map(mapped, listed(c.get("env"))))
    return next((v.get("value") for v in variables if v.get("name") == name), None)
