"""Cards of findings: one whole on a screen, several in short, all of them in a notebook."""

from __future__ import annotations

from dataclasses import dataclass

from egresslab.mistakes.card import Card
from egresslab.mistakes.card_html import card_html
from egresslab.mistakes.card_text import MOST_LINES, card_text

_WIDE = 160


@dataclass(frozen=True, slots=True, repr=False)
class Cards:
    """Cards of findings in their order: one prints whole, several print in short; a notebook shows all."""

    cards: tuple[Card, ...]

    def __repr__(self) -> str:
        if len(self.cards) == 1:
            return card_text(self.cards[0])
        if not self.cards:
            return "No findings."
        shown = self.cards[: MOST_LINES // 3 - 1]
        lines = [line for card in shown for line in _in_short(card)]
        more = [f"… {len(self.cards) - len(shown):,} more findings"] if len(shown) < len(self.cards) else []
        return "\n".join([*lines, *more, "One of them with its evidence: eg.explain(findings.iloc[0], case)"])

    def _repr_html_(self) -> str:
        return "\n".join(map(card_html, self.cards)) or "<p>No findings.</p>"


def _in_short(card: Card) -> list[str]:
    prose, yaml = card.mend_parts
    mend = prose.split("\n")[0] or ("apply the YAML of its card" if yaml else "")
    lines = [card.head, f"  {card.summary or card.title}", f"  Mend: {mend}" if mend else ""]
    return [line if len(line) <= _WIDE else f"{line[: _WIDE - 1]}…" for line in lines if line]
