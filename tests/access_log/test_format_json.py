"""JSON formats with objects and lists in them, and values of all types: the fast and the slow way read the same."""

from __future__ import annotations

import json

import pytest

FORMAT = {
    "a": {"b": "%RESPONSE_CODE%", "c": ["%DURATION%", "x", {"d": "%PROTOCOL%"}]},
    "n": 7,
    "t": True,
    "z": None,
    "k.l": "%BYTES_SENT%",
    "m": "%REQ(:METHOD)% %REQ(:PATH)%",
    "%%k": "lit",
    "u": {"x": "%UPSTREAM_HOST%"},
    "pct": "100%%",
}
# As Envoy 1.40 wrote it for this format.
WRITTEN = '{"%k":"lit","a":{"b":200,"c":[0,"x",{"d":"HTTP/1.1"}]},"k.l":2,"m":"GET /a?b=c","n":7,"pct":"100%","t":true,"u":{"x":null},"z":null}'
READ = {"response_code": 200, "duration_ms": 0, "protocol": "HTTP/1.1", "bytes_sent": 2, "method": "GET", "path": "/a?b=c", "failed": False}
ENTRY = {"start_time": "2026-11-23T19:43:13.254Z", "response_code": 503, "response_flags": "UF"}
MANY = 200  # lines from which the fast way is tried


def rows(log):
    said = log.drop(columns=["proxy", "source", "line", "start_time"]).astype(object)
    return [row.dropna().to_dict() for _, row in said.iterrows()]


@pytest.mark.parametrize("times", [1, MANY])
@pytest.mark.parametrize("given", [FORMAT, json.dumps(FORMAT)], ids=["object", "text"])
def test_a_nested_format_reads_what_envoy_wrote(given, times, read):
    assert rows(read(f"{WRITTEN}\n" * times, format=given).log) == [READ] * times


@pytest.mark.parametrize("times", [1, MANY])
def test_objects_without_lists_and_values_of_several_operators(times, read):
    given = {"req": {"line": "%REQ(:METHOD)% %REQ(:PATH)%", "deep": {"er": {"code": "%RESPONSE_CODE%"}}}, "flags": "%RESPONSE_FLAGS%"}
    lines = [{"req": {"line": f"GET /{n}", "deep": {"er": {"code": 503}}}, "flags": "UF,NR"} for n in range(times)]
    log = read("".join(json.dumps(e) + "\n" for e in lines), format=given).log
    assert log.path.tolist() == [f"/{n}" for n in range(times)]
    assert (set(log.method), set(log.response_code), set(log.response_flags)) == ({"GET"}, {503}, {"NR,UF"})


@pytest.mark.parametrize("times", [1, MANY])
@pytest.mark.parametrize("lists", [[], [1, "a"]], ids=["no list", "a list"])
def test_keys_that_name_no_operator_are_kept_whatever_they_hold(times, lists, read):
    more = {"x": {"a": 1}, "g": True}
    if lists:
        more |= {"x": {"a": 1, "b": {"c": "t"}}, "tags": lists, "f": 1.5, "h": 1e5, "e": {}, "none": None}
    [row, *others] = rows(read(f"{json.dumps(ENTRY | more)}\n" * times).log)
    kept = {"json_x_a": "1", "json_g": "true"}
    kept |= {"json_x_b_c": "t", "json_tags": '[1,"a"]', "json_f": "1.5", "json_h": "100000", "json_e": "{}"} if lists else {}
    assert row == {"response_code": 503, "response_flags": "UF", "failed": True} | kept
    assert others == [row] * (times - 1)


def test_two_keys_never_share_a_column(read):
    entry = ENTRY | {"x": {"a": "inner"}, "x_a": "outer", "X-A": "third"}
    [row] = rows(read(json.dumps(entry) + "\n").log)
    assert {c: v for c, v in row.items() if c.startswith("json_")} == {"json_x_a": "inner", "json_x_a_2": "outer", "json_x_a_3": "third"}


def test_an_object_of_many_levels_is_kept_as_text(read):
    deep: object = "end"
    for _ in range(100):
        deep = {"k": deep}
    [row] = rows(read(json.dumps(ENTRY | {"deep": deep}) + "\n").log)
    [(column, value)] = [(c, v) for c, v in row.items() if c.startswith("json_")]
    assert column == "json_deep" + "_k" * 8
    assert json.loads(value)["k"]


def test_a_nested_key_of_a_given_format_may_be_absent(read):
    given = {"a": {"code": "%RESPONSE_CODE%", "host": "%UPSTREAM_HOST%"}, "flags": "%RESPONSE_FLAGS%"}
    found = rows(read('{"a":{"code":200},"flags":"-"}\n{"flags":"UF"}\n{"a":null,"flags":"UF"}\n', format=given).log)
    assert [r.get("response_code") for r in found] == [200, None, None]
    assert [r["response_flags"] for r in found] == ["-", "UF", "UF"]


@pytest.mark.parametrize("times", [1, MANY])
def test_an_operator_whose_value_is_an_object_or_a_list_keeps_it_as_text(times, read):
    given = {"cel": "%TYPED_CEL(request.headers)%", "md": {"ns": "%DYNAMIC_METADATA(ns)%"}, "code": "%RESPONSE_CODE%"}
    entry = {"cel": {"b": 'x "y"', "a": [1, None]}, "md": {"ns": [{"k": True}]}, "code": 200}
    [row, *others] = rows(read(f"{json.dumps(entry)}\n" * times, format=given).log.assign(start_time=None))
    assert row == {
        "typed_cel_request_headers": '{"a":[1,null],"b":"x \\"y\\""}',
        "dynamic_metadata_ns": '[{"k":true}]',
        "response_code": 200,
        "failed": False,
    }
    assert others == [row] * (times - 1)
