"""Two configs differ by what they mean: not by where things stand, when they came, or what the pod is called."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import egresslab as eg
from egresslab.config_views import diff_config
from egresslab.frames import Config, empty, typed

CAPTURED = Path(__file__).parents[3] / "shared" / "cases"
captured = pytest.mark.skipif(not CAPTURED.exists(), reason=f"THE CAPTURED CASES ARE NOT THERE: {CAPTURED}, diffs are only tested on one incident")
SIDECAR, GATEWAY = (eg.sample_path(f"incident/{name}_config_dump.json") for name in ("sidecar", "gateway"))
NO_ORDER = ("domains", "virtual_hosts", "filter_chains", "server_names", "lb_endpoints", "secrets", "services")
OF_DUMP = ("dynamic_", "static_")


@pytest.fixture(scope="module")
def sidecar():
    return eg.read_config_dump(SIDECAR)


def written(dump, path):
    path.write_text(json.dumps(dump), encoding="utf-8")
    return eg.read_config_dump(path)


def shuffled(found, chance, key=""):
    """Shuffle every list whose order means nothing, all the way down."""
    if isinstance(found, dict):
        return {k: shuffled(v, chance, k) for k, v in found.items()}
    if isinstance(found, list):
        items = [shuffled(v, chance) for v in found]
        if key in NO_ORDER or key.startswith(OF_DUMP):
            chance.shuffle(items)
        return items
    return found


@pytest.mark.parametrize("dump", [SIDECAR, GATEWAY], ids=["sidecar", "gateway"])
@pytest.mark.parametrize("seed", range(3))
def test_another_order_is_no_change(dump, seed, tmp_path):
    other = shuffled(json.loads(Path(dump).read_text()), random.Random(seed))
    given = eg.read_config_dump(dump)
    assert diff_config(given, written(other, tmp_path / "other.json")).empty


def test_another_moment_and_another_pod_are_no_change(sidecar, tmp_path):
    text = Path(SIDECAR).read_text().replace("checkout-7c9d8b6f5d-x2x4p", "checkout-7c9d8b6f5d-zzzzz")
    dump = json.loads(text)
    for section in dump["configs"]:
        for one in section.get("dynamic_active_clusters", []):
            one.update(version_info="later", last_updated="2026-12-24T00:00:00Z")
    found = diff_config(sidecar, written(dump, tmp_path / "later.json"))
    assert found.empty
    assert found.dtypes.tolist() == empty("diff_config").dtypes.tolist()


def changed(frame, config, column, values):
    return replace(config, **{frame: getattr(config, frame).assign(**{column: values})})


def test_a_change_names_object_column_values_and_places(sidecar):
    clusters = sidecar.clusters
    hit = clusters["name"] == "outbound|443||api.example.com"
    after = changed("clusters", sidecar, "tls_mode", clusters["tls_mode"].astype("str").mask(hit, "SIMPLE"))
    row = diff_config(sidecar, after).squeeze()
    assert row[["change", "section", "name", "host", "column", "before", "after", "resource"]].tolist() == [
        "changed",
        "clusters",
        "outbound|443||api.example.com",
        "api.example.com",
        "tls_mode",
        "DISABLE",
        "SIMPLE",
        "DestinationRule shop/api-dr",
    ]
    assert (row.source_before, row.pointer_before) == (row.source_after, row.pointer_after)
    assert sidecar.raw({"source": row.source_after, "pointer": row.pointer_after})["name"] == row["name"]


@pytest.mark.parametrize("section", ["listeners", "filter_chains", "virtual_hosts", "routes", "clusters", "endpoints", "secrets"])
def test_what_is_gone_is_removed_and_what_comes_is_added(sidecar, section):
    frame = getattr(sidecar, section)
    last = frame["pointer"] == frame.loc[frame["state"] != "static", "pointer"].iloc[-1]
    fewer = replace(sidecar, **{section: frame[~last]})
    gone, came = diff_config(sidecar, fewer), diff_config(fewer, sidecar)
    assert gone[["change", "section"]].values.tolist() == [["removed", section]]
    assert gone.pointer_before.tolist() == frame.loc[last, "pointer"].unique().tolist()
    assert gone.pointer_after.isna().all()
    assert came.change.tolist() == ["added"]
    assert came.after.tolist() == gone.before.tolist()


def routes_in(order):
    named = {n: f"/{n}*" for n in ("a", "b", "c")}
    pointers = [f"/configs/0/virtual_hosts/0/routes/{n}" for n in range(len(order))]
    columns = {"name": list(order), "match": [named[n] for n in order], "position": range(len(order)), "pointer": pointers}
    count = len(order)
    same = {"route_config": ["80"] * count, "virtual_host": ["v"] * count, "proxy": ["p"] * count, "source": ["f"] * count}
    return Config(routes=typed({**same, **columns}, "routes"))


def test_the_order_of_routes_is_a_change():
    found = diff_config(routes_in("abc"), routes_in("acb"))
    assert found[["name", "column", "before", "after"]].values.tolist() == [["80 v /b* b", "order", "1", "2"], ["80 v /c* c", "order", "2", "1"]]


def test_a_route_that_comes_first_moves_none_of_the_others():
    found = diff_config(routes_in("bc"), routes_in("abc"))
    assert found[["change", "name"]].values.tolist() == [["added", "80 v /a* a"]]


def test_what_istiod_wants_has_no_bootstrap_and_nothing_static(sidecar, tmp_path):
    dump = json.loads(Path(SIDECAR).read_text())
    dump["configs"] = [c for c in dump["configs"] if not c["@type"].endswith(("BootstrapConfigDump", "EndpointsConfigDump"))]
    for section in dump["configs"]:
        for name in ("static_listeners", "static_clusters", "static_route_configs"):
            section.pop(name, None)
    wanted = written(dump, tmp_path / "config_dump_istiod.json")
    found = diff_config(replace(wanted, **_named(wanted, sidecar)), sidecar)
    assert set(found.change) == {"unknown"}
    static = [f"static {name}" for name in ("listeners", "filter_chains", "virtual_hosts", "routes", "clusters")]
    assert found.section.tolist() == ["bootstrap", *static, "endpoints"]
    assert found.before.unique().tolist() == ["this side does not tell the section"]


def _named(config, other):
    """Istiod's dump has no node id: the file's name tells whose it is."""
    return {name: frame.assign(proxy=other.proxies[0]) for name, frame in config.frames().items()}


def test_proxies_that_only_one_side_has(sidecar):
    both = eg.read_config_dump(SIDECAR, GATEWAY)
    found = diff_config(both, sidecar)
    assert found[["change", "section", "name"]].values.tolist() == [["removed", "proxies", "istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"]]
    assert diff_config(both, sidecar, proxy="checkout").empty


def test_which_proxies_to_compare_must_be_clear(sidecar):
    both = eg.read_config_dump(SIDECAR, GATEWAY)
    renamed = replace(both, **{name: frame.assign(proxy="new-" + frame["proxy"].astype("str")) for name, frame in both.frames().items()})
    with pytest.raises(eg.FrameError, match=r"other names.*before\.of"):
        diff_config(both, renamed)
    with pytest.raises(eg.FrameError, match="no proxy"):
        diff_config(sidecar, Config())


def test_two_dumps_of_one_proxy_on_one_side_are_refused(sidecar, tmp_path):
    again = tmp_path / "again_config_dump.json"
    again.write_text(Path(SIDECAR).read_text())
    with pytest.raises(eg.FrameError, match=r"2 files tell the .* choose"):
        diff_config(sidecar, eg.read_config_dump(SIDECAR, again))


def test_a_table_that_istioctl_printed_leaves_columns_out(sidecar):
    clusters = sidecar.clusters
    told = clusters[["name", "direction", "port", "subset", "host", "type", "resource", "proxy"]]
    table = typed({**told, "source": ["t"] * len(told), "pointer": [f"L{n}" for n in range(len(told))]}, "clusters")
    found = diff_config(Config(clusters=clusters), Config(clusters=table))
    assert found.empty


def test_frames_that_went_through_other_hands(sidecar):
    hands = {name: frame.astype("object") for name, frame in sidecar.frames().items()}
    pd.testing.assert_frame_equal(diff_config(sidecar, Config(**hands)), empty("diff_config"))


@captured
def test_a_secret_that_never_came_while_the_gateway_runs():
    case = CAPTURED / "k04_gw_missing_credential_at_runtime"
    before, after = (eg.read_config_dump(case / f"gateway_config_dump{end}.json") for end in ("_warming", ""))
    found = diff_config(before, after)
    api = found[found.section == "clusters"]
    assert api[["change", "name", "column"]].astype("str").fillna("").values.tolist() == [
        ["removed", "outbound|443||api.example.com (warming)", ""],
        ["changed", "outbound|443||api.example.com", "ca"],
    ]
    assert api.after.iloc[1] == "kubernetes://does-not-exist-cacert"
    assert set(found.section) == {"clusters", "secrets"}


@captured
def test_what_envoy_refused_is_told():
    cases = ("a01_http_good", "m06_nack_stale_config")
    found = diff_config(*(eg.read_config_dump(CAPTURED / case / "sidecar_config_dump.json") for case in cases))
    refused = found[found.section == "rejected"]
    assert refused[["change", "name"]].values.tolist() == [["added", "listeners 0.0.0.0_80"]]
    assert "fill timer" in refused.after.item()
    assert not found.name.str.contains("Passthrough").any()
