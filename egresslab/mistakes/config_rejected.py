"""A proxy refused what istiod sent, or has not got the newest."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.frames import Config, visible
from egresslab.mistakes.mistake import Finding, Mistake, listed, places_of

MISTAKE = Mistake(
    severity="error",
    title="The proxy works with old config",
    explanation=(
        "Envoy checks each update and keeps the last good one when it refuses the new. The access log has no sign of it: requests go by the old "
        "config. A dump tells of it only until the next update of that kind is taken; the proxy's own lines and the counter update_rejected stay."
    ),
    mend=(
        "Read the reason, and mend what made the refused part: most often an EnvoyFilter, a certificate or a field this Envoy does not know. "
        "For a proxy that is STALE, look at its connection to istiod (istioctl proxy-status)."
    ),
)
_REFUSAL = (
    r"\bconfig(?: for \S+)? rejected:|\bAck ERROR\b|\bACK ERROR\b|\bError adding/updating \w+|\b[cl]ds updates: \d+ successful, [1-9]\d* rejected"
)
_NODE = r"\b(?:sidecar|router|waypoint)~[^~\s]*~([^~\s]+)~"
_REASON = r"rejected: (?:Error adding/updating )?(.+)"
_COUNTERS = r"\b(?:lds|cds|rds|eds|sds|ecds|srds)\..*?update_rejected$|\.update_rejected$"
_NOT_NEWEST = {"ERROR": "error", "STALE": "error", "NOT SENT": "warning", "DON'T MATCH": "warning"}
_ALWAYS_SENT = r"(?:^|\W)(?:CDS|LDS|Cluster|Listener)s?\b"


def in_log(messages: pd.DataFrame) -> Iterator[Finding]:
    """Find refusals in the proxies' own lines."""
    said = messages[messages["text"].str.contains(_REFUSAL, na=False)]
    of = said["text"].str.extract(_NODE)[0].fillna(said["proxy"].astype("str"))  # istiod's own lines name the proxy
    for proxy, rows in said.groupby(of, sort=False, dropna=False):
        subject = proxy if isinstance(proxy, str) else "a proxy"
        reason = _reason(rows["text"])
        yield Finding(
            subject,
            f"{subject} refused what istiod sent: {reason}",
            count=len(rows),
            first_seen=_known(rows["time"].min()),
            last_seen=_known(rows["time"].max()),
            places=places_of(rows),
            sure=False,
        )


def _reason(texts: pd.Series[str]) -> str:
    told = texts.str.extract(_REASON)[0].dropna()
    return visible(str(told.iloc[0] if len(told) else texts.iloc[0]).splitlines()[0])


def _known(time: pd.Timestamp) -> pd.Timestamp | None:
    return None if pd.isna(time) else time


def in_config(config: Config, stats: pd.DataFrame | None = None) -> Iterator[Finding]:
    """Find refusals that a dump still tells of, and those that counters remember."""
    for proxy, rows in config.rejected.groupby("proxy", sort=False, observed=True, dropna=False):
        subject = proxy if isinstance(proxy, str) else "a proxy"
        yield _refused(subject, rows)
    counted = _counted(config.stats if stats is None else stats)
    for proxy, rows in counted.groupby("proxy", sort=False, observed=True):
        summary = f"{proxy} refused updates: {', '.join(f'{name} {value:.0f}' for name, value in zip(rows['name'], rows['value'], strict=True))}"
        yield Finding(str(proxy), visible(summary), severity="warning", count=int(rows["value"].sum()), places=places_of(rows), sure=False)


def _refused(subject: str, rows: pd.DataFrame) -> Finding:
    named = [str(name) for name in rows["name"].dropna()]
    what = listed(named) or str(rows["section"].iloc[0])
    because = rows["because"].dropna()
    why = f": {visible(str(because.iloc[0]))}" if len(because) else ""
    kept = rows["kept_since"].dropna()
    old = f"; it works with that of {kept.min():%Y-%m-%d %H:%M:%S}" if len(kept) else ""
    first, last = (_known(edge) for edge in (rows["rejected_at"].min(), rows["rejected_at"].max()))
    return Finding(subject, f"{subject} refused {visible(what)}{why}{old}", count=len(rows), first_seen=first, last_seen=last, places=places_of(rows))


def _counted(stats: pd.DataFrame) -> pd.DataFrame:
    return stats[stats["name"].str.contains(_COUNTERS, na=False) & (stats["value"] > 0).fillna(False)]


def in_resources(proxy_status: pd.DataFrame) -> Iterator[Finding]:
    """Find proxies that istiod says have not got its newest config."""
    status = proxy_status["status"].astype("str").str.upper()
    behind = proxy_status.assign(word=status.str.extract(f"({'|'.join(_NOT_NEWEST)})")[0])
    unsent = (behind["word"] == "NOT SENT") & ~behind["type"].astype("str").str.contains(_ALWAYS_SENT, na=False)
    for proxy, rows in behind[behind["word"].notna() & ~unsent].groupby("proxy", sort=False, observed=True, dropna=False):
        subject = proxy if isinstance(proxy, str) else "a proxy"
        words = ", ".join(f"{kind} {word}" for kind, word in zip(rows["type"], rows["word"], strict=True))
        severity = "error" if any(_NOT_NEWEST[word] == "error" for word in rows["word"]) else "warning"
        yield Finding(subject, f"{subject} has not got istiod's newest: {words}", severity=severity, places=places_of(rows), sure=False)
