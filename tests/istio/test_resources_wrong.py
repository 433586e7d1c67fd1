"""What cannot be read is named with its file, document and line, and what was expected; the rest is kept."""

import io
import json

import pytest

from egresslab.errors import ResourceError
from egresslab.istio import looks_like_resources, read_resources

GOOD = "kind: ServiceEntry\nspec:\n  hosts: [good.example.com]\n"
BOMB = "kind: ServiceEntry\nspec:\n  a: &a [x, x]\n" + "".join(
    f"  {name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
WRONG = {
    "kind: A\nspec:\n\tb: 1\n": (3, "indented by a tab; expected spaces"),
    "kind: A\nspec:\n  b: 1\n c: 2\n": (4, "the indentation fits no line above"),
    "kind: A\nspec:\n  b: 1\n    c: 2\n": (4, "indented too far"),
    "kind: A\nspec:\n  hosts: *.example.com\n": (3, "must stand in quotes"),
    "kind: A\nspec:\n  - *all\n": (3, "alias of nothing"),
    "kind: A\nspec: 1\nkind: B\n": (3, "the key 'kind' stands twice"),
    "kind: A\nspec: [1, 2\n": (2, "a bracket is opened here and not closed"),
    'kind: A\nspec: "x\n': (2, "a quote is opened here and never closed"),
    "kind: A\nspec: x\x01y\n": (2, "the control character '\\x01'"),
    "kind: A\nspec: {{ .Values.x }}\n": (1, "Helm template"),
    "{{- if .Values.x }}\nkind: A\n{{- end }}\n": (1, "Helm template"),
    "<!DOCTYPE html>\n<html></html>\n": (1, "it looks like an HTML page"),
    '{"configs": [{"@type": "x"}]}': (1, "it looks like an Envoy config dump; eg.read_config_dump"),
    '[2026-11-23T10:00:00.000Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 5 1 1\n': (1, "it looks like an access log; eg.read_access_log"),
    "Warning: some\nInfo [IST0118] (Service shop/x) Port name\n": (2, "it looks like what istioctl analyze prints; eg.read_analysis"),
    '{"kind": "A",\n "spec": {"hosts": [': (2, "its JSON is broken or ends too early"),
    "spec:\n  hosts: [a]\n": (1, "it has no kind, only spec; expected a line such as 'kind: ServiceEntry'"),
    "hello\n": (1, "it is plain text; expected an object with apiVersion, kind, metadata and spec"),
    BOMB: (7, "its aliases unfold to more than 10 times its size"),
    "[" * 3000: (1, "nested deeper"),
    "kind: A\nspec:\n" + "- " * 3000 + "x\n": (3, "nested deeper"),
}


def read(text):
    return read_resources(io.StringIO(text))


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:30])
def test_wrong_yaml_is_named_with_its_place_and_what_was_expected(text):
    line, reason = WRONG[text]
    with pytest.raises(ResourceError) as error:
        read(text)
    assert str(error.value).startswith(f"<stream>, document 1, line {line}: ")
    assert reason in str(error.value)


@pytest.mark.parametrize("text", [t for t in WRONG if not t.startswith(('{"', "[", "Warn"))], ids=lambda text: text[:30])
def test_one_wrong_document_leaves_the_others(text):
    with pytest.warns(UserWarning, match=r"document 2, line \d+: .* \(1 of this kind stand in \.problems; the rest was read\)"):
        found = read(f"{GOOD}---\n{text}\n---\n{GOOD}")
    assert found.service_entries.host.tolist() == ["good.example.com"] * 2
    assert found.problems[["document", "line"]].values.tolist() == [[2, GOOD.count("\n") + 1 + WRONG[text][0]]]


def test_one_wrong_file_leaves_the_others(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "page.yaml").write_text("<html></html>")
    (tmp_path / "cut.yaml.gz").write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.warns(UserWarning, match=r"cut\.yaml\.gz: its compressed data ends too early"):
        found = read_resources(tmp_path)
    assert (len(found.service_entries), len(found.problems)) == (1, 2)
    assert found.problems.document.isna().tolist() == [True, False]


def test_an_object_that_multiplies_to_millions_of_rows_is_refused():
    many = [f"h{n}" for n in range(400)]
    spec = {"hosts": many, "ports": [{"number": n} for n in range(400)], "addresses": many}
    with pytest.warns(UserWarning, match="make more than 100,000 rows"):
        found = read(json.dumps({"kind": "ServiceEntry", "spec": spec}))
    assert (found.service_entries.empty, found.objects.kind.tolist()) == (True, ["ServiceEntry"])


@pytest.mark.parametrize("odd", [None, True, 7, 1.5, "text", [], [None, 3], {}, {"a": [1]}, 2**70, "\ud800", {"number": {"x": 1}}])
@pytest.mark.parametrize("kind", ["ServiceEntry", "VirtualService", "DestinationRule", "Gateway", "Sidecar", "Pod", "EnvoyFilter", "MeshConfig"])
def test_odd_values_are_missing_or_text_and_never_a_crash(kind, odd):
    keys = [
        "hosts",
        "ports",
        "endpoints",
        "addresses",
        "http",
        "tls",
        "servers",
        "egress",
        "subsets",
        "trafficPolicy",
        "host",
        "configPatches",
        "template",
        "selector",
    ]
    body = {
        "kind": kind,
        "metadata": {"name": odd, "labels": odd, "creationTimestamp": odd, "annotations": odd},
        "status": odd,
        "extensionProviders": odd,
    }
    for spec in (
        odd,
        dict.fromkeys(keys, odd),
        {key: [odd, {"port": odd, "match": [odd], "route": [odd], "tls": odd, "hosts": odd}] for key in keys},
    ):
        found = read(json.dumps([{**body, "spec": spec}]))
        assert found.objects.kind.tolist() == [kind]


@pytest.mark.parametrize(
    "text",
    [
        '{"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump"}]}',
        '[2026-11-23T10:00:00.000Z] "GET /kind: HTTP/1.1" 200 - via_upstream - "-" 0 5 1 1 "-" "apiVersion: v1" "id" "a" "b" c - d e - -',
        '{"method": "GET", "path": "/", "kind": "x"}',
        "NAME   CLUSTER   CDS\nkind   Kubernetes   SYNCED\n",
        "Info [IST0118] (Service shop/x) Port name kind: x\n",
        "kind of strange\n",
        "",
    ],
)
def test_other_files_are_not_taken_for_resources(text):
    assert not looks_like_resources(text)
