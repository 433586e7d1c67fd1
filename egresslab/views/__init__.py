"""The views of a log: what to look at, and what to count."""

from egresslab.views.clusters import split_cluster
from egresslab.views.compare import compare
from egresslab.views.counts import cluster_counts, explode_flags, flag_counts
from egresslab.views.egress_classes import EGRESS_CLASSES, egress_class
from egresslab.views.hosts import host_of, hosts
from egresslab.views.latency import duration_counts, latency, percentile_of
from egresslab.views.lines import lines
from egresslab.views.timeline import timeline
from egresslab.views.where import where
from egresslab.views.where_arguments import where_arguments

__all__ = [
    "EGRESS_CLASSES",
    "cluster_counts",
    "compare",
    "duration_counts",
    "egress_class",
    "explode_flags",
    "flag_counts",
    "host_of",
    "hosts",
    "latency",
    "lines",
    "percentile_of",
    "split_cluster",
    "timeline",
    "where",
    "where_arguments",
]
