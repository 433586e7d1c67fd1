"""Explains what is asked about: findings, one of them, a mistake by its name, or an entry of a log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from egresslab.cases import Case
from egresslab.errors import FrameError, near
from egresslab.frames import require, schema, visible
from egresslab.mistakes.card import Card
from egresslab.mistakes.cards import Cards
from egresslab.mistakes.opened import opened, shown_lines
from egresslab.mistakes.registry import mistakes, notebook_of
from egresslab.views.entry import Explanation
from egresslab.views.entry import explain as explain_entry

_OF_A_FINDING = {"finding", "severity", "mistake", "summary"}
_MOST_LINES = 200


def explain(given: Any, /, case: Case | None = None) -> Cards | Explanation:
    """What is wrong here, why, and what mends it? Or: what does this log entry say, and who ended it?

    Parameters
    ----------
    given
        A ``findings`` frame, one row of it, the name of a mistake, or an entry: a row of a log, a log of one row, a mapping of its columns.
    case
        The Case that was diagnosed: it opens what shows a finding. An entry and a name need none.

    Returns
    -------
    Cards or Explanation
        A card for each finding, in their order; of a name, the card of that mistake without evidence. Of an entry its ``frame`` (an
        ``explanation`` frame) and its ``summary``. Both print as text and show as HTML.

    Raises
    ------
    FrameError
        When no mistake is called so, or it is neither findings nor one entry.

    Examples
    --------
    >>> import egresslab as eg
    >>> print(eg.explain("host_not_in_registry").cards[0].title)
    Nothing in the mesh knows the host
    >>> eg.explain({"authority": "api.example.com", "response_code": 200, "response_flags": "-", "response_code_details": "via_upstream"}).summary
    'HTTP request to api.example.com. The upstream answered 200.'
    """
    if isinstance(given, str):
        return Cards((_card_of_mistake(given),))
    findings = _findings(given)
    return explain_entry(given) if findings is None else cards_of(findings, case)


def cards_of(findings: pd.DataFrame, case: Case | None) -> Cards:
    """Make the cards of findings, in their order."""
    if case is not None and not isinstance(case, Case):
        raise FrameError(f"a {type(case).__name__} is no Case; give the one that was diagnosed, such as eg.read_case(path)")
    return Cards(tuple(_card(row, case) for row in findings.to_dict("records")))


def _findings(given: Any) -> pd.DataFrame | None:
    """Take findings or one of them; nothing when it is something else."""
    names = given.columns if isinstance(given, pd.DataFrame) else given.keys() if isinstance(given, pd.Series | Mapping) else ()
    if not set(names) >= _OF_A_FINDING:
        return None
    found = given if isinstance(given, pd.DataFrame) else pd.DataFrame([dict(given)])
    return require(found, "findings", [name for name in schema("findings") if name in found.columns])


def _card_of_mistake(stem: str) -> Card:
    known = mistakes()
    if stem not in known:
        raise FrameError(
            f"no mistake is called {visible(stem[:80])!r}; {near(stem, known)}; a line of a log is explained as a row of read_access_log"
        )
    one = known[stem]
    also = f"explains {', '.join(one.explains)}" if one.explains else ""
    return Card(f"{stem} ({one.severity})", one.title, seen=also, why=one.explanation, mend=one.mend, notebook=notebook_of(stem) or "")


def _card(row: dict[Any, Any], case: Case | None) -> Card:
    told = {name: "" if pd.isna(value) else value for name, value in row.items()}
    stem = str(told["mistake"])
    mistake = mistakes().get(stem)
    subject = str(told.get("subject", ""))
    return Card(
        head=_line(" · ".join(str(part) for part in (told["finding"], told["severity"], stem, subject) if part != "")),
        title=mistake.title if mistake else "",
        summary=_line(str(told["summary"])),
        seen=_seen(told),
        why=mistake.explanation if mistake else "",
        evidence=opened(str(told.get("evidence", "")), case),
        rivals=tuple(_line(rival) for rival in str(told.get("rivals", "")).split("; ") if rival),
        mend="\n".join(shown_lines(str(told.get("mend", "")), most=_MOST_LINES)),
        notebook=str(told.get("notebook", "")) or (notebook_of(stem) or ""),
    )


def _line(text: str) -> str:
    return shown_lines(visible(text), most=1)[0]


def _seen(told: dict[Any, Any]) -> str:
    """Say how often it was seen, when, and what explains it."""
    count, of = told.get("count", ""), told.get("of", "")
    often = "" if count == "" else f"{count:,}{f' of {of:,}' if of != '' else ''} {'entry' if (of or count) == 1 else 'entries'}"
    times = [told.get(name, "") for name in ("first_seen", "last_seen")]
    when = " to ".join(dict.fromkeys(f"{time:%Y-%m-%d %H:%M:%S}" for time in times if time != ""))
    cause = told.get("caused_by", "")
    return "; ".join(part for part in (often, f"{when} UTC" if when else "", f"explained by finding {cause}" if cause != "" else "") if part)
