"""ConfigExplorer: what its lists offer, what a search finds, and what is shown, saved and told as code."""

from __future__ import annotations

import json

import nbformat
import pandas as pd
import pytest
from running_notebook import executed

import egresslab as eg
from egresslab.frames import typed
from egresslab.widgets import handles
from egresslab.widgets.config_objects import SECTIONS

GATEWAY = "istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"
MISSING = "kubernetes://does-not-exist-cacert"


@pytest.fixture(scope="module")
def case():
    return eg.sample("incident")


@pytest.fixture
def displays(monkeypatch):
    """All that goes to a notebook, by display id; the controls are under None."""
    sent = {}
    for name in ("display", "update_display"):
        monkeypatch.setattr(handles, name, lambda shown, *, display_id=None, raw=False: sent.update({display_id: shown}))
    return sent


def hostile(**columns):
    rows = {"proxy": ["p"], "source": ["dump.json"], "pointer": ["/configs/0"], **columns}
    return eg.Config(clusters=typed(rows, "clusters"))


def labels(select):
    return [label for label, _ in select.options]


def test_the_sections_say_how_many_objects_they_hold(case):
    counts = labels(eg.ConfigExplorer(case).controls.section)
    assert counts[:2] == ["listeners 18", "filter_chains 29"]
    assert [text.split()[0] for text in counts] == list(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_listed_and_its_first_object_chosen(case, section):
    explorer = eg.ConfigExplorer(case, section=section)
    frame = getattr(case.config, section)
    assert len(explorer.frame) == len(frame) == len(explorer.controls.object.options)
    assert explorer.row is None if frame.empty else explorer.row.equals(frame.iloc[0])


def test_a_search_goes_through_all_sections_and_opens_the_first_that_has_it(case):
    explorer = eg.ConfigExplorer(case, search="DOES-NOT-exist")
    assert (explorer.section, len(explorer.frame)) == ("clusters", 1)
    assert "secrets 1 of 5" in labels(explorer.controls.section)
    explorer.search = "checkout"
    explorer.search = "sa/istio-egressgateway"
    assert explorer.section == "secrets"


@pytest.mark.parametrize(("search", "section"), [("api.example.com", "clusters"), ("SNI: api.", "filter_chains"), ("shop/via-egress", "routes")])
def test_a_search_finds_names_snis_and_owners(case, search, section):
    assert len(eg.ConfigExplorer(case, search=search, section=section).frame) > 0


def test_a_search_for_a_host_finds_the_wildcard_that_covers_it():
    rows = {"domain": ["*.example.com", "*"], "proxy": ["p"] * 2, "source": ["d.json"] * 2, "pointer": ["/0", "/1"]}
    explorer = eg.ConfigExplorer(eg.Config(virtual_hosts=typed(rows, "virtual_hosts")), search="api.example.com")
    assert explorer.frame.domain.tolist() == ["*.example.com"]


def test_one_proxy_can_be_chosen(case):
    explorer = eg.ConfigExplorer(case, section="clusters", proxy="egressgateway")
    assert set(explorer.frame.proxy) == {GATEWAY}
    explorer.controls.proxy.value = ""
    assert len(explorer.frame) == len(case.config.clusters)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_code_gives_the_same_row(case, section):
    explorer = eg.ConfigExplorer(case, section=section)
    for _, position in explorer.controls.object.options:
        explorer.controls.object.value = position
        assert eval(explorer.code, {"case": case}).equals(getattr(case.config, section).loc[position])


def test_the_code_asks_for_no_more_than_it_takes(case):
    code = eg.ConfigExplorer(case.config, search=MISSING, section="secrets").code
    assert code == f"config.secrets.loc[lambda f: (f['name'] == {MISSING!r})].iloc[0]"


def test_what_is_chosen_is_shown_in_the_same_output(case, displays):
    explorer = eg.ConfigExplorer(case)
    explorer.search = "before it is displayed nothing is sent"
    assert displays == {}
    explorer.search = ""
    explorer._ipython_display_()
    (shown,) = set(displays) - {None}
    explorer.section = "secrets"
    explorer.controls.object.index = 2
    assert set(displays) == {None, shown}
    assert MISSING in displays[shown]._repr_html_()
    assert json.loads(displays[shown].body) == case.config.raw(explorer.row)


def test_it_says_whose_an_object_is_and_where_it_stands(case):
    shown = eg.ConfigExplorer(case, section="clusters", search="443||api.example.com")._shown()
    assert shown.facts["made by"] == "DestinationRule shop/api-dr (istio.yaml:66)"
    assert shown.facts["place"] == "gateway_config_dump.json /configs/1/dynamic_active_clusters/5/cluster"
    assert shown.facts["proxy"] == GATEWAY


def test_private_keys_are_not_shown(case):
    shown = repr(eg.ConfigExplorer(case, section="secrets")._shown())
    assert '"inline_string": "[redacted]"' in shown


def test_nothing_found_is_said(case):
    explorer = eg.ConfigExplorer(case, search="nowhere", section="secrets")
    assert (explorer.row, explorer.code, len(explorer.frame)) == (None, "", 0)
    explorer.search = "nobody"
    explorer.search = "nowhere"
    assert repr(explorer._shown()) == "secrets: there is none\n  search  'nowhere' is in nothing"
    assert eg.ConfigExplorer(eg.Config()).row is None


def test_a_long_list_is_cut_and_says_so():
    rows = {"name": [f"outbound|443||h{n}.example.com" for n in range(5_004)], "proxy": ["p"] * 5_004}
    explorer = eg.ConfigExplorer(eg.Config(clusters=typed({**rows, "source": ["d"] * 5_004, "pointer": ["/0"] * 5_004}, "clusters")))
    assert len(explorer.controls.object.options) == 200
    assert explorer.controls.box.children[-1].value == "200 of 5,004 clusters; search to see others"
    explorer.search = "h5003."
    assert explorer.controls.box.children[-1].value == ""
    assert explorer.row["name"] == "outbound|443||h5003.example.com"


def test_a_single_proxy_is_no_choice(case):
    assert eg.ConfigExplorer(case.config.of("checkout")).controls.proxy.layout.display == "none"
    assert eg.ConfigExplorer(case).controls.proxy.layout.display is None


def test_many_proxies_are_cut_and_say_so():
    proxies = [f"p{n:04}" for n in range(300)]
    config = eg.Config(clusters=typed({"name": ["c"] * 300, "proxy": proxies}, "clusters"))
    explorer = eg.ConfigExplorer(config, proxy="p0299")
    assert labels(explorer.controls.proxy)[0] == "all 300 proxies; 201 of them here, proxy= takes any"
    assert len(explorer.frame) == 1


def test_hostile_names_are_harmless():
    explorer = eg.ConfigExplorer(hostile(name=["<script>x</script>\x1b[2J\u202e"], resource=["<b> \u202e/x"]))
    html, text = explorer._shown()._repr_html_(), repr(explorer._shown())
    assert "<script>" not in html
    assert "<b> " not in html
    assert not {"\x1b", "\u202e"} & set(html + text + explorer.controls.object.options[0][0] + repr(explorer))


def test_json_is_as_hostile_as_a_name(tmp_path):
    cluster = {"name": "</pre><img>\u202e", "alt_stat_name": "x" * 9_000}
    dump = {"configs": [{"@type": "ClustersConfigDump", "static_clusters": [{"cluster": cluster}]}]}
    (tmp_path / "dump.json").write_text(json.dumps(dump, ensure_ascii=False), encoding="utf-8")
    shown = eg.ConfigExplorer(eg.read_config_dump(tmp_path / "dump.json"), section="clusters")._shown()
    assert "<img>" not in shown._repr_html_()
    assert "\u202e" not in repr(shown)
    assert "… 4,000 of 9,021 characters" in shown.body


def test_a_huge_object_is_cut_and_says_so():
    config = eg.Config(clusters=hostile(name=["c"]).clusters, opener=lambda source, pointer: list(range(5_000)))
    assert eg.ConfigExplorer(config)._shown().body.endswith("1998,\n… 2,000 of 5,002 lines; raw(row) gives all of it")


def test_a_config_made_from_frames_says_why_there_is_no_json():
    assert "its JSON is not shown" in eg.ConfigExplorer(hostile(name=["c"]))._shown().body


def test_it_prints_short_and_without_its_options(case):
    explorer = eg.ConfigExplorer(case, section="clusters")
    assert repr(explorer).splitlines() == ["ConfigExplorer: 38 of 38 clusters", explorer.code]


def test_unknown_words_name_near_ones(case):
    with pytest.raises(eg.FrameError, match="no section is called 'cluster'; near it: clusters"):
        eg.ConfigExplorer(case, section="cluster")
    with pytest.raises(eg.FrameError, match="no section is called 'secret'"):
        eg.ConfigExplorer(case).section = "secret"
    with pytest.raises(eg.FrameError, match="no proxy is called"):
        eg.ConfigExplorer(case, proxy="nobody")
    with pytest.raises(eg.FrameError, match="has no config"):
        eg.ConfigExplorer(pd.DataFrame())


CELLS = (
    'import egresslab as eg\nexplorer = eg.ConfigExplorer(eg.sample("incident"))\nexplorer',
    f'explorer.search = "{MISSING}"',
    "explorer.section = 'secrets'",
)


def test_a_saved_notebook_shows_the_last_object_and_no_options(tmp_path):
    notebook = executed(CELLS, tmp_path)
    controls, shown = notebook.cells[0].outputs
    assert set(shown.data) == {"text/html", "text/plain"}
    for text in shown.data.values():
        assert f"secrets: {MISSING} · warming" in text
        assert "2026-11-23T23:22:57.011Z" in text
    assert controls.data["text/plain"].startswith("ConfigExplorer: its controls live as long as the kernel")
    assert "outbound|443||api.example.com" not in nbformat.writes(notebook)
