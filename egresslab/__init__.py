"""egresslab: find out why a service in an Istio mesh cannot reach the outside world.

This is the menu: every public name, sorted. What draws, shares, joins or explains loads when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from egresslab.access_log import read_access_log, scan_access_log
from egresslab.cases import Case, read_case, sample, sample_path
from egresslab.envoy import words
from egresslab.errors import ConfigDumpError, EgresslabError, FrameError, LogFormatError, ReportError, ResourceError
from egresslab.frames import Config, Resources, as_log, concat, fields
from egresslab.frames.request_shapes import request_shapes
from egresslab.views import (
    cluster_counts,
    compare,
    egress_class,
    explode_flags,
    flag_counts,
    hosts,
    latency,
    lines,
    split_cluster,
    timeline,
    where,
)

if TYPE_CHECKING:
    from egresslab.charts import chart_cluster_counts, chart_hosts, chart_latency, chart_timeline
    from egresslab.config_dump import read_config_dump
    from egresslab.config_views.about import about
    from egresslab.config_views.cluster_table import cluster_table
    from egresslab.config_views.diff import diff_config
    from egresslab.config_views.endpoint_tables import eds_table, endpoint_table
    from egresslab.config_views.listener_table import listener_table
    from egresslab.config_views.paths import config_paths
    from egresslab.config_views.route_table import route_table
    from egresslab.config_views.secret_table import secret_table
    from egresslab.istio import read_analysis, read_proxy_status, read_resources
    from egresslab.mistakes import MISTAKES
    from egresslab.mistakes.diagnose import diagnose, evidence
    from egresslab.mistakes.drafts import draft_service_entry
    from egresslab.mistakes.explain import explain
    from egresslab.mistakes.mistake import Finding, Mistake
    from egresslab.sharing.report import report
    from egresslab.views.hops import hops
    from egresslab.widgets import ConfigExplorer, LogFilter

__version__ = "0.1.0"

_LAZY = {
    "ConfigExplorer": "widgets",
    "Finding": "mistakes",
    "LogFilter": "widgets",
    "MISTAKES": "mistakes",
    "Mistake": "mistakes",
    "about": "config_views",
    "chart_cluster_counts": "charts",
    "chart_hosts": "charts",
    "chart_latency": "charts",
    "chart_timeline": "charts",
    "cluster_table": "config_views",
    "config_paths": "config_views",
    "diagnose": "mistakes.diagnose",
    "diff_config": "config_views",
    "draft_service_entry": "mistakes",
    "eds_table": "config_views",
    "endpoint_table": "config_views",
    "evidence": "mistakes",
    "explain": "mistakes.explain",
    "hops": "views.hops",
    "listener_table": "config_views",
    "read_analysis": "istio",
    "read_config_dump": "config_dump",
    "read_proxy_status": "istio",
    "read_resources": "istio",
    "report": "sharing",
    "route_table": "config_views",
    "secret_table": "config_views",
}

__all__ = [
    "MISTAKES",
    "Case",
    "Config",
    "ConfigDumpError",
    "ConfigExplorer",
    "EgresslabError",
    "Finding",
    "FrameError",
    "LogFilter",
    "LogFormatError",
    "Mistake",
    "ReportError",
    "ResourceError",
    "Resources",
    "about",
    "as_log",
    "chart_cluster_counts",
    "chart_hosts",
    "chart_latency",
    "chart_timeline",
    "cluster_counts",
    "cluster_table",
    "compare",
    "concat",
    "config_paths",
    "diagnose",
    "diff_config",
    "draft_service_entry",
    "eds_table",
    "egress_class",
    "endpoint_table",
    "evidence",
    "explain",
    "explode_flags",
    "fields",
    "flag_counts",
    "hops",
    "hosts",
    "latency",
    "lines",
    "listener_table",
    "read_access_log",
    "read_analysis",
    "read_case",
    "read_config_dump",
    "read_proxy_status",
    "read_resources",
    "report",
    "request_shapes",
    "route_table",
    "sample",
    "sample_path",
    "scan_access_log",
    "secret_table",
    "split_cluster",
    "timeline",
    "where",
    "words",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"egresslab.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'egresslab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
