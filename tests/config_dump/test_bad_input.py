"""What is no dump is refused with the fact, the place and the way out."""

import json

import pytest

import egresslab as eg


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '{"configs": [{"@type": "x.ClustersConfigDump",\n "dynamic_active_clusters": [{"cluster": {"name": "a"',
            r"ends in the middle of its JSON, after \d+ bytes",
        ),
        ("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "is an HTML page"),
        ('{"configs": []}\n{"configs": []}', "second JSON value at line 2"),
        ('{\n"configs": [}\n', "is no JSON at line 2"),
        ("error: unable to upgrade connection: container not found\n", "holds no JSON"),
        ("", "holds no JSON"),
        ('{"items": [], "unit": "x"}', "nothing of a config dump: an object with 'items', 'unit'"),
        ("[1, 2]", "nothing of a config dump: a list"),
        ("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\n", "holds Kubernetes resources, .* eg.read_resources reads them"),
        ('[2026-11-23T23:20:58.000Z] "GET / HTTP/1.1" 200 - via_upstream\n', "is an access log, .* eg.read_access_log reads it"),
        ('{"start_time":"2026","response_code":200}\n{"start_time":"2026","response_code":200}\n', "is an access log"),
        ("- name: [unclosed\n  other: 1\n", "is no YAML that can be read"),
    ],
)
def test_each_wrong_file_is_called_what_it_is(read, text, told):
    with pytest.raises(eg.ConfigDumpError, match=told):
        read(text)


def test_the_message_names_the_file(read):
    with pytest.raises(eg.ConfigDumpError, match=r"gateway_config_dump\.json"):
        read("")


def test_a_dump_cut_in_an_inner_object_is_called_cut(dump, read):
    text = json.dumps(dump, indent=1)
    with pytest.raises(eg.ConfigDumpError, match="was cut off"):
        read(text[: len(text) // 2])


def test_times_that_are_none_are_missing(one):
    assert one("clusters", "dynamic_active_clusters", {"cluster": {"name": "a"}, "last_updated": "yesterday"}).last_updated.isna().all()
