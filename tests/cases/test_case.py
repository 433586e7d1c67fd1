"""A case: what it says of itself, and the lines behind its rows."""

from __future__ import annotations

import dataclasses
import gzip

import pandas as pd
import pytest

import egresslab as eg

ENTRIES = eg.sample_path("formats/istio.log").read_text(encoding="utf-8").splitlines()
MOST_LINES = 40  # what fits a terminal


@pytest.fixture(scope="module")
def healthy():
    return eg.sample("healthy")


def test_a_case_of_two_proxies_says_so(healthy):
    assert repr(healthy).splitlines() == [
        "Case of 2 proxies: 600 log entries, 1 failed",
        "  2026-11-23 23:27:45 to 2026-11-23 23:27:47 UTC",
        "  gateway: 200 entries, 0 lines of its own, 0 not recognised",
        "  sidecar: 400 entries, 0 lines of its own, 0 not recognised",
        "  missing: config dump, resources, proxy-status, analysis",
        "  left aside: provenance.toml",
    ]


def test_a_case_of_one_proxy_says_so():
    assert repr(eg.sample("errors")).splitlines()[0] == "Case of 1 proxy: 7 log entries, 7 failed"


def test_a_proxy_that_wrote_no_entry_is_named(tmp_path):
    (tmp_path / "gateway.log").touch()
    (tmp_path / "sidecar.log").write_text("2026-11-23T23:16:18Z\tinfo\tready\n", encoding="utf-8")
    assert repr(eg.read_case(tmp_path)).splitlines() == [
        "Case of 2 proxies: 0 log entries, 0 failed",
        "  gateway: 0 entries, 0 lines of its own, 0 not recognised",
        "  sidecar: 0 entries, 1 line of its own, 0 not recognised",
        "  missing: config dump, resources, proxy-status, analysis",
    ]


def test_a_case_of_a_log_alone(healthy):
    case = eg.Case(log=healthy.log)
    assert repr(case).splitlines()[:3] == repr(healthy).splitlines()[:3]
    assert [len(case.messages), len(case.unread), len(case.files)] == [0, 0, 0]
    assert list(case.files) == list(eg.fields("files")["column"])


def test_a_case_of_nothing():
    assert repr(eg.Case()).splitlines() == ["Case: 0 log entries, 0 failed", "  missing: access log, config dump, resources, proxy-status, analysis"]


def test_entries_without_proxy_and_time_are_counted():
    case = eg.Case(log=eg.as_log(pd.DataFrame({"response_code": [503]})))
    assert repr(case).splitlines() == [
        "Case: 1 log entry, 1 failed",
        "  no entry has a time",
        "  unnamed: 1 entry, 0 lines of its own, 0 not recognised",
        "  missing: config dump, resources, proxy-status, analysis",
    ]


def test_it_stays_short_whatever_it_holds(tmp_path):
    for n in range(33):
        (tmp_path / f"sidecar-{n:02}.log").write_text(ENTRIES[0] + "\n", encoding="utf-8")
        (tmp_path / f"notes-{n:02}.md").touch()
    lines = repr(eg.read_case(tmp_path)).splitlines()
    assert len(lines) <= MOST_LINES
    assert lines[0] == "Case of 33 proxies: 33 log entries, 0 failed"
    assert lines[-3] == "  and 9 proxies more"
    assert lines[-1] == ("  left aside: " + ", ".join(f"notes-{n:02}.md" for n in range(8)) + " …")


def test_it_shows_hostile_names_as_escapes(tmp_path):
    (tmp_path / "side\x1b[2J\u202ecar.log").write_text(ENTRIES[0] + "\n", encoding="utf-8")
    (tmp_path / "no\x1btes.md").touch()
    said = repr(eg.read_case(tmp_path))
    assert said.replace("\n", "").isprintable()
    assert "side\\x1b[2J\\u202ecar: 1 entry" in said


def test_a_frame_that_is_no_log_raises():
    with pytest.raises(eg.FrameError, match="no column 'start_time'"):
        eg.Case(log=pd.DataFrame({"response_code": [200]}))


def test_a_case_is_not_changed_but_replaced(healthy):
    with pytest.raises(dataclasses.FrozenInstanceError):
        healthy.log = healthy.log.head()
    failures = dataclasses.replace(healthy, log=eg.where(healthy, failed=True))
    assert repr(failures).splitlines()[0] == "Case of 2 proxies: 1 log entry, 1 failed"


