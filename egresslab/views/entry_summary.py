"""One entry in short: what it was, where it went, and who ended it how."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from egresslab.frames import visible
from egresslab.views.egress_classes import egress_class_of
from egresslab.views.meanings import Row, details_row, failure_rows, flag_meaning, flag_rows
from egresslab.views.where import where
from egresslab.views.ztunnel import WENT, of_ztunnel

_WENT = {
    "PassthroughCluster": ", passed through by ALLOW_ANY because no ServiceEntry covers it as it came",
    "BlackHoleCluster": ", sent nowhere",
    "external": ", sent to a declared external host",
    "egress_gateway": ", sent to an egress gateway",
    "in_mesh": ", sent to a service of the mesh",
    "answered_by_proxy": ", sent nowhere",
    "inbound": ", for the workload of this sidecar",
}
_KINDS = {
    "http": "HTTP request to {host}{went}.",
    "tcp": "TCP or TLS connection to {host}{went}; code 0 is normal, no HTTP is seen here.",
    "": "Part of an entry that does not say whether it is HTTP, to {host}{went}.",
}
_WHO = {"proxy": "the proxy", "upstream": "the upstream", "client": "the client"}
_LONGEST = 80


def shorten(text: str) -> str:
    """Make text visible and cut what is too long for a line, saying so."""
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 25]}… ({len(text):,} characters)"


def layer_of(entry: pd.Series[Any]) -> str:
    """Tell HTTP (``http``) from TCP and TLS (``tcp``); empty when a damaged line does not say."""
    if entry[["method", "path", "protocol", "authority"]].notna().any():
        return "http"
    code = entry["response_code"]
    return "" if pd.isna(code) else "http" if code > 0 else "tcp"


def summary(log: pd.DataFrame) -> str:
    """Say in short what became of the one entry of a log."""
    layer = layer_of(log.iloc[0])
    words = _words(log, layer)
    said = _outcome(log, layer).format_map(words)
    outcome = f"It failed: {said}." if log["failed"].eq(True).any() else f"{said[0].upper()}{said[1:]}."
    return f"{_KINDS[layer].format_map(words)} {outcome}"


@cache
def _outcomes() -> list[tuple[str, dict[str, Any], str]]:
    """Read which sentence says what became of an entry: the layer, what ``where`` is asked, the sentence; the first that passes."""
    with files(__package__).joinpath("entry_outcomes.csv").open(encoding="utf-8") as lines:
        return [(row.pop("layer"), _question(row), says) for row in csv.DictReader(lines) if (says := row.pop("says"))]


def _question(row: dict[str, str]) -> dict[str, Any]:
    return {column: value.split() if " " in value else value for column, value in row.items() if value}


def _outcome(log: pd.DataFrame, layer: str) -> str:
    if of_ztunnel(log):
        if log["connection_termination_details"].notna().any():
            return "ztunnel gives as the reason {error}"
        log = log.assign(response_flags="-")  # it knows no flags, and says when something fails
    elif log["response_flags"].isna().any():
        return "the line lost its response flags, so it does not say how it ended"
    return next(says for of, question, says in _outcomes() if of in ("", layer) and len(where(log, **question)))


def _words(log: pd.DataFrame, layer: str) -> dict[str, str]:
    """Give what the sentences may name."""
    entry = {name: None if missing else str(value) for (name, value), missing in zip(log.iloc[0].items(), log.iloc[0].isna(), strict=True)}

    def first(*names: str, other: str) -> str:
        return shorten(next((value for name in names if (value := entry.get(name)) is not None), other))

    details, reason = entry["response_code_details"], entry["upstream_transport_failure_reason"]
    return {
        "host": first("authority", "requested_server_name", "destination_service", "downstream_local_address", other="an unknown host"),
        "went": _went(log, entry["upstream_cluster"] or ""),
        "destination": first("downstream_local_address", other="its address"),
        "upstream": first("upstream_host", "upstream_cluster", other="the upstream"),
        "code": first("response_code", other="no status"),
        "after": f" after {int(entry['duration_ms']):,} ms" if entry["duration_ms"] else "",
        "error": shorten(entry["connection_termination_details"] or ""),
        "reason": _reason(reason) if reason and reason.strip() else "",
        **_who_and_why(flag_rows(entry["response_flags"] or "-"), details or "", layer),
    }


def _went(log: pd.DataFrame, cluster: str) -> str:
    went = egress_class_of(log).iloc[0]
    if went == "inbound" and cluster.startswith("inbound-vip|"):
        return ", for a service that this waypoint stands before"
    return (WENT if of_ztunnel(log) else _WENT).get(went, "")


def _who_and_why(flags: list[Row], details: str, layer: str) -> dict[str, str]:
    """Say who ended the entry, by its flag or else its details, and why, by its details where they say more than the flag."""
    family = details_row(details)
    said = [*(flag_meaning(row, layer) for row in flags), shorten(details.strip()) or "a reason that is not in our tables"]
    if family and family["family"] != "via_upstream":
        said.insert(0, family["meaning"])
    ended_by = next((row["ended_by"] for row in (*flags, family) if row), "")
    return {"who": _WHO.get(ended_by, "Envoy"), "why": _inside(said[0])}


def _reason(text: str) -> str:
    """Name what a transport failure holds, in parentheses."""
    known = [f"{row['family'].replace('_', ' ')}: {_inside(row['meaning'])}" for row in failure_rows(text)]
    return f" ({'; '.join(known) or shorten(text)})"


def _inside(sentence: str) -> str:
    """Begin a sentence as the middle of another one, unless its first word is a name."""
    word = sentence.split(maxsplit=1)[0]
    return sentence if word == "Envoy" or word[1:] != word[1:].lower() else sentence[0].lower() + sentence[1:]
