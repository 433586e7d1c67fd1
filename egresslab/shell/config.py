"""``egresslab config`` and ``egresslab collect``."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from typing import Any

import egresslab as eg
from egresslab.cases.collect import collect_lines
from egresslab.config_views import table_text
from egresslab.frames import visible, write_csv
from egresslab.shell.printed import DONE, NOTHING, print_columns, write_json

# istioctl's words with its filters, and ours with the columns that fit on a screen.
_TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "listeners": ("listener_table", ("address", "port", "type")),
    "routes": ("route_table", ("name",)),
    "clusters": ("cluster_table", ("fqdn", "direction", "subset", "port")),
    "endpoints": ("endpoint_table", ("address", "port", "cluster", "status")),
    "secrets": ("secret_table", ()),
}
_VIEWS = {
    "paths": ["listener", "chain_match", "domains", "route_match", "action", "cluster", "cluster_exists", "upstream_tls_mode", "endpoint", "health"],
    "about": ["section", "name", "what", "owner", "wins", "because"],
}


def add_config(words: Any) -> None:
    """Add the word ``config``."""
    config = words.add_parser(
        "config",
        help="print what a proxy was configured with: istioctl's tables, offline",
        description="Print what istioctl proxy-config shows, from files alone, and what it does not show: paths, and all about one host.",
    )
    config.add_argument("dump", metavar="DUMP", help="a config dump, what istioctl or /clusters printed, or the folder or archive of a case")
    config.add_argument("what", metavar="WHAT", choices=[*_TABLES, *_VIEWS], help=", ".join([*_TABLES, *_VIEWS]))
    config.add_argument("host", metavar="HOST", nargs="?", help="an external host or SNI, for about")
    config.add_argument(
        "-o",
        dest="output",
        choices=["table", "json", "csv"],
        default="table",
        help="table (the default), json (the objects themselves, as istioctl -o json gives them; of paths and about a line a row) or csv",
    )
    config.add_argument("--proxy", metavar="PART", help="any part of a proxy's name that only one has")
    config.add_argument("--hidden", action="store_true", help="also rows that istioctl leaves out: what warms, what Envoy refused, ...")
    for name in dict.fromkeys(name for _, names in _TABLES.values() for name in names):
        config.add_argument(f"--{name}", help="as in istioctl proxy-config")
    config.set_defaults(word=_config)


def add_collect(words: Any) -> None:
    """Add the word ``collect``."""
    collect = words.add_parser(
        "collect",
        help="print the kubectl and istioctl lines that collect a case",
        description="Print the lines that collect a case for a pod and its egress gateway; egresslab itself never talks to a cluster.",
    )
    collect.add_argument("pod", metavar="POD", nargs="?", help="the pod that cannot reach the outside world; a place to fill in when not given")
    collect.add_argument("-n", "--namespace", metavar="NS", help="its namespace")
    collect.add_argument("--print", action="store_true", required=True, help="print the lines")
    collect.set_defaults(word=_collect)


def _config(arguments: argparse.Namespace) -> int:
    case = eg.read_case(arguments.dump)
    config = case.config
    if not config.proxies and (arguments.what != "about" or case.resources.objects.empty):
        raise eg.EgresslabError(f"{arguments.dump} holds no config of a proxy; egresslab collect --print prints the commands that fetch one")
    if arguments.what in _TABLES:
        found = _istioctl_table(config, arguments)
    elif arguments.what == "about":
        if not arguments.host:
            raise eg.EgresslabError("about wants a host or SNI behind it: egresslab config DUMP about api.example.com")
        found = eg.about(case, arguments.host, proxy=arguments.proxy)
    else:
        found = eg.config_paths(config, host=arguments.host, proxy=arguments.proxy)
    _CONFIG_OUTPUTS[arguments.output](found, config, arguments.what)
    return DONE if len(found) else NOTHING


def _istioctl_table(config: eg.Config, arguments: argparse.Namespace) -> Any:
    name, filters = _TABLES[arguments.what]
    asked = {f: value for _, names in _TABLES.values() for f in names if (value := getattr(arguments, f)) is not None}
    if strange := sorted(asked.keys() - set(filters)):
        has = ", ".join(f"--{f}" for f in filters) or "none"
        raise eg.EgresslabError(f"{arguments.what} cannot be filtered by --{strange[0]}; its filters are {has}")
    if not asked.get("port", "0").isdecimal():
        raise eg.EgresslabError(f"--port {asked['port']} is no port; give a number such as 443")
    given: dict[str, Any] = {**asked, **({"port": int(asked["port"])} if "port" in asked else {})}
    if arguments.what == "endpoints" and config.host_statuses.empty:
        name = "eds_table"  # no /clusters was given: what the dump itself lists
    return getattr(eg, name)(config, proxy=arguments.proxy, hidden=arguments.hidden, **given)


def _config_table(found: Any, config: eg.Config, what: str) -> None:
    several = found["proxy"].nunique() > 1
    for proxy, rows in found.groupby("proxy", sort=False, dropna=False, observed=True) if several else [(None, found)]:
        if several:
            print(f"== {visible(str(proxy))}")
        if what in _TABLES:
            print(table_text(rows))
        else:
            print_columns(rows[_VIEWS[what]], sys.stdout)


def _config_json(found: Any, config: eg.Config, what: str) -> None:
    if what not in _TABLES:
        write_json(found, sys.stdout)
        return
    whole = re.compile(r"/(?:filter_chains/|default_filter_chain|virtual_hosts/|endpoints/|host_statuses/).*")
    places = found[["source", "pointer"]].dropna().assign(pointer=found["pointer"].str.replace(whole, "", regex=True)).drop_duplicates()
    print(json.dumps([config.raw(place) for _, place in places.iterrows()], indent=4))


def _config_csv(found: Any, config: eg.Config, what: str) -> None:
    write_csv(found, sys.stdout)


_CONFIG_OUTPUTS: dict[str, Callable[[Any, eg.Config, str], None]] = {"csv": _config_csv, "json": _config_json, "table": _config_table}


def _collect(arguments: argparse.Namespace) -> int:
    print(collect_lines(arguments.pod, arguments.namespace))
    return DONE
