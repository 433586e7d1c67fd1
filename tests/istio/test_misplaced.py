"""Objects whose spec stands where nobody looks for it."""

from __future__ import annotations

import io

import pytest

import egresslab as eg

HEAD = "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata:\n  name: quotes\n  namespace: trading\n"


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("  spec:\n    hosts: [a.example]\n", "spec stands below metadata"),
        ("  hosts: [a.example]\nspec:\n  resolution: DNS\n", "hosts stand below metadata"),
        ("spec:\nhosts: [a.example]\n", "hosts stand beside spec"),
    ],
)
def test_it_is_told_and_the_object_kept(written, where):
    with pytest.warns(UserWarning, match="document 1, line 1: ServiceEntry trading/quotes has no hosts: is it indented wrong"):
        found = eg.read_resources(io.StringIO(HEAD + written))
    assert found.problems.reason.tolist() == [f"ServiceEntry trading/quotes has no hosts: is it indented wrong? ({where})"]
    assert found.objects["name"].tolist() == ["quotes"]


@pytest.mark.parametrize("written", ["spec:\n  hosts: [a.example]\n", "spec: {}\n", ""])
def test_what_only_lacks_something_is_not(written):
    assert eg.read_resources(io.StringIO(HEAD + written)).problems.empty
