"""Files larger than memory, and readings that somebody stops: a bounded number of blocks at a time, and nothing that stays."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

import egresslab as eg
from egresslab.access_log import read_logs, scan
from egresslab.access_log.lines import blocks_of
from egresslab.access_log.workers import Workers
from egresslab.sources import sources_of

LINE = '[2026-11-23T19:43:13.254Z] "GET /%d HTTP/1.1" 200 - via_upstream - "-" 0 5 9 8 "-" "curl" "id" "a" "1.2.3.4:80" c - 1.2.3.4:2 - - -\n'
PEAK = """
import resource, sys
import egresslab as eg
sys.stdout.write("start")
rows = sum(len(batch) for batch in eg.scan_access_log(sys.argv[1]).batches())
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A log of many small blocks."""
    path = tmp_path / "a.log"
    path.write_text("".join(LINE % n for n in range(3000)))
    monkeypatch.setattr(scan, "blocks_of", lambda source: blocks_of(source, 4096))
    return path


def threads():
    return [t for t in threading.enumerate() if "ThreadPoolExecutor" in t.name]


def test_the_number_of_blocks_at_a_time_is_bounded():
    begun, given = [], iter(range(1000))
    with Workers() as workers:
        made = workers.in_order(lambda n: n, (begun.append(n) or n for n in given))
        for n in range(100):
            assert next(made) == n
            assert len(begun) - n <= workers.count + 2


def test_one_block_needs_no_thread():
    with Workers() as workers:
        assert list(workers.in_order(lambda _: threading.current_thread(), iter([1]))) == [threading.main_thread()]
        assert not threads()


def test_ctrl_c_while_reading_leaves_no_thread(log, monkeypatch):
    read, read_block = [], scan.read_block

    def stopped(block, grammar):
        read.append(block)
        if len(read) == 5:
            raise KeyboardInterrupt
        return read_block(block, grammar)

    monkeypatch.setattr(scan, "read_block", stopped)
    with pytest.raises(KeyboardInterrupt) as caught:
        read_logs(sources_of([log]))
    assert not threads()  # though the traceback still holds the frames
    assert len(read) < 20
    del caught


def test_ctrl_c_between_batches_leaves_no_thread(log):
    scanned = eg.scan_access_log(log)
    batches = scanned.batches()
    assert len(next(batches))
    assert threads()
    with pytest.raises(KeyboardInterrupt):
        batches.throw(KeyboardInterrupt)
    assert not threads()


def test_batches_that_nobody_asks_for_any_more_leave_no_thread(log):
    batches = eg.scan_access_log(log).batches()
    next(batches)
    batches.close()
    time.sleep(0)
    assert not threads()


def test_the_rows_of_all_blocks_come_in_order(log):
    frame = eg.read_access_log(log)
    assert frame["line"].tolist() == list(range(1, 3001))
    assert frame["path"].tolist() == [f"/{n}" for n in range(3000)]


def test_scanning_takes_the_same_memory_for_a_log_three_times_as_large(tmp_path):
    peaks = []
    for size in (1, 3):
        path = tmp_path / f"{size}.log"
        with path.open("w") as out:
            for _ in range(size):
                out.write("".join(LINE % n for n in range(320_000)))
        found = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
        rows, peak = found.stdout.removeprefix("start").split()
        assert int(rows) == 320_000 * size
        peaks.append(int(peak))
    assert peaks[1] < 1.25 * peaks[0]


def test_many_small_logs_are_one_frame(tmp_path):
    for n in range(40):
        (tmp_path / f"pod-{n:02}.log").write_text((LINE % n) * 3 + (LINE.replace('"curl"', '"cu" rl"') % n))
    frame = eg.read_access_log(str(tmp_path / "*.log"))
    assert frame["line"].tolist() == [1, 2, 3, 4] * 40
    assert frame["path"].tolist() == [f"/{n}" for n in range(40) for _ in range(4)]
    assert frame["proxy"].astype("str").tolist() == [f"pod-{n:02}" for n in range(40) for _ in range(4)]
    assert frame["source"].cat.categories.tolist() == sorted(str(p) for p in tmp_path.iterdir())
