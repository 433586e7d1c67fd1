"""Mistakes that people make about egress: each one a file that finds it, and the engine that asks them all."""

from egresslab.mistakes.diagnose import diagnose, evidence
from egresslab.mistakes.drafts import draft_service_entry
from egresslab.mistakes.explain import explain
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.mistakes.registry import mistakes

MISTAKES = mistakes()

__all__ = ["MISTAKES", "Finding", "Mistake", "diagnose", "draft_service_entry", "evidence", "explain"]
