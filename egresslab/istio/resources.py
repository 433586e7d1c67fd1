"""Istio and Kubernetes resources to frames, as kubectl prints them or as people write them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import pandas as pd

from egresslab.errors import EgresslabError, ResourceError
from egresslab.frames import Resources, schema, typed, visible
from egresslab.istio.conditions import conditions
from egresslab.istio.documents import documents
from egresslab.istio.kinds import readers
from egresslab.istio.manifests import Manifest, Problem, manifests
from egresslab.istio.mesh_config import mesh_config
from egresslab.istio.misplaced import misplaced
from egresslab.istio.raw import raw_object
from egresslab.istio.recognise import resource_files
from egresslab.istio.rows import Row, framed, row
from egresslab.sources import Source, name_of, read_bytes, sources_of

_MOST_ROWS = 100_000  # of one object: its hosts, ports and addresses multiply
_FRAMES = [name for name in Resources.names() if name != "problems"]


def read_resources(*paths: Source) -> Resources:
    r"""Which hosts, routes, TLS settings and gateways are declared?

    Parameters
    ----------
    paths
        YAML or JSON of resources: files (plain or compressed), globs, open streams, ``-`` for standard input, or folders, of which all
        ``.yaml``, ``.yml`` and ``.json`` files below count. ``kubectl get -o yaml`` and ``-o json``, manifests, a MeshConfig.

    Returns
    -------
    Resources
        A frame for each group of kinds. Documents that cannot be read stand in ``problems`` and are counted in one warning; unknown kinds
        stand in ``objects`` alone.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    ResourceError
        When nothing in all files can be read: names the file, the document and the line, and what was expected.

    Examples
    --------
    >>> import io, egresslab as eg
    >>> yaml = "kind: ServiceEntry\nspec:\n  hosts: [api.example.com]\n  ports: [{number: 443, name: tls, protocol: TLS}]"
    >>> eg.read_resources(io.StringIO(yaml)).service_entries[["host", "port", "protocol"]].values.tolist()
    [['api.example.com', 443, 'TLS']]
    """
    sources = sources_of(resource_files(paths))
    names = {name_of(source): source for source in sources}
    found = resources_from(((name_of(source), partial(read_bytes, source)) for source in sources), lambda name: read_bytes(_again(names[name], name)))
    if len(found.problems) and not len(found.objects):
        raise ResourceError(_first(found.problems))
    if len(found.problems):
        warnings.warn(f"{_first(found.problems)} ({len(found.problems):,} of this kind stand in .problems; the rest was read)", stacklevel=2)
    return found


def _again(source: Source, name: str) -> Source:
    if hasattr(source, "read") or source == "-":
        raise EgresslabError(f"{name} was a stream, which can be read once; save it as a file and read that")
    return source


def _first(problems: pd.DataFrame) -> str:
    first = problems.iloc[0]
    places = [f"{word} {first[word]}" for word in ("document", "line") if pd.notna(first[word])]
    return visible(f"{', '.join([str(first['source']), *places])}: {first['reason']}")


@dataclass
class _Gathered:
    """Rows of all frames while files are read."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in _FRAMES})
    problems: list[dict[str, Any]] = field(default_factory=list)

    def problem(self, source: str, problem: Problem) -> None:
        self.problems.append({"source": source, "document": problem.document or None, "line": problem.line, "reason": problem.reason})

    def add(self, source: str, manifest: Manifest) -> None:
        """Add the rows of one object, all or none of each frame."""
        known = readers(manifest)
        if wrong := misplaced(manifest):
            self.problem(source, wrong)
        place = {"source": source, "line": manifest.line}
        self._take("objects", [row("", {}, known=known is not None)], manifest, place)
        self._take("conditions", conditions(manifest), manifest, place)
        for frame, read in known or ():
            rows = list(islice(read(manifest), _MOST_ROWS + 1))
            if len(rows) > _MOST_ROWS:
                reason = f"its hosts, ports and addresses make more than {_MOST_ROWS:,} rows; only its name was read"
                self.problem(source, Problem(reason, int(manifest.pointer.split("/")[1]) + 1, manifest.line))
            else:
                self._take(frame, rows, manifest, place)
        within = mesh_config(manifest)
        if isinstance(within, Problem):
            self.problem(source, within)
        elif within:
            self.add(source, within)

    def _take(self, frame: str, rows: Iterable[Row], manifest: Manifest, place: dict[str, Any]) -> None:
        for found in rows:
            found.roots[""] = manifest.body
            found.columns |= {**place, "pointer": manifest.pointer + found.pointer}
            self.rows[frame].append(found)


def resources_from(files: Iterable[tuple[str, Callable[[], bytes]]], reopen: Callable[[str], bytes]) -> Resources:
    """Read resources out of named bytes, wherever they come from; what cannot be read becomes a problem.

    Parameters
    ----------
    files
        The name of each file, and what gives its bytes.
    reopen
        What gives the bytes of a file again, by its name, when the text behind a row is asked for.
    """
    gathered = _Gathered()
    for name, read in files:
        try:
            written = _decoded(read())
        except EgresslabError as error:
            gathered.problem(name, Problem(str(error), 0, None))
            continue
        for found in _objects(written):
            gathered.problem(name, found) if isinstance(found, Problem) else gathered.add(name, found)
    frames = {name: framed(name, rows) for name, rows in gathered.rows.items()}
    problems = typed({column: [p.get(column) for p in gathered.problems] for column in schema("problems")}, "problems")
    return Resources(**frames, problems=problems, opener=lambda source, pointer: raw_object(_decoded(reopen(source)), pointer))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _objects(written: str) -> Iterator[Manifest | Problem]:
    for document in documents(written):
        yield from manifests(document)
