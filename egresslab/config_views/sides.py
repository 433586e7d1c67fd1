"""The two sides of a comparison: which proxies belong together, and which sections both tell."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from egresslab.errors import FrameError
from egresslab.frames import Config, one_of

Pair = tuple[Config | None, Config | None]
Side = tuple[Config, pd.DataFrame]


def pairs(before: Config, after: Config, proxy: str | None) -> list[Pair]:
    """Give the proxies to compare, each as a config of its own; None for one that only the other side has."""
    for config, side in ((before, "first"), (after, "second")):
        if not config.proxies:
            raise FrameError(f"the {side} config has no proxy, so there is nothing to compare; give what eg.read_config_dump made of a dump")
    if proxy is not None:
        return [(before.of(one_of(before.proxies, proxy)), after.of(one_of(after.proxies, proxy)))]
    shared = sorted(set(before.proxies) & set(after.proxies))
    old, new = ([p for p in config.proxies if p not in shared] for config in (before, after))
    if len(old) == len(new) == 1:
        return [*((before.of(p), after.of(p)) for p in shared), (before.of(old[0]), after.of(new[0]))]
    if not shared:
        raise FrameError(
            f"the proxies of the two configs have other names: {', '.join(old[:4])} and {', '.join(new[:4])}; "
            "choose one of each side, as in eg.diff_config(before.of('good-pod'), after.of('bad-pod'))"
        )
    return [*((before.of(p), after.of(p)) for p in shared), *((before.of(p), None) for p in old), *((None, after.of(p)) for p in new)]


def split(name: str, before: Side, after: Side) -> Iterator[tuple[str, pd.DataFrame | None, pd.DataFrame | None]]:
    """Give the parts of a section that are compared with each other, by what they are called; None for one that a side does not tell."""
    for config, rows in (before, after):
        _one_dump(name, rows, config)
    (old, olds), (new, news) = before, after
    resolved = [set(rows["origin"].dropna()) != {"cluster"} if name == "endpoints" else True for rows in (olds, news)]
    if resolved[0] != resolved[1] and len(olds) and len(news):  # one dump was fetched without include_eds
        yield name, olds if resolved[0] else None, news if resolved[1] else None
    elif "state" not in olds.columns or any(rows.empty or rows["state"].isna().any() for rows in (olds, news)):
        yield name, *_told(name, old, olds, new, news)
    else:
        static = olds["state"] == "static", news["state"] == "static"
        yield f"static {name}", *_told(name, old, olds[static[0]], new, news[static[1]])
        yield name, *_told(name, old, olds[~static[0]], new, news[~static[1]])


def _told(name: str, old: Config, olds: pd.DataFrame, new: Config, news: pd.DataFrame) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Give both sides; one that has nothing of a section counts only when it would tell."""
    old_tells = len(olds) > 0 or not len(news) or _tells(old, name)
    new_tells = len(news) > 0 or not len(olds) or _tells(new, name)
    return olds if old_tells else None, news if new_tells else None


def _tells(config: Config, name: str) -> bool:
    """Tell whether a side without rows of a section means that there are none: only a whole dump of Envoy's does."""
    if name in ("rejected", "access_loggers"):
        return len(config.listeners) > 0
    return name not in ("bootstrap", "endpoints", "host_statuses") and min(len(config.bootstrap), len(config.listeners), len(config.clusters)) > 0


def _one_dump(name: str, rows: pd.DataFrame, config: Config) -> None:
    """Refuse two dumps of one proxy on one side: every object would stand there twice."""
    sources = rows.groupby("named")["source"].nunique() if len(rows) else pd.Series(dtype="int64")
    if (sources > 1).any():
        files = sorted(rows["source"].dropna().astype("object").unique())
        raise FrameError(
            f"{len(files)} files tell the {name} of {config.proxies[0]}: {', '.join(files[:4])}; "
            "read one dump of a proxy for each side, or choose with config.among([file], by='source')"
        )
