"""A card as HTML of tables and prose alone, which a notebook shows untrusted and a page keeps."""

from __future__ import annotations

from html import escape

from egresslab.mistakes.card import RIVALS, Card
from egresslab.mistakes.opened import Opened

_MOST_OPEN = 20  # lines; what is longer waits for a click, so that the mend is in sight


def card_html(card: Card) -> str:
    """Write a card, all of its text escaped."""
    parts = [f"<h4>{escape(card.head)}</h4>", _paragraph("", card.title, bold=True), _paragraph("", card.summary), _paragraph("", card.seen)]
    parts += [_paragraph("Why", card.why), *map(_place, card.evidence), _rivals(card.rivals), _mend(card)]
    parts += [_paragraph("Worked notebook", card.notebook)]
    return f"<div>{''.join(parts)}</div>"


def _paragraph(title: str, text: str, *, bold: bool = False) -> str:
    if not text:
        return ""
    said = f"<b>{escape(text)}</b>" if bold else escape(text)
    return f"<p><b>{escape(title)}:</b> {said}</p>" if title else f"<p>{said}</p>"


def _place(one: Opened) -> str:
    if not one.lines:
        return f"<p><code>{escape(one.head)}</code></p>"
    lines = _block("\n".join(one.lines))
    state = " open" if len(one.lines) <= _MOST_OPEN else ""
    return f"<details{state}><summary><code>{escape(one.head)}</code></summary>{lines}</details>"


def _block(text: str) -> str:
    return f'<pre style="white-space: pre-wrap; text-align: left">{escape(text)}</pre>'


def _rivals(rivals: tuple[str, ...]) -> str:
    return f"<p><b>{RIVALS}:</b></p><ul>" + "".join(f"<li>{escape(rival)}</li>" for rival in rivals) + "</ul>" if rivals else ""


def _mend(card: Card) -> str:
    prose, yaml = card.mend_parts
    return _paragraph("Mend", prose or ("apply this" if yaml else "")) + (_block(yaml) if yaml else "")
