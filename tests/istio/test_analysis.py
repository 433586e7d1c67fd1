"""The messages are istioctl's; several clusters, long validation errors and log prefixes are written from the reference."""

import io
import json

import pytest

from egresslab.errors import ResourceError
from egresslab.frames import empty, join, require
from egresslab.istio.analysis import looks_like_analysis, read_analysis

MESSAGES = """\
Error [IST0101] (VirtualService shop/api mesh/my file (1).yaml:12) Referenced gateway not found: "egress" (in shop)
\x1b[33mWarning\x1b[0m [IST0134] (ServiceEntry shop/db) ServiceEntry addresses are required for this protocol.
Info [IST0102] (Namespace shop) The namespace is not enabled for Istio injection.
"""
COLUMNS = ["code", "level", "kind", "namespace", "name", "reference", "line"]


def read(*texts):
    frame = read_analysis(*map(io.StringIO, texts))
    assert frame.dtypes.astype("str").equals(empty("analysis").dtypes.astype("str"))
    return frame


def values(frame, *columns):
    return frame[list(columns)].astype("object").where(frame[list(columns)].notna(), None).values.tolist()


def test_messages_as_a_terminal_shows_them():
    frame = read(MESSAGES)
    assert values(frame, *COLUMNS) == [
        ["IST0101", "Error", "VirtualService", "shop", "api", "mesh/my file (1).yaml:12", 1],
        ["IST0134", "Warning", "ServiceEntry", "shop", "db", None, 2],
        ["IST0102", "Info", "Namespace", None, "shop", None, 3],
    ]
    assert frame.message[0] == 'Referenced gateway not found: "egress" (in shop)'
    assert frame.resource[0] == "VirtualService shop/api"


def test_colours_whose_escape_was_lost_in_pasting():
    assert values(read("> [1;31mError[0m [IST0101] (Gateway shop/a) gone\n"), "level", "message") == [["Error", "gone"]]


def test_several_clusters_and_messages_about_no_resource():
    frame = read("Error [IST0101] [cluster-west] (Gateway shop/a) gone (again)\nError [IST0001] Internal error: timeout\n")
    assert values(frame, "cluster", "kind", "name", "message") == [
        ["west", "Gateway", "a", "gone (again)"],
        [None, None, None, "Internal error: timeout"],
    ]


def test_a_message_of_several_lines_is_one():
    text = "Error [IST0106] (ServiceEntry shop/db) Schema validation error: 2 errors occurred:\n\t* no hosts\n\t* no ports\n\nInfo [IST0118] x\n"
    frame = read(text)
    assert frame.message[0] == "Schema validation error: 2 errors occurred:\n\t* no hosts\n\t* no ports"
    assert frame.line.tolist() == [1, 5]


def test_lines_that_are_no_messages_are_counted():
    text = "$ istioctl analyze\n2026-11-23T10:00:00Z\twarn\tanalysis\tError [IST0101] (Gateway shop/a) gone\nhello\n"
    with pytest.warns(UserWarning, match="no message of istioctl analyze: 2; the first is <stream>:1"):
        assert read(text).name.tolist() == ["a"]


def test_istioctl_s_own_last_words_are_not_counted():
    words = (
        "Error: Analyzers found issues when analyzing namespace: shop.\n"
        "See https://istio.io/v1.30/docs/reference/config/analysis for more information about causes and resolutions.\n"
    )
    assert len(read(f"{MESSAGES}{words}")) == 3


@pytest.mark.parametrize("text", ["✔ No validation issues found when analyzing namespace: shop.\n", "[]\n", "✔ No validation issues found.\n[]\n"])
def test_no_issue_is_an_empty_frame(text):
    assert read(text).empty


OBJECTS = [
    {"code": "IST0129", "documentationUrl": "https://istio.io/ist0129", "level": "Warning", "message": 'the "code": {x}', "origin": "Gateway shop/a"},
    {"cluster": "west", "code": "IST0001", "level": "Error", "message": "bad"},
]


def test_json():
    frame = read(f"Error: connection refused\n{json.dumps(OBJECTS, indent=1)}\nError: Analyzers found issues\n")
    assert values(frame, "code", "name", "message", "documentation_url", "cluster", "line") == [
        ["IST0129", "a", 'the "code": {x}', "https://istio.io/ist0129", None, 3],
        ["IST0001", None, "bad", None, "west", 10],
    ]


def test_yaml():
    text = """\
$ istioctl analyze -o yaml
- code: IST0129
  documentationUrl: https://istio.io/ist0129
  level: Warning
  message: 'DestinationRule shop/a in namespace shop has TLS mode set to SIMPLE but
    no caCertificates: *'
  origin: DestinationRule shop/a
  reference: istio.yaml:20
- cluster: west
  code: IST0101
  level: Error
  message: gone
$ exit
"""
    frame = read(text)
    assert values(frame, *COLUMNS) == [
        ["IST0129", "Warning", "DestinationRule", "shop", "a", "istio.yaml:20", 2],
        ["IST0101", "Error", None, None, None, None, 9],
    ]
    assert frame.message[0].endswith("has TLS mode set to SIMPLE but no caCertificates: *")


def test_several_files_survive_being_joined():
    frame = require(join([read(MESSAGES, MESSAGES), read(json.dumps(OBJECTS)), empty("analysis")]), "analysis")
    assert frame.code.value_counts()["IST0101"] == 2
    assert len(frame) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty; give all that istioctl analyze printed, with its standard error"),
        ("Error: Analyzers found issues when analyzing namespace: shop.\n", "it begins with 'Error: Analyzers"),
        ("<html>", "looks like an HTML page"),
        ("NAME     CDS    ISTIOD    VERSION\n", "eg.read_proxy_status reads it"),
        ('{"configs": []}', "an Envoy config dump; eg.read_config_dump reads it"),
        ('{"response_code": 200}\n{"response_code": 503}\n', "an access log; eg.read_access_log reads it"),
        ("apiVersion: v1\nkind: List\n", "Kubernetes resources; eg.read_resources reads them"),
        ("see IST0101 in the documentation", "it begins with 'see IST0101"),
        ('[{"code": "IST0101",', "the JSON that begins at line 1 cannot be read"),
        ("- code: IST0101\n  level: [\n", "its YAML cannot be read"),
        ('[{"code": 404, "message": "no such pod"}]', "it begins with"),
        ("- code: 404\n  message: no such pod\n", "it begins with '- code: 404'"),
    ],
)
def test_what_is_something_else_is_named(text, said):
    with pytest.raises(ResourceError, match=said):
        read_analysis(io.StringIO(text))


@pytest.mark.parametrize("text", [MESSAGES, json.dumps(OBJECTS), "- code: IST0129\n", "✔ No validation issues found."])
def test_recognised_by_its_head(text):
    assert looks_like_analysis(text)


@pytest.mark.parametrize("text", ["", "[]", '{"code": 503}', "Error: connection refused", "NAME     CDS    ISTIOD    VERSION\n"])
def test_other_files_are_not_taken_for_it(text):
    assert not looks_like_analysis(text)
