"""istioctl's table of secrets, and what it leaves out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from egresslab.config_views.refused import refusals, refused_rows
from egresslab.config_views.shown import frames_of, table_of, text_of
from egresslab.errors import FrameError


def secret_table(given: Any, /, *, now: str | datetime | None = None, proxy: str | None = None, hidden: bool = False) -> pd.DataFrame:
    """What does ``istioctl pc secret`` print: which certificates and CAs does a proxy have, and are they valid?

    Parameters
    ----------
    given
        A Case or a Config.
    now
        Time at which VALID CERT is told, UTC when it names no zone; without it the clock's, as istioctl does.
    proxy
        Any part of a proxy's name that only one has.
    hidden
        Also rows that istioctl leaves out: static secrets, the certificates behind the first of a chain or bundle, and what Envoy refused
        (state ``rejected``; istioctl's other cells are missing). Without it the rows are istioctl's.

    Returns
    -------
    pandas.DataFrame
        A ``secret_table`` frame: istioctl's columns in its words (it leaves TRUST DOMAIN out unless each row has one), then ours; ``missing``
        tells of secrets that never came. Those that the proxy waits for first, else in the order of the dump.

    Raises
    ------
    FrameError
        When it has no config, the part is in no proxy's name or in several, or ``now`` is no time.

    Examples
    --------
    >>> import egresslab as eg
    >>> config = eg.read_config_dump(eg.sample_path("incident/gateway_config_dump.json"))
    >>> secret_table(config, now="2026-11-24")[["RESOURCE NAME", "STATUS", "VALID CERT", "missing"]].values.tolist()[:2]
    [['kubernetes://does-not-exist-cacert', 'WARMING', 'false', True], ['default', 'ACTIVE', 'true', False]]
    """
    secrets, rejected = frames_of(given, "secrets", "rejected", proxy=proxy)
    rows = secrets if hidden else secrets[(secrets["state"] != "static") & (secrets["position"].fillna(0) == 0)]
    rows = rows.iloc[(rows["state"] != "warming").argsort(kind="stable")].sort_values("proxy", kind="stable")
    more = [refused_rows(rejected, "secrets", "secret_table", name="RESOURCE NAME")] if hidden else []
    because = refusals(rejected, "secrets", rows["proxy"], rows["name"])
    return table_of({**rows, **_cells(rows, _time(now)), "rejected": because}, "secret_table", *more)


def _cells(rows: pd.DataFrame, now: pd.Timestamp) -> dict[str, pd.Series[Any]]:
    read = rows["serial_number"].notna()
    valid = ((rows["not_before"] < now) & (now < rows["not_after"])).astype("bool")
    return {
        "RESOURCE NAME": text_of(rows["name"]),
        "TYPE": text_of(rows["type"]).where(read, ""),
        "STATUS": text_of(rows["state"]).str.upper(),
        "VALID CERT": valid.map({True: "true", False: "false"}),
        "SERIAL NUMBER": text_of(rows["serial_number"]),
        "NOT AFTER": _time_text(rows["not_after"]),
        "NOT BEFORE": _time_text(rows["not_before"]),
        "TRUST DOMAIN": text_of(rows["trust_domain"]),
    }


def _time_text(times: pd.Series[Any]) -> pd.Series[Any]:
    return text_of(times.dt.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _time(now: str | datetime | None) -> pd.Timestamp:
    if now is None:
        return pd.Timestamp.now("UTC")
    try:
        time = pd.Timestamp(now)
        return time.tz_localize("UTC") if time.tzinfo is None else time
    except (TypeError, ValueError) as error:
        raise FrameError(f"now={now!r} is no time; give one such as '2026-11-23T20:00Z'") from error
