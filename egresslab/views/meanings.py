"""What the words of one entry mean: its flags, details, transport failure and cluster, by the tables of Envoy's words."""

from __future__ import annotations

import re
from functools import cache

from egresslab import envoy

Row = dict[str, str]

# These say only that something went wrong; beside a family that says what, they add nothing.
_GENERAL = frozenset({"TLS_error", "CERTIFICATE_VERIFY_FAILED", "delayed_connect_error", "immediate_connect_error"})


@cache
def _flags() -> dict[str, Row]:
    return {row["flag"]: row for row in envoy.rows("response_flags")}


def flag_rows(flags: str) -> list[Row]:
    """Give the known ones of a set of flags, what failed before what was tried.

    >>> [row["long"] for row in flag_rows("UF,URX")]
    ['UpstreamConnectionFailure', 'UpstreamRetryLimitExceeded']
    """
    known = [_flags()[flag] for flag in flags.split(",") if flag in _flags()]
    return sorted(known, key=lambda row: (row["failure"] != "yes", row["flag"] == "URX"))


def flags_meaning(flags: str, layer: str) -> str:
    """Say what each flag of a set means on HTTP or on TCP; unknown ones stay without a meaning."""
    return "; ".join(f"{row['long']}: {flag_meaning(row, layer)}" for row in flag_rows(flags))


def flag_meaning(row: Row, layer: str) -> str:
    """Say what one flag means on HTTP or on TCP."""
    return (row["tcp_meaning"] if layer == "tcp" else "") or row["meaning"]


def details_row(details: str) -> Row | None:
    """Give the longest family that response code details belong to.

    >>> details_row("upstream_reset_before_response_started{overflow}")["ended_by"]
    'proxy'
    """
    found = [row for row in envoy.rows("response_code_details") if _belongs(details, row)]
    return max(found, key=lambda row: len(row["family"]), default=None)


def _belongs(details: str, row: Row) -> bool:
    return details.startswith(row["family"]) if row["match"] == "prefix" else details == row["family"]


def failure_rows(reason: str) -> list[Row]:
    """Give the families that a transport failure holds, one for each of its chained errors at least.

    >>> [row["family"] for row in failure_rows("delayed_connect_error: Connection refused")]
    ['Connection_refused']
    """
    text = reason.replace(" ", "_")
    found = [row for row in envoy.rows("transport_failures") if row["family"] in text]
    whole = [row for row in found if not any(row["family"] != other["family"] and row["family"] in other["family"] for other in found)]
    return [row for row in whole if row["family"] not in _GENERAL] or whole[:1]


def failure_meaning(reason: str) -> str:
    """Say what each family that a transport failure holds means, and what it usually comes from."""
    return "; ".join(f"{row['meaning']}. Usual cause: {row['usual_cause']}" for row in failure_rows(reason))


def cluster_row(cluster: str) -> Row | None:
    """Give the first kind of known clusters that a name belongs to.

    >>> cluster_row("BlackHoleCluster")["kind"]
    'black_hole'
    """
    return next((row for row in envoy.rows("known_clusters") if re.fullmatch(row["pattern"], cluster)), None)
