"""What a format leaves in doubt is said; entries that can be read in one way only are read, of others the fields in doubt are missing."""

from __future__ import annotations

import io
import warnings

import pytest

import egresslab as eg
from egresslab.access_log.doubts import doubts_of
from egresslab.access_log.format import compile_format, named

CERTAIN = [
    "%RESPONSE_CODE%%RESPONSE_FLAGS%",
    "%START_TIME%%RESPONSE_CODE%%RESPONSE_FLAGS%",
    "%START_TIME(%s)%%DURATION%",
    "%REQ(USER-AGENT)% %REQ(:PATH)%",
    "%START_TIME% ua=%REQ(USER-AGENT)% code=%RESPONSE_CODE%",
    "%START_TIME%\t%REQ(USER-AGENT)%\t%REQ(X-A)%\t%RESPONSE_CODE%",
    '"%REQ(USER-AGENT)%" "%REQ(X-A)%" "%DYNAMIC_METADATA(a:b)%"',
    "[%START_TIME(%d/%b/%Y:%H:%M:%S %z)%] %REQ(X-A)% - %DURATION%",
    "%DURATION%ms %REQ(X-A)% 100%%",
]
DOUBTFUL = {
    "%BYTES_SENT%%DURATION%": ["bytes_sent", "duration_ms"],
    "%RESPONSE_CODE% %BYTES_SENT%%DURATION% %REQ(:METHOD)%": ["bytes_sent", "duration_ms"],
    "%REQ(USER-AGENT)% %REQ(X-A)%": ["user_agent", "req_x_a"],
    "%REQ(USER-AGENT)% %REQ(X-A)% %DURATION%": ["user_agent", "req_x_a"],
    "%REQ(X-A)%, %REQ(X-B)%": ["req_x_a", "req_x_b"],
    "%ROUTE_NAME%|%UPSTREAM_CLUSTER%|%DURATION%": ["route_name", "upstream_cluster"],
    "%DURATION%-%BYTES_SENT%": ["duration_ms", "bytes_sent"],
    "%REQ(X-A)%\u00b7%REQ(X-B)%": ["req_x_a", "req_x_b"],
    '"%DYNAMIC_METADATA(a)%" "%DYNAMIC_METADATA(b)%"': ["dynamic_metadata_a", "dynamic_metadata_b"],
    "%START_TIME(%H:%M:%S)% %RESPONSE_CODE%": ["start_time"],
}


def in_doubt(given):
    return [c for d in doubts_of(compile_format(given)) for c in d.columns]


@pytest.mark.parametrize("name", named())
def test_no_named_format_leaves_doubts(name):
    assert doubts_of(named()[name]) == ()


@pytest.mark.parametrize("given", CERTAIN)
def test_a_certain_format_has_no_doubts(given):
    assert in_doubt(given) == []


@pytest.mark.parametrize("given", DOUBTFUL)
def test_doubts_name_the_columns(given):
    assert in_doubt(given) == DOUBTFUL[given]
    assert in_doubt({"key": given, "code": "%RESPONSE_CODE%"}) == DOUBTFUL[given]


def test_a_doubt_says_why():
    [doubt] = doubts_of(compile_format("%BYTES_SENT%%DURATION%"))
    assert doubt.because == "nothing stands between %BYTES_SENT% and %DURATION%"
    [doubt] = doubts_of(compile_format("%REQ(USER-AGENT)% %REQ(X-A)%"))
    assert doubt.because == "' ' can stand in %REQ(USER-AGENT)%, %REQ(X-A)%, too"


@pytest.mark.parametrize(
    ("given", "line", "expected"),
    [
        ("%RESPONSE_CODE%%RESPONSE_FLAGS%", "503UF,URX", {"response_code": 503, "response_flags": "UF,URX", "failed": True}),
        ("%RESPONSE_CODE%%RESPONSE_FLAGS%", "200-", {"response_code": 200, "response_flags": "-", "failed": False}),
        ("%RESPONSE_CODE% %BYTES_SENT%%DURATION%", "200 1234", {"response_code": 200, "failed": False}),
        ("%RESPONSE_CODE% %RESPONSE_FLAGS%%REQ(X-A)%", "200 UFO", {"response_code": 200, "failed": False}),
        ("%REQ(USER-AGENT)% %REQ(X-A)% %DURATION%", "curl a 5", {"user_agent": "curl", "req_x_a": "a", "duration_ms": 5}),
        ("%REQ(USER-AGENT)% %REQ(X-A)% %DURATION%", "curl b a 5", {"duration_ms": 5}),
        ("%REQ(X-A)%|%REQ(X-B)%|%DURATION%", "a|b|c|5", {"duration_ms": 5}),
        ("%REQ(X-A)%|%UPSTREAM_CLUSTER%|%DURATION%", "a|outbound|443||h|5", {"duration_ms": 5}),
        ('%DURATION% "%REQ(X-A)%" "%REQ(X-B)%"', '5 "a" b" "c"', {"duration_ms": 5, "req_x_a": 'a" b', "req_x_b": "c"}),
        ('%DURATION% "%REQ(X-A)%" "%REQ(X-B)%"', '5 "a" "b" "c"', {"duration_ms": 5}),
    ],
)
def test_what_one_reading_is_left_of_is_read(given, line, expected, row):
    assert row(line, format=given) == expected


def test_reading_says_what_is_in_doubt_once(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("200 1234\n" * 3)
    with pytest.warns(UserWarning, match=r"leaves in doubt bytes_sent, duration_ms \(nothing stands between .* quotes") as told:
        found = eg.read_access_log(log, format="%RESPONSE_CODE% %BYTES_SENT%%DURATION%")
    assert len(told) == 1
    assert found.bytes_sent.isna().all()
    assert found.response_code.tolist() == [200] * 3
    with pytest.warns(UserWarning, match="bytes_sent, duration_ms"):
        list(eg.scan_access_log(log, format="%RESPONSE_CODE% %BYTES_SENT%%DURATION%").batches())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        eg.read_access_log(io.StringIO("200UF\n"), format="%RESPONSE_CODE%%RESPONSE_FLAGS%")


def test_many_fields_in_doubt_cost_no_more_than_a_few(row):
    """Forty fields of any text and as many places where each may end are looked at once, not in all combinations."""
    given = " ".join(f"'%REQ(X-{n})%'" for n in range(40))
    line = " ".join(f"'v{n}'" for n in range(40))
    assert row(line, format=given) == {f"req_x_{n}": f"v{n}" for n in range(40)}
    assert row(f"'one more' {line} 5", format=f"{given} %DURATION%") == {"duration_ms": 5}
