"""YAML and log lines amid what else a person writes, in every way of setting them in."""

from __future__ import annotations

import json

import pytest

import egresslab as eg
from egresslab.cases.pasted import pasted_yaml

ENTRIES = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()
OTHER = '[2024-02-21T10:10:10.100Z] "- - -" 0 UH - - "-" 0 0 0 - "-" "-" "-" "-" "-" BlackHoleCluster - 198.51.100.31:443 10.2.3.4:40000 - -'
YAML = """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts:
  - api.example.com
"""
SECOND = YAML.replace("name: api", "name: www").replace("api.example", "www.example")


def each(text, before):
    return "".join(f"{before}{line}\n" for line in text.splitlines())


POSTS = {
    "prose, a line and YAML": f"https works, http does not\n\n{ENTRIES[0]}\n\n{YAML}",
    "prose right behind YAML": f"My entry:\n{YAML}and the log says\n{ENTRIES[0]}\n",
    "a line right before YAML": f"{ENTRIES[0]}\n{YAML}",
    "code set in by blanks": f"My entry:\n\n{each(YAML, '    ')}\nThe log:\n\n{each(ENTRIES[0], '    ')}\nWhy?\n",
    "a quoted mail": f"He wrote:\n{each(YAML, '> ')}>\n> {ENTRIES[0]}\n\nthis one?\n",
    "a heredoc": f"kubectl apply -f - <<EOF\n{YAML}EOF\n\n$ kubectl get pod\n{ENTRIES[0]}\n",
    "a heredoc behind the shell's marks": f"$ kubectl apply -f - <<EOF\n{each(YAML, '> ')}> EOF\nserviceentry/api created\n{ENTRIES[0]}\n",
    "a terminal in a fence": f"```console\n$ cat api.yaml\n{YAML}me@host:~$ kubectl logs cart-1\n{ENTRIES[0]}\n```\n",
    "fences on the line itself": f"I see\n```{ENTRIES[0]}```\nwith\n```\n{YAML}```\n",
    "fences in a list": f"1. entry\n   ```yaml\n{each(YAML, '   ')}   ```\n2. log\n   ```\n   {ENTRIES[0]}\n   ```\n",
    "a fence that nothing closes": f"Look\n```\n{ENTRIES[0]}\n{YAML}",
    "blanks of a web page": f"Look here\n\n{YAML.replace('  ', chr(160) * 2)}\n{ENTRIES[0]}\n",
    "kind first": f"Look here\n\nkind: ServiceEntry\nmetadata: {{name: a}}\nspec: {{hosts: [a.example]}}\n\n{ENTRIES[0]}\n",
    "a prefix of kubectl": f"Look here\n[pod/cart-1/istio-proxy] {ENTRIES[0]}\n\n{YAML}",
    "typographic quotes": f"Look here\n{ENTRIES[0].replace(chr(34), chr(0x201C))}\n\n{YAML}",
    "an entry in columns": f"Look here\n\n{ENTRIES[0][:90]}\n{ENTRIES[0][90:]}\n\n{YAML}",
}


