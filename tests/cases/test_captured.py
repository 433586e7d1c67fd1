"""All captured cases of the lab can be read; they lie beside the checkout, not in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import egresslab as eg

CAPTURED = Path(__file__).parents[3] / "shared" / "cases"
NAMES = sorted(path.name for path in CAPTURED.iterdir() if path.is_dir()) if CAPTURED.is_dir() else []

# Logs that hold nothing but the proxy's own lines: evidence that nothing was logged.
WITHOUT_ENTRIES = 106

# One of each kind of folder: plain, with dumps of several moments, busy and zipped.
WHOLE = ["a01_http_good", "j34_gw_pod_down", "z02_busy_healthy"]

pytestmark = pytest.mark.skipif(not NAMES, reason=f"THE CAPTURED CASES ARE NOT THERE: {CAPTURED} is missing, nothing of them was tested")


@cache
def read(name):
    return eg.read_case(*sorted((CAPTURED / name).glob("*.log*")))


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_case_is_an_entry_or_a_proxy_s_own(name):
    case = read(name)
    assert case.unread.empty
    assert set(case.files.proxy) == {"gateway", "sidecar"}
    assert (case.files.rows + case.files.messages > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_log_of_own_lines_alone_is_an_empty_typed_frame(name):
    files = read(name).files
    for source in files.source[files.rows == 0]:
        assert eg.read_access_log(CAPTURED / name / source).dtypes.equals(eg.Case().log.dtypes)


def test_as_many_logs_hold_own_lines_alone_as_were_captured():
    assert sum((read(name).files.rows == 0).sum() for name in NAMES) == WITHOUT_ENTRIES


@pytest.mark.parametrize("name", sorted({*WHOLE} & {*NAMES}))
def test_a_folder_is_sorted_into_logs_and_what_is_left_aside(name):
    case = eg.read_case(CAPTURED / name)
    logs = case.files[case.files.kind == "access log"]
    assert set(logs.source.str.removesuffix(".gz")) == {"gateway.log", "sidecar.log"}
    assert len(case.files) == len(list((CAPTURED / name).iterdir()))
    assert case.log.equals(read(name).log)
