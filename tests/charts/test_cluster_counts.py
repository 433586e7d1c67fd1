from __future__ import annotations

import pandas as pd
import pytest
import vl_convert

from egresslab import views
from egresslab.charts import chart_cluster_counts
from egresslab.frames import as_log, empty, typed

FRAME = typed(
    {
        "upstream_cluster": ["outbound|80||a.example.com", None, None, "PassthroughCluster"],
        "egress_class": ["external", "answered_by_proxy", "BlackHoleCluster", "PassthroughCluster"],
        "count": [1000, 4, 6, 30],
        "failed": [1, 4, 6, 0],
    },
    "cluster_counts",
)


def test_clusters_are_bars_coloured_by_class_most_first():
    encoding = chart_cluster_counts(FRAME).to_dict()["encoding"]
    assert list(dict.fromkeys(encoding["y"]["sort"])) == ["outbound|80||a.example.com · 1,000", "PassthroughCluster · 30", "no cluster · 10"]
    scale = encoding["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True))["PassthroughCluster"] == "#E69F00"


def test_the_description_sums_by_class():
    assert chart_cluster_counts(FRAME).description == (
        "3 clusters with 1,040 entries; by egress class: external 1,000, PassthroughCluster 30, BlackHoleCluster 6, answered_by_proxy 4."
    )


def test_a_limit_counts_clusters_and_says_itself():
    chart = chart_cluster_counts(FRAME, limit=1)
    assert chart.data["cluster"].tolist() == ["outbound|80||a.example.com"]
    assert "1 of 3 clusters" in chart.to_dict()["title"]["subtitle"]


def test_a_log_is_counted_first():
    log = as_log(pd.DataFrame({"upstream_cluster": ["PassthroughCluster", "outbound|80||a.example"], "response_code": [200, 200]}))
    assert chart_cluster_counts(log).to_dict() == chart_cluster_counts(views.cluster_counts(log)).to_dict()


@pytest.mark.parametrize("given", [empty("log"), empty("cluster_counts"), FRAME, FRAME.astype("object")])
def test_it_draws(given):
    assert vl_convert.vegalite_to_png(chart_cluster_counts(given).to_dict())
