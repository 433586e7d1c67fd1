"""The errors of the house: each message has the fact, the place and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EgresslabError(ValueError):
    """Root of all errors that egresslab raises on purpose."""


class LogFormatError(EgresslabError):
    """A log format cannot be compiled, or no line of a log fits any known format."""


class ConfigDumpError(EgresslabError):
    """A config dump cannot be read."""


class ResourceError(EgresslabError):
    """An Istio or Kubernetes resource cannot be read."""


class FrameError(EgresslabError):
    """A frame lacks a column, or a column, value or query is not what the contract says."""


class ReportError(EgresslabError):
    """A report cannot be made, or one of its cells failed."""


def near(word: str, known: Iterable[str], *, most: int = 6) -> str:
    """Name the known words that are nearest to a word, for the end of an error message."""
    words = sorted({str(k) for k in known})
    close = difflib.get_close_matches(word, words, n=most, cutoff=0.5)
    if close:
        return f"near it: {', '.join(close)}"
    shown = ", ".join(words[: 4 * most])
    return f"known: {shown}" + (", …" if len(words) > 4 * most else "")
