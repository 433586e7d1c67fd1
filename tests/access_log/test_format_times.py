"""Times in a format of the mesh's own, as Envoy 1.40 wrote them on 2026-11-24 in Europe/Berlin: read where they tell an instant."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest

from egresslab.access_log.format import compile_format
from egresslab.access_log.time_format import time_format_of
from egresslab.access_log.times import read_times

SECOND = dt.datetime(2026, 11, 24, 22, 47, 39, tzinfo=dt.UTC)
MILLI, MICRO = SECOND.replace(microsecond=763_000), SECOND.replace(microsecond=763_619)
WRITTEN = {
    "%s.%3f": ("1795560459.763", MILLI),
    "%s%3f": ("1795560459763", MILLI),
    "%s": ("1795560459", SECOND),
    "%Y/%m/%dT%H:%M:%S%z %s": ("2026/11/24T22:47:39+0000 1795560459", SECOND),
    "%d/%b/%Y:%H:%M:%S %z": ("24/Nov/2026:22:47:39 +0000", SECOND),
    "%Y-%m-%dT%H:%M:%E3S%Ez": ("2026-11-24T22:47:39.763+00:00", MILLI),
    "%F %T.%6f": ("2026-11-24 22:47:39.763619", MICRO),
    "%Y-%m-%dT%H:%M:%S.%fZ": ("2026-11-24T22:47:39.763619000Z", MICRO),
    "%F %T.%1f": ("2026-11-24 22:47:39.7", SECOND.replace(microsecond=700_000)),
    "%c": ("Tue Nov 24 22:47:39 2026", SECOND),
    "%a, %d %B %Y %r %Z": ("Tue, 24 November 2026 10:47:39 PM UTC", SECOND),
    "%E*S %F %R": ("39.763619 2026-11-24 22:47", MICRO),
    "%D %T": ("11/24/26 22:47:39", SECOND),
    "%y%j %X.%E*f": ("26328 22:47:39.763619", MICRO),
    "%A %e %h %Y %l:%M:%S %p": ("Tuesday 24 Nov 2026 10:47:39 PM", SECOND),
    "%E4Y-%m-%d%ET%k:%M:%E0S%:z": ("2026-11-24T22:47:39+00:00", SECOND),
    "%F %T %E*z": ("2026-11-24 22:47:39 +00:00:00", SECOND),
    "%%%F %T%%": ("%2026-11-24 22:47:39%", SECOND),
    "%G %V %F %T %u%w %U %W %C": ("2026 48 2026-11-24 22:47:39 22 47 47 20", SECOND),
    "%Q %F %T": ("%Q 2026-11-24 22:47:39", SECOND),  # what absl does not know it writes as it stands
}
LOCAL = {
    "": ("2026-11-24T23:47:39.763+0100", MILLI),
    "%s": ("1795560459", SECOND),
    "%Y-%m-%dT%H:%M:%E3S%Ez": ("2026-11-24T23:47:39.763+01:00", MILLI),
    "%F %T %E*z": ("2026-11-24 23:47:39 +01:00:00", SECOND),
    "%F %T %Z": ("2026-11-24 23:47:39 CET", None),  # a name that several zones share
    "%F %T": ("2026-11-24 23:47:39", None),
    "%Y-%m-%dT%H:%M:%SZ": ("2026-11-24T23:47:39Z", None),  # a letter in the format, whatever the clock says
}
LACKING = {"%H:%M:%S": "no date", "%F": "no time of day to the second", "%F %R": "no time of day to the second", "%m-%d %T": "no date"}


def instant(text, form):
    known, micros = read_times(pa.array([text.encode(), b"x", None], pa.binary()), form)
    assert not known[1:].any()
    return pd.Timestamp(micros[0], unit="us", tz="UTC").to_pydatetime() if known[0] else None


@pytest.mark.parametrize("form", WRITTEN)
def test_a_time_is_the_instant_that_was_written(form, row):
    text, true = WRITTEN[form]
    assert instant(text, form) == true
    for given, line in ((f"%START_TIME({form})% %RESPONSE_CODE%", f"{text} 200"), (f'"%START_TIME({form})%"%RESPONSE_CODE%', f'"{text}"200')):
        assert row(line, format=given) == {"start_time": true, "response_code": 200, "failed": False}


@pytest.mark.parametrize("form", LOCAL)
def test_local_time_needs_its_zone(form, row):
    text, true = LOCAL[form]
    found = row(f"{text} 200", format=f"%START_TIME_LOCAL({form})% %RESPONSE_CODE%")
    assert found.pop("start_time", None) == found.pop("start_time_local", None) == true
    assert found == {"response_code": 200, "failed": False}


@pytest.mark.parametrize("form", LACKING)
def test_a_time_that_tells_no_instant_stays_missing(form, row):
    text = SECOND.strftime(form)
    assert time_format_of(form).lacks(local=False) == LACKING[form]
    assert row(f"{text} 200", format=f"%START_TIME({form})% %RESPONSE_CODE%") == {"response_code": 200, "failed": False}


@pytest.mark.parametrize("text", ["31/Nov/2026:22:47:39", "24/Foo/2026:22:47:39 +0000", "24/Nov/2026:24:47:39 +0000", "", "-", "é"])
def test_what_is_no_time_is_none(text):
    assert instant(text, "%d/%b/%Y:%H:%M:%S %z") is None


def test_noon_and_midnight():
    for text, hour in (("12:00:00 AM", 0), ("12:00:00 PM", 12), ("01:00:00 AM", 1), ("11:00:00 PM", 23)):
        assert instant(f"2026-11-24 {text}", "%F %r").hour == hour


def test_the_time_of_a_certificate_is_missing_without_one(row):
    given = "%START_TIME% %DOWNSTREAM_PEER_CERT_V_END(%F %T)% %UPSTREAM_PEER_CERT_V_END% %RESPONSE_CODE%"
    found = row("2026-11-23T19:43:13.254Z 2027-01-01 00:00:00 - 200", format=given)
    assert found["downstream_peer_cert_v_end"] == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    assert "upstream_peer_cert_v_end" not in found


def test_operators_know_what_their_time_lacks():
    kinds = {o.column: o.lacks for o in compile_format("%START_TIME% %EMIT_TIME(%T)% %START_TIME_LOCAL(%F %T)%").operators}
    assert kinds == {"start_time": None, "emit_time": "no date", "start_time_local": "no time zone"}
