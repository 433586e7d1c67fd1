"""Proxies that a text names."""

from __future__ import annotations

import pytest

import egresslab as eg
from egresslab.cases.told import pod_told, with_refusals

ENTRY = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()[0]
NODE = "sidecar~10.50.0.80~courier-85f5c6f7d-4xk2p.mail~mail.svc.cluster.local"


@pytest.mark.parametrize(
    ("command", "pod"),
    [
        ("kubectl logs cart-1 -c istio-proxy", "cart-1"),
        ("$ kubectl -n shop logs -f --tail=10 pod/cart-1 istio-proxy | grep UH", "cart-1.shop"),
        ("oc logs --namespace=shop cart-1 --container istio-proxy", "cart-1.shop"),
        ("kubectl logs cart-1 -c app", None),
        ("kubectl logs deploy/cart -c istio-proxy", None),
        ("kubectl logs -l app=cart", None),
        ("kubectl logs <pod> -n <namespace>", None),
        ("kubectl logs a-1\nkubectl logs b-1", None),
        ("kubectl get pod cart-1", None),
    ],
)
def test_a_command_names_the_pod(command, pod):
    assert pod_told(command) == pod


def test_the_proxy_of_a_post_is_the_pod_that_its_command_names(tmp_path):
    (tmp_path / "post.md").write_text(f"$ kubectl logs -n shop cart-1 -c istio-proxy\n{ENTRY}\n", encoding="utf-8")
    assert eg.read_case(tmp_path / "post.md").log.proxy.tolist() == ["cart-1.shop"]


@pytest.mark.parametrize(
    "text",
    [
        f"ADS:LDS: ACK ERROR {NODE}-20 Internal:Error adding/updating listener(s) virtualInbound: Invalid path",
        f"ADS:LDS: ACK ERROR 127.0.0.1:57394 {NODE}-118 (router) error_detail:<code:13 >",
        "ADS:CDS: ACK ERROR courier-85f5c6f7d-4xk2p.mail-118 Internal:Error adding/updating cluster(s)",
    ],
)
def test_a_refusal_is_of_the_proxy_that_istiod_names(tmp_path, text):
    (tmp_path / "pilot.log").write_text(
        f"2021-04-02T07:57:14Z\twarn\tads\t{text}\n2021-04-02T07:57:15Z\tinfo\tads\tCDS: PUSH for node:cart-1.shop\n", encoding="utf-8"
    )
    case = eg.read_case(tmp_path)
    assert case.messages.proxy.tolist() == ["courier-85f5c6f7d-4xk2p.mail", "pilot"]
    assert case.messages.proxy.dtype == "category"


def test_other_lines_stay_as_they_are():
    assert with_refusals(eg.Case().messages).empty
