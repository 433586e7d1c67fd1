"""All captured cases of the lab can be read; they lie beside the checkout, not in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import egresslab as eg

CAPTURED = Path(__file__).parents[3] / "shared" / "cases"
LOGS = sorted(CAPTURED.glob("*/*.log*"))

# Logs that hold nothing but the proxy's own lines: evidence that nothing was logged.
WITHOUT_ENTRIES = 106

# One of each kind of folder: plain, with dumps of several moments, busy and zipped.
WHOLE = ["a01_http_good", "k04_gw_missing_credential_at_runtime", "z02_busy_healthy"]

pytestmark = pytest.mark.skipif(not LOGS, reason=f"THE CAPTURED CASES ARE NOT THERE: {CAPTURED} holds none, nothing of them was tested")


@pytest.fixture(scope="module")
def captured():
    return eg.read_case(*LOGS)


def test_every_line_is_an_entry_or_a_proxy_s_own(captured):
    assert captured.unread.empty
    assert len(captured.files) == len(LOGS)
    assert (captured.files["rows"] + captured.files.messages > 0).all()


def test_every_log_is_a_proxy_of_its_own(captured):
    assert captured.files.proxy.is_unique
    assert set(captured.files.proxy.str.split("/").str[1]) == {"gateway", "sidecar"}


def test_a_log_of_own_lines_alone_is_an_empty_typed_frame(captured):
    typed = eg.Case().log.dtypes
    silent = captured.files.source[captured.files["rows"] == 0]
    assert len(silent) == WITHOUT_ENTRIES
    assert [source for source in silent if not eg.read_access_log(CAPTURED / source).dtypes.equals(typed)] == []


def test_raw_opens_the_line_of_any_entry(captured):
    for _, entry in captured.log.iloc[:: len(captured.log) // 5].iterrows():
        assert str(entry.downstream_remote_address) in captured.raw(entry)


@pytest.mark.parametrize("name", WHOLE)
def test_a_folder_is_sorted_into_logs_and_what_is_left_aside(name):
    case = eg.read_case(CAPTURED / name)
    logs = case.files[case.files.kind == "access log"]
    assert set(logs.source.str.removesuffix(".gz")) == {"gateway.log", "sidecar.log"}
    assert len(case.files) == len(list((CAPTURED / name).iterdir()))
