from __future__ import annotations

import pandas as pd
import pytest
import vl_convert

from egresslab.charts import chart_latency
from egresslab.frames import as_log, empty, typed

LOG = as_log(pd.DataFrame({"duration_ms": [0, 10, 4000, 7, None], "upstream_cluster": ["a", "a", "a", None, "c"]}))


def test_each_value_has_a_dot_for_each_percentile_longest_tail_first():
    chart = chart_latency(LOG, by="upstream_cluster")
    assert chart.to_dict()["encoding"]["y"]["sort"] == ["a · 3", "- · 1"]
    assert chart.data[chart.data["value"] == "a"].set_index("percentile")["ms"].to_dict() == {"p50": 10, "p90": 4000, "p99": 4000}
    assert chart.description == "Duration by upstream_cluster: a p50 10 ms, p90 4,000 ms, p99 4,000 ms; - p50 7 ms, p90 7 ms, p99 7 ms."


def test_the_axis_is_logarithmic_and_has_a_place_for_zero():
    x = chart_latency(LOG).to_dict()["encoding"]["x"]
    assert x["scale"] == {"type": "symlog", "domain": [0, 10000]}
    assert x["axis"]["values"] == [0, 1, 10, 100, 1000, 10000]


def test_colour_and_shape_both_tell_the_percentile():
    encoding = chart_latency(LOG).to_dict()["encoding"]
    assert encoding["color"]["field"] == encoding["shape"]["field"] == "percentile"


def test_without_a_column_there_is_one_row_for_all():
    assert chart_latency(LOG).to_dict()["encoding"]["y"]["sort"] == ["all entries · 4"]


def test_a_limit_says_itself():
    percentiles = dict.fromkeys(("p50_ms", "p90_ms", "p99_ms"), range(50))
    frame = typed({"by": ["host"] * 50, "value": [f"h{i}" for i in range(50)], "count": range(50), **percentiles}, "latency")
    chart = chart_latency(frame)
    assert "40 of 50 values" in chart.to_dict()["title"]["subtitle"]
    assert chart.data["ms"].min() == 10


@pytest.mark.parametrize("given", [empty("log"), empty("latency"), LOG, as_log(pd.DataFrame({"duration_ms": [None]}))])
def test_it_draws(given):
    assert vl_convert.vegalite_to_png(chart_latency(given).to_dict())
