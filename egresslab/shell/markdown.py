"""Findings as Markdown for a ticket; what comes out of a case stands in code, where nothing of it is markup, a link or a mention."""

from __future__ import annotations

import re
from typing import Any

import egresslab as eg
from egresslab.mistakes.card import Card
from egresslab.mistakes.explain import cards_of


def markdown(findings: Any, case: eg.Case) -> str:
    """Write the cards of findings, and what was not looked for below them."""
    cards = list(zip(cards_of(findings, case).cards, findings["severity"], strict=True))
    found = [_card(card) for card, severity in cards if severity != "unchecked"] or ["Nothing was found."]
    waiting = [f"- {_code(card.summary)}" for card, severity in cards if severity == "unchecked"]
    return "\n\n".join([f"# Findings of egresslab {eg.__version__}", *found, *(["## Not looked for", "\n".join(waiting)] if waiting else [])])


def _card(card: Card) -> str:
    prose, yaml = card.mend_parts
    evidence = "\n".join(line for one in card.evidence for line in (one.head, *(f"  {line}" for line in one.lines)))
    rivals = "\n".join(f"- {_code(rival)}" for rival in card.rivals)
    parts = [
        f"## {_code(card.head)}",
        card.title and f"**{card.title}**",
        _code(card.summary),
        card.seen,
        card.why,
        _fenced(evidence, "text"),
        rivals and f"What else it could have been:\n\n{rivals}",
        prose and f"Mend: {_code(prose)}",
        _fenced(yaml, "yaml"),
        card.notebook and f"Worked notebook: {card.notebook}",
    ]
    return "\n\n".join(part for part in parts if part)


def _code(text: str) -> str:
    """Write text as code, between more backticks than it has in a row."""
    line = " ".join(text.split())
    ticks = "`" * (_most_ticks(line) + 1)
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{edge}{line}{edge}{ticks}"


def _fenced(text: str, language: str) -> str:
    fence = "`" * max(_most_ticks(text) + 1, 3)
    return f"{fence}{language}\n{text}\n{fence}" if text else ""


def _most_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
