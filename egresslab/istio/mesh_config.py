"""Where a MeshConfig hides: in a ConfigMap as text, in an IstioOperator, in the Sail operator's Istio."""

from __future__ import annotations

from dataclasses import replace

from egresslab.istio.manifests import MESH_KEYS, Manifest, Problem
from egresslab.istio.rows import follow, mapped
from egresslab.istio.yaml_events import WrongYamlError, read_yaml

_PLACES = {"ConfigMap": ("data", "mesh"), "IstioOperator": ("spec", "meshConfig"), "Istio": ("spec", "values", "meshConfig")}


def mesh_config(manifest: Manifest) -> Manifest | Problem | None:
    """Give the MeshConfig that an object holds, with the object's name."""
    place = _PLACES.get(manifest.kind)
    found = follow(manifest.body, place) if place else None
    if manifest.kind == "ConfigMap" and isinstance(found, str):
        try:
            found = read_yaml(found)
        except WrongYamlError as error:
            number = int(manifest.pointer.split("/")[1]) + 1
            return Problem(f"its data.mesh is wrong at its line {error.line + 1}: {error}", number, manifest.line)
        found = found if set(MESH_KEYS) & mapped(found).keys() else None
    if not place or not isinstance(found, dict):
        return None
    body = {"metadata": manifest.body.get("metadata"), **found, "kind": "MeshConfig"}
    return replace(manifest, pointer=f"{manifest.pointer}/{'/'.join(place)}", body=body)
