from __future__ import annotations

import pandas as pd
import pytest
import vl_convert

from egresslab import views
from egresslab.charts import chart_hosts
from egresslab.frames import as_log, empty, typed

FRAME = typed(
    {
        "host": ["a.example.com", "b.example.com", "c.example.com", "a.example.com"],
        "port": [80, 443, None, 443],
        "count": [10, 2000, 5, 1],
        "failed": [0, 20, 5, 0],
    },
    "hosts",
)


def test_each_host_and_port_is_a_bar_in_two_parts_worst_first():
    chart = chart_hosts(FRAME)
    assert chart.to_dict()["encoding"]["y"]["sort"] == [
        "b.example.com:443 · 2,000, 1.0% failed",
        "c.example.com · 5, 100.0% failed",
        "a.example.com:80 · 10",
        "a.example.com:443 · 1",
    ]
    parts = chart.data.pivot_table(index="host", columns="outcome", values="entries")
    assert parts.loc["b.example.com:443"].to_dict() == {"failed": 20, "passed": 1980}
    assert chart.description == "4 hosts with 2,016 entries; failed: b.example.com:443 20, c.example.com 5."


def test_a_host_named_in_two_ways_is_one_bar():
    twice = pd.concat([FRAME.assign(named_by="authority"), FRAME.assign(named_by="sni")])
    assert chart_hosts(twice).description.startswith("4 hosts with 4,032 entries")


def test_a_limit_says_itself():
    chart = chart_hosts(FRAME, limit=2)
    assert "2 of 4 hosts" in chart.to_dict()["title"]["subtitle"]
    assert chart.data["host"].nunique() == 2
    assert chart.description.startswith("4 hosts")


def test_a_log_is_counted_first():
    log = as_log(pd.DataFrame({"authority": ["A.example.com"], "downstream_local_address": ["203.0.113.1:80"], "response_code": [503]}))
    assert chart_hosts(log).to_dict() == chart_hosts(views.hosts(log)).to_dict()
    assert chart_hosts(log).description == "1 hosts with 1 entries; failed: a.example.com:80 1."


@pytest.mark.parametrize("given", [empty("log"), empty("hosts"), FRAME, FRAME.astype("object")])
def test_it_draws(given):
    assert vl_convert.vegalite_to_png(chart_hosts(given).to_dict())


def test_hidden_characters_of_a_host_are_visible():
    assert "a\\u202eb:443 20" in chart_hosts(FRAME.assign(host="a\u202eb")).description
