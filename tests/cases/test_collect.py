"""The lines that collect a case run in a plain shell, and what they write is a case."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import egresslab as eg
from egresslab.cases import collect_lines

SH = shutil.which("sh")
PODS = "checkout-7c9d8b6f5d-x2x4p", "istio-egressgateway-6f9c8d7b4-k8s2m"

# What answers in place of a cluster: the files of the shipped incident.
KUBECTL = """#!/bin/sh
case "$*" in
  *--previous*) echo "previous terminated container not found" >&2; exit 1 ;;
  *-n\\ shop*) side=sidecar ;;
  *) side=gateway ;;
esac
case "$*" in
  *jsonpath*) echo "istio-system {gateway}" ;;
  logs*) cat "{incident}/$side.log" ;;
  *include_eds) cat "{incident}/${{side}}_config_dump.json" ;;
  *GET\\ clusters) cat "{incident}/${{side}}_clusters.txt" ;;
  *usedonly) cat "{incident}/${{side}}_stats.txt" ;;
  get\\ serviceentries*) cat "{incident}/istio.yaml" ;;
  get\\ pod\\ *) cat "{incident}/kube.yaml" ;;
  get\\ services*|get\\ configmaps*) printf 'apiVersion: v1\\nitems: []\\nkind: List\\n' ;;
  *) echo "error: the server doesn't have a resource type" >&2; exit 1 ;;
esac
"""
ISTIOCTL = """#!/bin/sh
case "$1" in analyze) cat "{incident}/analysis.txt" ;; *) cat "{incident}/proxy_status.txt" ;; esac
"""

pytestmark = pytest.mark.skipif(SH is None, reason="NO POSIX SHELL IS THERE: the lines were not run")


@pytest.fixture
def cluster(tmp_path):
    """A folder with a kubectl and an istioctl, and how to run lines in it."""
    for name, text in (("kubectl", KUBECTL), ("istioctl", ISTIOCTL)):
        (tmp_path / name).write_text(text.format(incident=eg.sample_path("incident"), gateway=PODS[1]), encoding="utf-8")
        (tmp_path / name).chmod(0o755)

    def run(lines):
        return subprocess.run(
            [SH, "-e"], input=lines, text=True, cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, check=True
        )

    return tmp_path, run


def test_what_they_collect_is_a_whole_case(cluster):
    folder, run = cluster
    assert run(collect_lines(PODS[0], "shop")).stderr == ""
    case = eg.read_case(folder / "case")
    assert case.config.proxies == [f"{PODS[0]}.shop", f"{PODS[1]}.istio-system"] == sorted(case.log.proxy.unique())
    counts = case.files.kind.value_counts().drop("resources").to_dict()
    assert counts == {"access log": 2, "config dump": 2, "/clusters": 2, "/stats": 2, "proxy-status": 1, "analysis": 1}
    assert set(case.resources.objects.kind) >= {"ServiceEntry", "Pod"}
    assert "missing" not in repr(case)


@pytest.mark.parametrize("name", ["a b", "$(touch x)", "'; touch x; '", "a\ntouch x\n"])
def test_names_are_no_commands(cluster, name):
    folder, run = cluster
    run(collect_lines(name, name))
    assert not (folder / "x").exists()


def test_without_a_pod_they_are_a_template():
    lines = collect_lines()
    assert "pod='<POD>' namespace='<NAMESPACE>'" in lines
    assert subprocess.run([SH, "-n"], input=lines, text=True, check=False).returncode == 0
    assert "namespace=default" in collect_lines("cart-1")
    assert "gateway='app=out gate'" in collect_lines("cart-1", gateway="app=out gate")