@pytest.fixture(params=["plain", "gzip", "line ends of Windows"])
def written(request, tmp_path):
    text = "\r\n".join(ENTRIES) if request.param == "line ends of Windows" else "\n".join(ENTRIES)
    if request.param == "gzip":
        (tmp_path / "my logs.log.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (tmp_path / "my logs.log").write_text(text, encoding="utf-8", newline="")
    return eg.read_case(tmp_path)


def test_raw_gives_the_line_behind_each_row(written):
    assert [written.raw(row) for _, row in written.log.iterrows()] == ENTRIES
    assert written.raw(written.log.iloc[2].to_dict()) == ENTRIES[2]


def test_raw_opens_a_place_that_is_text(written):
    source = written.files.source[0].replace(" ", "%20")
    assert written.raw(f"{source}:4") == ENTRIES[3]


def test_raw_opens_rows_of_views_and_of_other_frames(healthy):
    row = eg.explode_flags(healthy).iloc[-1]
    assert str(row.response_code) in healthy.raw(row)
    busy = eg.sample("errors")
    message = busy.messages.iloc[0]
    assert message.text.splitlines()[0][:20] in busy.raw(message)


@pytest.mark.parametrize(
    "place", ["", "gateway.log", "gateway.log:x", "gateway.log:0", "gateway.log:1 gateway.log:2", 5, None, {"source": "gateway.log"}]
)
def test_what_names_no_place_raises(healthy, place):
    with pytest.raises(eg.FrameError, match=r"no place.*sidecar\.log:17"):
        healthy.raw(place)


def test_a_row_that_lost_its_line_names_no_place(healthy):
    with pytest.raises(eg.FrameError, match="names no place"):
        healthy.raw(healthy.log.iloc[0].to_dict() | {"line": pd.NA})
    with pytest.raises(eg.FrameError, match="names no place"):
        healthy.raw(healthy.log.iloc[[0]])


def test_a_file_that_the_case_does_not_have_raises(healthy):
    with pytest.raises(eg.FrameError, match=r"no file 'gatevay\.log'; near it: .*gateway\.log"):
        healthy.raw("gatevay.log:1")


def test_a_place_outside_the_case_is_not_opened(healthy):
    with pytest.raises(eg.FrameError, match="no file"):
        healthy.raw("../errors/sidecar.log:1")


def test_a_line_that_is_gone_raises(tmp_path):
    (tmp_path / "sidecar.log").write_text("\n".join(ENTRIES), encoding="utf-8")
    case = eg.read_case(tmp_path)
    with pytest.raises(eg.EgresslabError, match="has no line 7"):
        case.raw("sidecar.log:7")
    (tmp_path / "sidecar.log").unlink()
    with pytest.raises(eg.EgresslabError, match="is not there"):
        case.raw(case.log.iloc[0])


def test_a_case_of_frames_cannot_open_lines(healthy):
    with pytest.raises(eg.EgresslabError, match=r"made from frames; eg\.read_case\(path\)"):
        eg.Case(log=healthy.log).raw(healthy.log.iloc[0])


@pytest.fixture(scope="module")
def incident():
    return eg.sample("incident")


def test_a_case_of_all_kinds_says_what_it_holds(incident):
    lines = repr(incident).splitlines()
    assert lines[0] == "Case of 2 proxies: 2 log entries, 2 failed"
    assert "20 clusters" in lines[2]
    assert "  proxy-status: 2 proxies, 0 not synced" in lines
    assert "  analysis: 1 Warning" in lines
    assert any(line.startswith("  resources: 5 Service, 2 Pod") for line in lines)
    assert not any("missing" in line for line in lines)


def test_it_names_the_proxy_of_which_one_side_is_missing(incident):
    one = dataclasses.replace(incident, config=incident.config.of("checkout"))
    assert "  missing: the config of istio-egressgateway-6f9c8d7b4-k8s2m.istio-system" in repr(one).splitlines()
    sidecar = incident.log[incident.log.proxy.str.startswith("checkout")]
    assert "the gateway's log" in repr(eg.Case(log=sidecar))
    other = dataclasses.replace(incident, log=sidecar, files=eg.Case().files)
    assert "  missing: the log of istio-egressgateway-6f9c8d7b4-k8s2m.istio-system" in repr(other).splitlines()


def test_stats_are_those_of_the_config(incident):
    assert incident.stats is incident.config.stats
    assert len(incident.stats) > 0
    assert eg.Case().stats.empty


def test_raw_opens_rows_of_every_kind(incident):
    assert incident.raw(incident.config.clusters.iloc[3])["name"] == incident.config.clusters["name"][3]
    assert incident.raw(incident.resources.service_entries.iloc[0]).startswith("apiVersion")
    assert incident.raw(incident.proxy_status.iloc[0]).startswith(incident.proxy_status.proxy[0])
    assert incident.analysis.message[0] in incident.raw(incident.analysis.iloc[0])
    assert incident.raw("istio.yaml:1").startswith("apiVersion")


def test_raw_of_a_config_of_frames_says_so(incident):
    bare = eg.Case(config=dataclasses.replace(incident.config, opener=None))
    with pytest.raises(eg.EgresslabError, match="this config was made from frames"):
        bare.raw(incident.config.clusters.iloc[0])
