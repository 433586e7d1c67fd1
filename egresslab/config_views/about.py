"""Everything about one external host, across all sections of a config and all resources."""

from __future__ import annotations

from typing import Any

import pandas as pd

from egresslab.config_views.about_config import about_config
from egresslab.config_views.about_resources import about_resources, entries_of, services_of
from egresslab.config_views.host_names import plain_host
from egresslab.config_views.of_host import of_host
from egresslab.config_views.winners import Winners
from egresslab.errors import FrameError
from egresslab.frames import Resources, config_of, schema, typed


def about(given: Any, host: str, /, *, proxy: str | None = None) -> pd.DataFrame:
    """What has to do with this host, who made it, and which of two entries for it won?

    Parameters
    ----------
    given
        A Case or a Config. Of a Case its resources are looked through too; they say which ServiceEntry and VirtualService stand behind.
    host
        An external host or SNI, such as ``api.example.com``; upper case, a port and a dot at its end make no difference. What names it by
        a wildcard is found too. What is for any host is only told where the host is declared for that port.
    proxy
        Any part of a proxy's name that only one has.

    Returns
    -------
    pandas.DataFrame
        An ``about`` frame: what the proxies have, section by section, then what is declared. Empty when nothing knows the host: look then
        for a near one in ``config.clusters["host"]``.

    Raises
    ------
    FrameError
        When it has no config, no host is given, or the part is in no proxy's name or in several.

    Examples
    --------
    >>> import egresslab as eg
    >>> found = about(eg.read_config_dump(eg.sample_path("incident/gateway_config_dump.json")), "api.example.com")
    >>> found.loc[found.section == "virtual_hosts", ["what", "because"]].iloc[0].tolist()
    ['takes HTTP with Host api.example.com at route configuration http.8080', 'api.example.com is exact']
    """
    config = config_of(given) if proxy is None else config_of(given).of(proxy)
    if not (name := plain_host(host)):
        raise FrameError("no host is given to look for; name one, such as eg.about(case, 'api.example.com')")
    resources = getattr(given, "resources", None)
    resources = resources if isinstance(resources, Resources) else Resources()
    entries, services = entries_of(resources, name), services_of(resources, name)
    found = of_host(config, name, {int(p) for p in entries["port"].dropna()})
    rows = list(about_config(config, found, _owners(entries)))
    known = bool(rows) or len(entries) + len(services) > 0
    rows += about_resources(resources, name, Winners(found, entries, services), known=known)
    return typed({column: [row.get(column) for row in rows] for column in schema("about")}, "about")


def _owners(entries: pd.DataFrame) -> Any:
    """Name the ServiceEntry behind a service, which clusters call namespace/host; it stays so when no resource at hand declares it."""
    rows = entries[["namespace", "name", "host"]].astype("object").drop_duplicates()
    known: dict[str, list[str]] = {}
    for namespace, name, host in rows.itertuples(index=False, name=None):
        known.setdefault(f"{namespace}/{host}", []).append(f"ServiceEntry {namespace}/{name}")
    return lambda service: ",".join(known.get(service, [service]))
