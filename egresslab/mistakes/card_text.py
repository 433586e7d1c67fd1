"""A card as plain text: whole, and on one screen."""

from __future__ import annotations

import textwrap

from egresslab.mistakes.card import RIVALS, Card

MOST_LINES = 40
_WIDE = 120
_LEAST_MEND, _LEAST_EVIDENCE = 8, 10


def card_text(card: Card) -> str:
    """Write a card on at most 40 lines; what is cut is said."""
    head = [line for line in (card.head, card.title, *_cut(_wrapped(card.summary), 3), card.seen) if line]
    why = _titled("Why", _cut(_wrapped(card.why), 5))
    rivals = _titled(RIVALS, _cut([part for rival in card.rivals for part in _wrapped(rival)], 4))
    notebook = ["", f"Worked notebook: {card.notebook}"] if card.notebook else []
    room = MOST_LINES - len(head) - len(why) - len(rivals) - len(notebook) - 4
    mend = _cut(_mend(card), max(room - min(_needs(card), _LEAST_EVIDENCE), _LEAST_MEND))
    shown = _cut(_evidence(card, room - len(mend)), room - len(mend))
    return "\n".join([*head, *why, *_titled("What shows it", shown), *rivals, *_titled("Mend", mend), *notebook])


def _titled(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {line}" for line in lines)] if lines else []


def _wrapped(text: str) -> list[str]:
    return [part for line in text.split("\n") for part in textwrap.wrap(line, _WIDE - 2, break_on_hyphens=False)]


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"… {len(lines) - most + 1} more lines"]


def _mend(card: Card) -> list[str]:
    prose, yaml = card.mend_parts
    return [*_wrapped(prose), *(yaml.split("\n") if yaml else [])]


def _needs(card: Card) -> int:
    return sum(1 + len(one.lines) for one in card.evidence)


def _evidence(card: Card, room: int) -> list[str]:
    """Share the room among the places, so that a long object leaves something to the next one."""
    shares = _shares([len(one.lines) for one in card.evidence], room - len(card.evidence))
    lines = []
    for one, share in zip(card.evidence, shares, strict=True):
        lines += [one.head, *(f"  {line}" for line in _cut(list(one.lines), share))]
    return lines


def _shares(needs: list[int], room: int) -> list[int]:
    """Give each its fair share of a room, and what one does not need to the others."""
    shares = [0] * len(needs)
    for done, n in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        shares[n] = max(min(needs[n], (room - sum(shares)) // (len(needs) - done)), 1)
    return shares