def read(tmp_path, text, name="post.md"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return eg.read_case(tmp_path / name)


@pytest.mark.parametrize("text", POSTS.values(), ids=POSTS)
def test_both_are_found_where_they_stand(tmp_path, text):
    case = read(tmp_path, text)
    (entry,), lines = case.log.to_dict("records"), text.splitlines()
    assert case.files.kind.tolist() == ["post"]
    assert case.resources.objects.kind.tolist() == ["ServiceEntry"]
    assert any(word in lines[case.resources.objects.line[0] - 1] for word in ("apiVersion: networking.istio.io/v1", "kind: ServiceEntry"))
    assert case.raw(entry) == lines[entry["line"] - 1]
    assert entry["start_time"] == eg.read_access_log(eg.sample_path("formats/istio.log")).start_time[0]
    assert case.resources.problems.empty


@pytest.mark.parametrize(
    "text",
    [
        f"The first:\n\n{YAML}\nand the second:\n\n{SECOND}\nThanks!\n",
        f"Both of them\n\n{each(YAML, '    ')}\nand\n\n{each(SECOND, '    ')}",
        f"```yaml\n{YAML}```\n```yaml\n{SECOND}```\n",
        f"cat <<EOF\n{YAML}EOF\ncat <<EOF\n{SECOND}EOF\n",
        f"Both of them\n{YAML}---\n{SECOND}",
    ],
)
def test_documents_need_no_border(tmp_path, text):
    case = read(tmp_path, text)
    assert case.resources.service_entries.host.tolist() == ["api.example.com", "www.example.com"]
    assert "kind: ServiceEntry" in case.raw(case.resources.service_entries.iloc[1])


def test_an_entry_in_a_sentence(tmp_path):
    text = f"I see `{ENTRIES[0]}` in the log\n, then `{ENTRIES[1]}` and `{OTHER}`, which host is it?\n"
    case = read(tmp_path, text)
    assert case.log.line.tolist() == [1, 2, 2]
    assert case.raw(case.log.iloc[0]) == text.splitlines()[0]


def test_one_entry_amid_prose_is_a_log(tmp_path):
    case = read(tmp_path, f"> {OTHER}\n\nthis one?\n")
    assert case.files.kind.tolist() == ["access log"]
    assert case.log.upstream_cluster.tolist() == ["BlackHoleCluster"]
    assert case.unread.line.tolist() == [3]


def test_what_only_looks_like_an_entry_is_told(tmp_path):
    torn = '[2025-05-07T13:19:46.062Z] "- - -" and so on'
    case = read(tmp_path, f"Look here\n\n{torn}\n\n{YAML}")
    assert case.unread[["line", "text"]].values.tolist() == [[3, torn]]
    assert (len(case.log), len(case.resources.objects), case.files.unread.tolist()) == (0, 1, [1])


def test_an_entry_printed_prettily(tmp_path):
    case = read(tmp_path, 'Look\n```json\n{\n  "response_flags": "UH",\n  "response_code": 0,\n  "upstream_cluster": "BlackHoleCluster"\n}\n```\n')
    assert case.log[["line", "response_flags"]].values.tolist() == [[3, "UH"]]


def test_wrong_yaml_in_a_fence_is_told_and_the_log_read(tmp_path):
    case = read(tmp_path, f"```yaml\n{YAML.replace('kind: ', 'kind ')}```\n{ENTRIES[0]}\n")
    assert len(case.log) == 1
    assert case.files.because[0].startswith("holds: access log, resources; 1 of its documents cannot be read: line ")


def test_a_format_in_yaml_is_no_entry(tmp_path):
    mesh = f'{YAML}---\nmeshConfig:\n  accessLogFormat: |\n    {{"response_flags": "%RESPONSE_FLAGS%", "response_code": "%RESPONSE_CODE%"}}\n'
    case = read(tmp_path, mesh, "mesh.yaml")
    assert case.files.kind.tolist() == ["resources"]


@pytest.mark.parametrize("text", ["kind: of\nspec: x\n", "The kind:\nkind: Pod\n", "apiVersion: v1\n", "", "> kind\n"])
def test_words_alone_are_no_resource(text):
    assert list(pasted_yaml(text.split("\n"))) == []


EXPORT = '{"status": "success", "data": {"resultType": "streams", "result": [{"stream": {"pod": "cart-1"}, "values": [["1", %s]]}]}}'
IN_LINES = '{"log": %s, "stream": "stdout", "time": "2026-11-23T23:24:50.123456789Z"}'


@pytest.mark.parametrize(("export", "line"), [(EXPORT, 1), (IN_LINES, 4)])
def test_an_export_in_a_post_opens_its_own_entries(tmp_path, export, line):
    case = read(tmp_path, f"Look here\n\n```\n{export % json.dumps(ENTRIES[0])}\n```\n{YAML}")
    assert case.log.line.tolist() == [line]
    assert json.dumps(ENTRIES[0]) in case.raw(case.log.iloc[0])
