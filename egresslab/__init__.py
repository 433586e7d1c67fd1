"""egresslab: find out why a service in an Istio mesh cannot reach the outside world.

This is the menu: every public name, sorted. What draws, shares, joins or explains loads when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from egresslab.access_log import read_access_log, scan_access_log
from egresslab.cases import Case, read_case, sample, sample_path
from egresslab.envoy import words
from egresslab.errors import ConfigDumpError, EgresslabError, FrameError, LogFormatError, ReportError, ResourceError
from egresslab.frames import as_log, concat, fields
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
    from egresslab.sharing.report import report
    from egresslab.views.entry import explain
    from egresslab.views.hops import hops

__version__ = "0.1.0"

_LAZY = {
    "chart_cluster_counts": "charts",
    "chart_hosts": "charts",
    "chart_latency": "charts",
    "chart_timeline": "charts",
    "explain": "views.entry",
    "hops": "views.hops",
    "report": "sharing",
}

__all__ = [
    "Case",
    "ConfigDumpError",
    "EgresslabError",
    "FrameError",
    "LogFormatError",
    "ReportError",
    "ResourceError",
    "as_log",
    "chart_cluster_counts",
    "chart_hosts",
    "chart_latency",
    "chart_timeline",
    "cluster_counts",
    "compare",
    "concat",
    "egress_class",
    "explain",
    "explode_flags",
    "fields",
    "flag_counts",
    "hops",
    "hosts",
    "latency",
    "lines",
    "read_access_log",
    "read_case",
    "report",
    "request_shapes",
    "sample",
    "sample_path",
    "scan_access_log",
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
