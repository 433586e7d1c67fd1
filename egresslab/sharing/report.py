"""A report: a notebook run on somebody's logs, and the page that it makes."""

from __future__ import annotations

import ast
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from egresslab.cases import Case, read_case, shipped
from egresslab.errors import ReportError, near
from egresslab.sharing.exporter import EgresslabExporter
from egresslab.sharing.run import failure_of, parameters_of, run, without_folders, without_machine
from egresslab.sources import sources_of

AnyPath = str | os.PathLike[str]


def report(given: Case | AnyPath | Sequence[AnyPath], /, out: AnyPath, *, notebook: AnyPath | None = None, **parameters: Any) -> Path:
    """How do I send what these logs say to somebody?

    Parameters
    ----------
    given
        A Case, a folder, or the paths of logs that are one case.
    out
        A folder, made where there is none, for ``egress_report.html`` and the notebook behind it; or a path that ends in ``.html``.
    notebook
        A notebook with a cell tagged ``parameters``; without it our egress report.
    **parameters
        Values for the names that this cell sets, such as ``title="Incident 42"`` or ``sensitive=True``.

    Returns
    -------
    pathlib.Path
        The page, which asks nothing of any network. The executed notebook lies beside it.

    Raises
    ------
    EgresslabError
        When a path cannot be read.
    ReportError
        When the notebook has no such parameter, or a cell failed: then the page holds what came before it, and says so.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.report(eg.sample("healthy"), "out/")  # doctest: +SKIP
    PosixPath('out/egress_report.html')
    """
    source = _read(shipped("notebooks") / "reports" / "egress_report.ipynb" if notebook is None else Path(notebook))
    known = parameters_of(source)
    _check(parameters, known)
    page = Path(out) if Path(out).suffix == ".html" else Path(out) / "egress_report.html"
    with _paths(given) as paths:
        values = {**parameters, "paths": paths}
        executed, failure = run(source, values)
    shared = without_machine(executed, values)
    shared.metadata["title"] = str({**known, **parameters}.get("title", page.stem))
    if failure is None:
        _write(shared, page)
        return page
    said = without_folders(failure_of(executed, failure), paths)
    shared.metadata.setdefault("egresslab", {})["failed"] = said
    _write(shared, page)
    raise ReportError(f"{said}; the page {page} holds what came before it") from failure


def _read(path: Path) -> Any:
    if not path.is_file():
        raise ReportError(f"there is no notebook {path}; give notebook= the path of one, or leave it away for our own")
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise ReportError(f"{path} is no notebook: {error}; give notebook= the path of one") from error


def _check(parameters: dict[str, Any], known: dict[str, Any]) -> None:
    free = sorted(set(known) - {"paths"})
    if unknown := [name for name in parameters if name not in free]:
        raise ReportError(f"the notebook has no parameter {unknown[0]!r}; it has {', '.join(free)}; {near(unknown[0], free)}")
    for name, value in parameters.items():
        try:
            ast.literal_eval(repr(value))
        except (ValueError, SyntaxError):
            what = type(value).__name__
            raise ReportError(f"parameter {name!r} is a {what}; give text, a number, True, False, None, or a list or dict of them") from None


@contextmanager
def _paths(given: Any) -> Iterator[list[str]]:
    """Say where the notebook finds the logs; a case that was changed or made from frames lies there as a table meanwhile."""
    if not isinstance(given, Case):
        paths = [given] if isinstance(given, str | os.PathLike) else list(given)
        if "-" not in paths:
            if files := [path for path in paths if not Path(path).is_dir()]:
                sources_of(files)
            yield [str(Path(path).absolute()) for path in paths]
            return
        given = read_case(*paths)
    if found := _files(given):
        yield found
        return
    with tempfile.TemporaryDirectory() as folder:
        given.log.to_parquet(Path(folder) / "log.parquet")
        yield [str(Path(folder) / "log.parquet")]


def _files(case: Case) -> list[str]:
    """Give what a case was read from, nothing when that no longer holds its log."""
    on_disk = case.files.loc[case.files["sha256"].notna(), "source"]
    if case.root is None or len(case.log) != case.files["rows"].sum() or not all((case.root / source).is_file() for source in on_disk):
        return []
    return list(map(str, case.paths))


def _write(notebook: Any, page: Path) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    html, _ = EgresslabExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    page.write_text(html, encoding="utf-8")
    nbformat.write(notebook, page.with_suffix(".ipynb"))
