"""A card: what a mistake is and what shows it, as visible text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from egresslab.mistakes.opened import Opened

RIVALS = "What else it could have been"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_YAML = re.compile(r"^(?:---$|(?:apiVersion|kind|metadata|spec):|\w+:\n(?: +|- )\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Card:
    """One finding, or one mistake without a finding; all its text is visible.

    ``head`` names it, ``title`` is the mistake's, ``seen`` tells how often, ``why`` what Envoy does, ``mend`` may end in YAML.
    """

    head: str
    title: str = ""
    summary: str = ""
    seen: str = ""
    why: str = ""
    evidence: tuple[Opened, ...] = ()
    rivals: tuple[str, ...] = ()
    mend: str = ""
    notebook: str = ""

    @property
    def first_sentence(self) -> str:
        """Why it happens, in one sentence; what was seen where no mistake tells."""
        return _SENTENCE.split(self.why, maxsplit=1)[0] or self.summary

    @property
    def mend_parts(self) -> tuple[str, str]:
        """What the mend says, and the YAML that it ends in; either may be empty."""
        found = _YAML.search(self.mend)
        at = found.start() if found else len(self.mend)
        return self.mend[:at].strip(), self.mend[at:].strip("\n")
