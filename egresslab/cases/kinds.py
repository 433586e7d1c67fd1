"""What is this file? Told by its first bytes; by its name only where they cannot tell."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from egresslab.access_log import is_wrapped_log, looks_like_log
from egresslab.cases.entries import ENTRY, OF_A_LOG, holds_entry, may_be_log, may_hold_entries
from egresslab.cases.files import File

NEVER_READ = "says what a captured case is about: never read"
_ANSWERS = {"NOTES", "client.txt", "client_counts.json", "labels.csv", "provenance.toml", "truth.json"}
_NO_INPUT = (".csv", ".html", ".htm", ".ipynb", ".png", ".py", ".toml")
UNKNOWN = "nothing in it is recognised"
_EMPTY = {".log": "access log", ".yaml": "resources", ".yml": "resources"}

_BY_PATH = (
    (re.compile(r"(?:^|/)bug-report\.log$"), "the log of istioctl bug-report itself"),
    (re.compile(r"(?:^|/)(?:operator|cni)/.*\.log$"), "the log of an installer, not of a proxy"),
    (re.compile(r"(?:^|/)istio/[^/]+/[^/]+/(?!debug/|[^/]*\.log$)"), "about istiod, not about a proxy"),
    (re.compile(r"/pods/[^/]+/(?!istio-proxy|discovery)([^/]+)/\1/logs/"), "the log of another container than the proxy's"),
)

# Keys of the objects in a dump that stand by themselves; those of its sections come from config_dump.
_DUMP_KEYS = (
    "configs", "bootstrap", "active_state", "filter_chains", "listener_filters", "virtual_hosts", "connect_timeout", "load_assignment",
    "eds_cluster_config", "tls_certificate", "validation_context", "host_statuses", "added_via_api", "observability_name",
)  # fmt: skip
_DUMP = re.compile(r'\s*\{\s*"configs"\s*:\s*\[')
_HTML = re.compile(r"\s*<(?:!doctype|html|\?xml|head|body)", re.IGNORECASE)
_OBJECT = re.compile(r"\s*[\[{](?!\d).*(?<!\})$", re.MULTILINE)  # begins on the first line and does not end there


def kind_of(file: File, log_format: Any = None) -> tuple[str, str | None]:
    """Tell the kind of a file, and why where that is not plain."""
    name = file.name.rpartition("/")[2]
    if name in _ANSWERS:
        return "other", NEVER_READ
    if because := next((because for path, because in _BY_PATH if path.search(file.name)), None):
        return "other", because
    if not file.head.strip():
        return next(((kind, None) for part, kind in _EMPTY.items() if part in name), ("other", "empty"))
    if file.head.startswith(b"PAR1"):
        return "log table", None
    if name.lower().endswith(_NO_INPUT) and not (name.lower().endswith(".csv") and is_wrapped_log(file.head, log_format)):
        return "other", "not an input, by its name"
    if b"\0" in file.head:
        return "other", "not a text"
    return kind_of_text(file.head, log_format)


def kind_of_text(head: bytes, log_format: Any = None) -> tuple[str, str | None]:
    """Tell the kind of a text by its beginning."""
    if log_format is not None and looks_like_log(io.BytesIO(head), log_format):
        return "access log", None
    text = head.decode("utf-8", "replace")
    if _HTML.match(text):
        return "unreadable", "an HTML page, as a proxy or a login sends it instead of an answer; fetch it again and look"
    if _DUMP.match(text):  # the usual one, at once
        return "config dump", None
    if OF_A_LOG.match(text):  # messages can hold the words of anything
        return "access log", None
    if is_wrapped_log(head, log_format):
        return "access log", None
    if kind := next((kind for looks, kind in _recognisers() if looks(text)), None):
        return kind, None
    if ENTRY.search(text) or (may_hold_entries(text) and holds_entry(text, log_format)):  # what a person wrote around it is kept as unread
        return "access log", None
    if _dump_key().search(text):
        return "config dump", None
    is_log = not _OBJECT.match(text) and may_be_log(text) and (looks_like_log(io.BytesIO(head), log_format) or holds_entry(text, log_format))
    return ("access log", None) if is_log else ("other", UNKNOWN)


@cache
def _dump_key() -> re.Pattern[str]:
    """Find a key of a dump, in snake case or in camel case, in JSON or in YAML."""
    from egresslab.config_dump.unwrap import LISTS

    keys = "|".join(re.sub("_([a-z])", lambda m: f"(?:_{m[1]}|{m[1].upper()})", key) for key in (*_DUMP_KEYS, *LISTS))
    return re.compile(rf'"(?:{keys})"\s*:|"stats"\s*:\s*\[|^[\s-]*(?:{keys}):', re.MULTILINE)


@cache
def _recognisers() -> tuple[tuple[Callable[[str], bool], str], ...]:
    from egresslab.config_dump.host_statuses import looks_like_clusters
    from egresslab.config_dump.stats import looks_like_stats
    from egresslab.config_dump.text_tables import looks_like_table
    from egresslab.istio import looks_like_analysis, looks_like_proxy_status, looks_like_resources

    return (  # the cheapest and surest first
        (looks_like_resources, "resources"),
        (looks_like_proxy_status, "proxy-status"),
        (looks_like_clusters, "config dump"),
        (looks_like_stats, "config dump"),
        (looks_like_table, "config dump"),
        (looks_like_analysis, "analysis"),
    )
