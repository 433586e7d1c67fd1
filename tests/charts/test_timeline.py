from __future__ import annotations

import altair as alt
import pandas as pd
import pytest
import vl_convert

from egresslab import views
from egresslab.charts import chart_timeline
from egresslab.charts.counted import MOST_ROWS
from egresslab.errors import FrameError
from egresslab.frames import as_log, empty, typed


def log_of(flags, hosts="a.example.com", step="1s"):
    times = pd.date_range("2026-11-23T23:30:00Z", periods=len(flags), freq=step)
    return as_log(pd.DataFrame({"start_time": times, "response_flags": flags, "authority": hosts}))


def rows_of(chart: alt.Chart) -> pd.DataFrame:
    return chart.data


def test_entries_are_stacked_by_flag_over_time():
    chart = chart_timeline(log_of(["-", "UF", "UF"]), bucket="2s")
    spec = chart.to_dict()
    assert spec["encoding"]["x"]["scale"] == {"type": "utc"}
    assert spec["encoding"]["x"]["title"] == "UTC 2026-11-23"
    assert spec["encoding"]["color"]["scale"] == {"domain": ["-", "UF"], "range": ["#999999", "#D55E00"]}
    assert rows_of(chart)[["value", "count"]].values.tolist() == [["-", 1], ["UF", 1], ["UF", 1]]
    assert chart.description == (
        "Timeline by response_flags, from 2026-11-23 23:30:00 to 2026-11-23 23:30:04 UTC: 3 entries, 2 failed, in buckets of 2 s; UF 2, - 1."
    )


def test_a_view_frame_gives_the_same_chart():
    log = log_of(["-", "UF", "UF"])
    assert chart_timeline(views.timeline(log, by="host")).to_dict() == chart_timeline(log, by="host").to_dict()


def test_bands_have_their_own_scales_and_those_with_failures_come_first():
    chart = chart_timeline(log_of(["-"] * 5 + ["UF"], hosts=[*["busy.example.com"] * 5, "b.example.com"]), per="host")
    spec = chart.to_dict()
    assert spec["encoding"]["row"]["sort"] == ["b.example.com", "busy.example.com"]
    assert spec["resolve"] == {"scale": {"y": "independent"}}
    assert "Failed by band: b.example.com 1, busy.example.com 0." in chart.description


def test_a_limit_of_bands_says_itself():
    chart = chart_timeline(log_of(["-"] * 30, hosts=[f"{i}.example.com" for i in range(30)]), per="host")
    assert "12 of 30 bands" in chart.to_dict()["title"]["subtitle"]
    assert rows_of(chart)["band"].nunique() == 12


def test_eight_colours_and_the_dash_are_the_most():
    flags = ["UF", "UH", "UO", "NR", "NC", "UC", "UR", "UT", "DC", "-"]
    chart = chart_timeline(log_of(flags * 2))
    assert len(chart.to_dict()["encoding"]["color"]["scale"]["domain"]) == 9
    assert rows_of(chart)["count"].sum() == 20
    assert "other" in set(rows_of(chart)["value"])


def test_more_rows_than_a_chart_carries_are_counted_in_coarser_buckets():
    times = pd.date_range("2026-11-23T00:00:00Z", periods=MOST_ROWS + 1, freq="1s")
    ones = [1] * len(times)
    frame = typed({"time": times, "bucket_s": ones, "value": ["-"] * len(times), "count": ones, "failed": ones}, "timeline")
    chart = chart_timeline(frame)
    assert len(rows_of(chart)) <= MOST_ROWS
    assert rows_of(chart)["count"].sum() == MOST_ROWS + 1
    assert "in buckets of 2 s" in chart.to_dict()["title"]["subtitle"]


@pytest.mark.parametrize("given", [empty("log"), empty("timeline"), as_log(pd.DataFrame({"response_flags": ["UF"]}))])
def test_nothing_to_draw_is_a_chart_that_says_so(given):
    chart = chart_timeline(given)
    assert chart.description == "No entry with a time."
    assert vl_convert.vegalite_to_png(chart.to_dict())


@pytest.mark.parametrize(
    ("step", "clock"), [("1s", "%H:%M:%S"), ("1h", "%H:%M"), ("1D", "%m-%d %H:%M"), ("30D", "%Y-%m-%d")], ids=["seconds", "hours", "days", "months"]
)
def test_ticks_are_as_fine_as_the_span_needs(step, clock):
    assert chart_timeline(log_of(["-"] * 5, step=step)).to_dict()["encoding"]["x"]["axis"]["format"] == clock


def test_entries_without_a_time_are_said():
    log = log_of(["UF", "UF", "-"])
    log.loc[0, "start_time"] = pd.NaT
    assert chart_timeline(log).to_dict()["title"]["subtitle"].endswith("2 entries, 1 failed, in buckets of 1 s, 1 without a time are not drawn")


def test_what_a_log_holds_is_text_to_the_chart():
    hostile = ["</script>\u202e", "datum.x');alert(1)//", "=1+1", "\x1b[2J", "a'b\"c\\"]
    chart = chart_timeline(log_of(["UF"] * 5, hosts=hostile), by="host", per="authority")
    spec = str(chart.to_dict())
    assert "\u202e" not in spec
    assert "\x1b" not in spec
    assert vl_convert.vegalite_to_svg(chart.to_dict())


def test_what_is_no_log_is_refused():
    with pytest.raises(FrameError, match="has no access log"):
        chart_timeline(42)


def test_the_bars_of_one_band_are_stacked():
    svg = vl_convert.vegalite_to_svg(chart_timeline(log_of(["-", "UF"]), bucket="10s").to_dict())
    assert svg.count('aria-roledescription="bar"') == 2
