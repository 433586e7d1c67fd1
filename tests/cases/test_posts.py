"""What a person posts: several things in one text."""

from __future__ import annotations

import pytest

import egresslab as eg
from egresslab.cases.posts import parts_of

ENTRIES = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()
TABLE = """\
ADDRESSES PORT  MATCH                            DESTINATION
0.0.0.0   443   SNI: api.example.com             Cluster: outbound|443||api.example.com
"""
YAML = """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
"""
POST = f"""\
# Calls to api.example.com fail

Since the update all calls fail. The sidecar says:

```
{ENTRIES[0]}
something of the application
```

My entry:

```yaml
{YAML}```

and `istioctl pc listeners` prints

~~~text
{TABLE}~~~
"""


def read(tmp_path, text, name="post.md"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return eg.read_case(tmp_path / name)


def test_a_post_is_taken_apart_at_its_fences(tmp_path):
    case = read(tmp_path, POST)
    assert case.files[["kind", "because", "rows"]].values.tolist() == [["post", "holds: access log, config dump, resources", 1]]
    assert (len(case.log), case.resources.service_entries.host.tolist()) == (1, ["api.example.com"])
    assert case.config.filter_chains.cluster.tolist() == ["outbound|443||api.example.com"]
    assert set(case.log.proxy) == set(case.config.filter_chains.proxy) == {"post.md"}


def test_its_lines_keep_their_numbers(tmp_path):
    case = read(tmp_path, POST)
    assert case.raw(case.log.iloc[0]) == ENTRIES[0] == POST.splitlines()[case.log.line[0] - 1]
    assert case.unread[["text", "line"]].values.tolist() == [["something of the application", 7]]
    assert case.raw(case.resources.service_entries.iloc[0]) == YAML.strip()
    assert case.raw(case.config.filter_chains.iloc[0]) == TABLE.splitlines()[1]


@pytest.mark.parametrize("around", [TABLE, YAML, "Error [IST0101] (VirtualService shop/api) Referenced host not found\n"])
def test_entries_beside_something_else_are_not_lost(tmp_path, around):
    case = read(tmp_path, f"{around}\n{ENTRIES[0]}\n{ENTRIES[1]}\n", "post.txt")
    assert len(case.log) == 2
    assert case.files.kind.tolist() == ["post"]
    assert len(case.config.filter_chains) + len(case.resources.objects) + len(case.analysis) == 1
    assert case.unread.empty


def test_prose_around_entries_is_kept_as_unread(tmp_path):
    case = read(tmp_path, f"Hello,\nmy calls fail. Why?\nThis is in the log:\n{ENTRIES[0]}\nThank you\n", "post.txt")
    assert len(case.log) == 1
    assert case.unread.line.tolist() == [1, 2, 3, 5]


@pytest.mark.parametrize("text", ["", "plain\n", YAML, "\n".join(ENTRIES)])
def test_one_thing_is_no_post(text):
    assert parts_of(text.encode()) == {}


def test_parts_fill_the_text_with_empty_lines():
    parts = parts_of(POST.encode())
    assert sorted(parts) == ["access log", "config dump", "resources"]
    assert {part.count(b"\n") for part in parts.values()} == {POST.count("\n")}
    assert parts_of(POST.replace("\n", "\r\n").encode()) == parts
