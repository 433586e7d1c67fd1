"""Where the lines of a block stand in what they were wrapped in, and which pod and container wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LABELS = ("pod", "container", "proxy")
_LONGEST = 253  # characters of a name in Kubernetes


class Whose(NamedTuple):
    """Who wrote an entry, as its wrapping says; empty where it does not."""

    pod: str = ""
    container: str = ""
    namespace: str = ""
    stream: str = ""

    def labels(self) -> dict[str, str | None]:
        """Give the labels of a line that it wrote."""
        return {name: found[0].as_py() for name, found in labels_of([self.pod], [self.container], [self.namespace]).items()}


NOBODY = Whose()


class Inner(NamedTuple):
    """One entry without its wrapping: its number from 0, its text, and who wrote it."""

    number: int
    text: bytes
    whose: Whose


@dataclass(frozen=True)
class Origin:
    """Of each line in a block: its number in the file, counted from the block's first, and who wrote it."""

    lines: int
    numbers: np.ndarray[Any, Any]
    labels: dict[str, Any]

    def at(self, position: int) -> dict[str, str | None]:
        """Give the labels of one line."""
        return {name: labels[position].as_py() for name, labels in self.labels.items()}

    def within(self, outer: Origin | None) -> Origin:
        """Give the origin of lines whose wrapping was wrapped itself; who is named inside wins."""
        if outer is None:
            return self
        known = np.clip(self.numbers, 0, None)
        numbers = np.where(self.numbers < 0, self.numbers, outer.numbers[known])
        labels = {name: values.take(pa.array(known)) for name, values in outer.labels.items()}
        return Origin(outer.lines, numbers, {n: _first(self.labels.get(n), labels.get(n)) for n in {**labels, **self.labels}})

    def labelled(self, table: Any) -> Any:
        """Add to a table of entries who wrote them, as long as their lines are those of the block."""
        for name, values in self.labels.items():
            table = table.append_column(name, values.take(table["line"].combine_chunks()))
        return table

    def table(self, positions: Sequence[int]) -> Any:
        """Give who wrote some lines."""
        rows = pa.array(positions, pa.int64())
        return pa.table({"line": rows, **{name: values.take(rows) for name, values in self.labels.items()}})


def _first(inner: Any, outer: Any) -> Any:
    if inner is None or outer is None:
        return outer if inner is None else inner
    return pc.coalesce(inner.dictionary_decode(), outer.dictionary_decode()).dictionary_encode()


def labels_of(pods: Sequence[Any], containers: Sequence[Any], namespaces: Sequence[Any]) -> dict[str, Any]:
    """Make labels of who wrote each line: texts or bytes, empty where nobody is named."""
    columns = {"pod": _labels(pods), "container": _labels(containers)}
    spaces = _labels(namespaces)
    pods = columns["pod"]
    if pods is not None:
        columns["proxy"] = pods if spaces is None else _joined(pods, spaces)
    return {name: values for name, values in columns.items() if values is not None}


def _labels(values: Sequence[Any]) -> Any:
    if not any(values):
        return None
    found = pa.array(values).dictionary_encode()
    words = found.dictionary.cast(pa.string())
    named = pc.and_(pc.not_equal(words, ""), pc.invert(pc.match_substring(words, "..")))  # an author may leave out a part of a name
    named = pc.and_(named, pc.less_equal(pc.binary_length(words), _LONGEST))
    return pa.DictionaryArray.from_arrays(pc.if_else(named.take(found.indices), found.indices, None), words)


def _joined(pods: Any, spaces: Any) -> Any:
    """Name proxies as their dumps do: pod.namespace, the pod alone where no namespace is told."""
    pods, spaces = pods.dictionary_decode(), spaces.dictionary_decode()
    return pc.coalesce(pc.binary_join_element_wise(pods, spaces, "."), pods).dictionary_encode()


def whose_lines(strays: Mapping[int, Whose]) -> Any:
    """Give who wrote the lines of other wrappings, by their numbers."""
    pods, containers, namespaces, _ = zip(*strays.values(), strict=True)
    return pa.table({"line": pa.array(list(strays), pa.int64()), **labels_of(pods, containers, namespaces)})


def assembled(entries: Iterable[Inner], lines: int) -> tuple[bytes, Origin]:
    """Make a block of entries, of which some hold several lines."""
    texts, numbers, whose = list[bytes](), list[int](), list[Whose]()
    for entry in entries:
        parts = entry.text.rstrip(b"\r\n").split(b"\n")
        texts += parts
        numbers += [entry.number] * len(parts)
        whose += [entry.whose] * len(parts)
    pods, containers, namespaces, _ = zip(*whose, strict=True) if whose else ((), (), (), ())
    return b"\n".join([*texts, b""]), Origin(lines, np.array(numbers, np.int64), labels_of(pods, containers, namespaces))


def labelled(tables: Sequence[Any], whose: Sequence[Any]) -> list[Any]:
    """Add to tables of entries who wrote them."""
    known = pa.concat_tables(whose, promote_options="default").unify_dictionaries().sort_by("line")
    return [_labelled(table, known) for table in tables]


def _labelled(table: Any, whose: Any) -> Any:
    known, lines = whose["line"].to_numpy(), table["line"].to_numpy()
    rows = np.clip(np.searchsorted(known, lines), 0, len(known) - 1)
    found = pa.array(rows, mask=known[rows] != lines)
    for name in whose.column_names[1:]:
        table = table.append_column(name, whose[name].take(found))
    return table
