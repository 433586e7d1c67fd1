"""Threads that read the blocks of logs side by side, and give what they read in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class Workers:
    """As many threads as there are processors, started when there is work for two; they end with the reading, however it ends."""

    def __init__(self) -> None:
        self.count = min(8, os.cpu_count() or 1)
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def in_order(self, make: Callable[[_Given], _Made], given: Iterator[_Given]) -> Iterator[_Made]:
        """Make something of each of the given, of a bounded number at a time; of a single one without a thread."""
        first = list(islice(given, 2))
        if len(first) < 2:
            yield from map(make, first)
            return
        self._pool = self._pool or ThreadPoolExecutor(self.count)
        pending: deque[Future[_Made]] = deque(self._pool.submit(make, one) for one in first)
        del first
        for one in given:
            pending.append(self._pool.submit(make, one))
            if len(pending) > self.count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
