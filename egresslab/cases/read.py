"""Files of any kind to a case: each is read as what it is, and everything is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from egresslab.access_log import read_access_log
from egresslab.access_log.doubts import warn_doubts
from egresslab.cases.case import Case
from egresslab.cases.files import Given, head_of
from egresslab.cases.kinds import UNKNOWN
from egresslab.cases.reading import Reading, read_files
from egresslab.cases.reopened import named
from egresslab.cases.together import together
from egresslab.errors import EgresslabError
from egresslab.sources import Source

_USELESS = ("other", "unreadable", "archive")


def read_case(*paths: Source, format: str | Mapping[str, object] | None = None) -> Case:  # noqa: A002
    """What do these files say, put together?

    Parameters
    ----------
    paths
        Folders, files, globs, open streams, ``-``, and archives (tar.gz, tar, zip) as ``istioctl bug-report`` and istio-must-gather make them;
        what each file is shows its content: access logs, config dumps and all else that :func:`read_config_dump` reads, resources of Istio
        and Kubernetes, what ``istioctl proxy-status`` and ``analyze`` print, posts with several of these, logs that egresslab wrote as Parquet.
    format
        Format of the access logs, as :func:`read_access_log` takes it; found out when not given.

    Returns
    -------
    Case
        Everything that was found; ``case.files`` says what each file was read as, and why others were left aside. Sources are relative to the
        folder, to the folder that holds all files, or to the archive.

    Raises
    ------
    EgresslabError
        When a path cannot be read, a file that was named alone is broken or nothing that is known, or nothing in a folder or archive is of use.

    Examples
    --------
    >>> import egresslab as eg
    >>> case = eg.read_case(eg.sample_path("healthy"))
    >>> case.files.kind.value_counts()["access log"].item()
    2
    """
    given = Given.of(paths)
    reading = read_files(given, format)
    if given.is_one_file:
        _raise_for_one(given, reading)
    case = together(given, reading)
    if not any(row["kind"] not in _USELESS for row in reading.rows.values()):
        _raise_for_nothing(given, reading)
    warn_doubts(format)
    return case


def _raise_for_one(given: Given, reading: Reading) -> None:
    """Say why a file that was named alone cannot be read."""
    if len(reading.rows) > 1:  # an archive
        return
    if error := next(iter(reading.errors.values()), None):
        raise error
    (name, file), (row,) = next(iter(reading.files.items())), reading.rows.values()
    if row["kind"] in _USELESS:
        if row["because"] == UNKNOWN:
            _reader_of(file.head or head_of(file.path))(file.path or named(file.head, name))
        raise EgresslabError(f"{name}: {row['because']}; eg.read_case reads access logs, config dumps, YAML of Istio, and what istioctl prints")


def _reader_of(head: bytes) -> Callable[[Source], object]:
    """Give the reader whose error says most about a file that is nothing known."""
    from egresslab.config_dump import read_config_dump

    return read_config_dump if head.lstrip().startswith((b"{", b"[")) else read_access_log


def _raise_for_nothing(given: Given, reading: Reading) -> None:
    where = ", ".join(str(p) for p in given.paths[:3]) or "what was given"
    why = next((f"{name}: {error}; " for name, error in reading.errors.items()), "")
    raise EgresslabError(
        f"nothing in {where} is an access log, a config dump, YAML of Istio or an answer of istioctl ({len(reading.rows)} files looked at); "
        f"{why}name a file itself to see why it is not recognised, or give format="
    )
