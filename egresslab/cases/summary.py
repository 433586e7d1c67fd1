"""What a case says of itself, in at most 40 lines."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.frames import visible

_MOST_PROXIES, _MOST_NAMED = 24, 8
_SECTIONS = ("listeners", "routes", "clusters", "endpoints", "secrets", "rejected", "stats")


def summary(case: Any) -> str:
    """Say what a case holds, what it lacks, and what was left aside."""
    lines = [_headline(case), _span(case), *_proxies(case), *_others(case), _missing(case), _named(case, "unreadable"), _named(case, "left aside")]
    return "\n".join(line for line in lines if line)


def _headline(case: Any) -> str:
    failed = int(case.log["failed"].fillna(False).sum())
    named = int(_by_proxy(case).index.to_series().notna().sum())
    whose = f" of {_many(named, 'proxy', 'proxies')}" if named else ""
    return f"Case{whose}: {_many(len(case.log), 'log entry', 'log entries')}, {failed:,} failed"


def _span(case: Any) -> str:
    times = case.log["start_time"]
    times = times.fillna(case.log["emit_time"]) if "emit_time" in case.log else times
    if times.notna().sum() == 0:
        return "" if len(case.log) == 0 else "  no entry has a time"
    return f"  {times.min():%Y-%m-%d %H:%M:%S} to {times.max():%Y-%m-%d %H:%M:%S} UTC"


def _proxies(case: Any) -> list[str]:
    counts = _by_proxy(case)
    shown = counts.head(_MOST_PROXIES)
    configs = {proxy: _config(case, proxy) for proxy in shown.index.dropna()}
    lines = [
        f"  {'unnamed' if pd.isna(proxy) else visible(str(proxy))}: {_many(rows, 'entry', 'entries')}, "
        f"{_many(messages, 'line', 'lines')} of its own, {unread:,} not recognised{configs.get(proxy, '')}"
        for proxy, rows, messages, unread in shown.itertuples(name=None)
    ]
    return lines + ([f"  and {_many(len(counts) - _MOST_PROXIES, 'proxy', 'proxies')} more"] if len(counts) > _MOST_PROXIES else [])


def _config(case: Any, proxy: str) -> str:
    frames = {name: getattr(case.config, name) for name in _SECTIONS}
    counts = {name: int((frame["proxy"] == proxy).sum()) for name, frame in frames.items() if len(frame)}
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    return f"; {told}" if told else ""


def _by_proxy(case: Any) -> pd.DataFrame:
    """Count what each proxy wrote; one that a file belongs to is there even if it wrote nothing."""
    frames = {"log": case.log, "messages": case.messages, "unread": case.unread, "files": case.files.dropna(subset="proxy")}
    counts = {name: frame["proxy"].astype("str").value_counts(dropna=False) for name, frame in frames.items()}
    counts["config"] = pd.Series(1, index=pd.Index(case.config.proxies, dtype="str"))
    istiods = case.files.loc[case.files["kind"] == "messages", "proxy"].dropna().unique().tolist()
    whole = pd.DataFrame(counts).drop(columns=["files", "config"]).fillna(0).astype("int64")
    return whole[~whole.index.isin(istiods)]


def _others(case: Any) -> list[str]:
    kinds = case.resources.objects["kind"].astype("str").value_counts()
    levels = case.analysis["level"].astype("str").value_counts(sort=False)
    istiod = int(case.files.loc[case.files["kind"] == "messages", "messages"].sum())
    odd = int((~case.proxy_status["status"].isin(["SYNCED", "NOT SENT", "IGNORED", "SUBSCRIBED", "MATCH"])).sum())
    return [
        f"  resources: {_counted(kinds)}" if len(kinds) else "",
        f"  proxy-status: {_many(case.proxy_status['proxy'].nunique(), 'proxy', 'proxies')}, {odd:,} not synced" if len(case.proxy_status) else "",
        f"  analysis: {_counted(levels)}" if len(levels) else "",
        f"  istiod: {_many(istiod, 'line', 'lines')} of its own" if istiod else "",
        f"  snapshots: {_listed(case.snapshots)}" if case.snapshots else "",
    ]


def _counted(counts: pd.Series[Any]) -> str:
    return _listed(f"{count:,} {kind}" for kind, count in counts.items())


def _missing(case: Any) -> str:
    kinds = set(case.files["kind"].dropna()) | {"post"}
    held = {
        "access log": len(case.log) or "access log" in kinds,
        "config dump": len(case.config.proxies),
        "resources": len(case.resources.objects),
        "proxy-status": len(case.proxy_status) or "proxy-status" in kinds,
        "analysis": len(case.analysis) or "analysis" in kinds,
    }
    missing = [name for name, has in held.items() if not has]
    return f"  missing: {', '.join([*missing, *_silent(case)])}" if missing or _silent(case) else ""


def _silent(case: Any) -> list[str]:
    """Name the proxies of which only one side is there: the log of a gateway is what egress is short of most."""
    files = case.files[case.files["rows"].notna() & (case.files["kind"] != "messages")]
    logs, configs = set(files["proxy"].dropna()) | set(case.log["proxy"].dropna()), set(case.config.proxies)
    if not logs:
        return []
    sides = {"the log of": configs - logs, "the config of": logs - configs if configs else ()}
    found = [f"{what} {_listed(sorted(proxies))}" for what, proxies in sides.items() if proxies]
    called = case.log["upstream_cluster"].astype("category").cat.categories
    unheard = any("egressgateway" in cluster for cluster in called) and not configs and not any("gateway" in proxy for proxy in logs)
    return [*found, *(["the gateway's log"] if unheard else [])]


def _named(case: Any, what: str) -> str:
    kind = "other" if what == "left aside" else what
    names = case.files.loc[case.files["kind"] == kind, "source"]
    return f"  {what}: {_listed(names)}" if len(names) else ""


def _listed(names: Any) -> str:
    every = [visible(str(name)) for name in names]
    return ", ".join(every[:_MOST_NAMED]) + (" …" if len(every) > _MOST_NAMED else "")


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
