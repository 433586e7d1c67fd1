"""The charts of the house: each draws what a view counts, and Altair shows them through our renderer from here on."""

import altair as alt

from egresslab.charts.cluster_counts import chart_cluster_counts
from egresslab.charts.hosts import chart_hosts
from egresslab.charts.latency import chart_latency
from egresslab.charts.renderer import render
from egresslab.charts.timeline import chart_timeline

alt.renderers.register("egresslab", render)
alt.renderers.enable("egresslab")

__all__ = ["chart_cluster_counts", "chart_hosts", "chart_latency", "chart_timeline"]
