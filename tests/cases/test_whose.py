"""Which proxy each file belongs to: by its dump, its path, its name, its addresses."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

import egresslab as eg
from egresslab.cases.whose import with_proxies

INCIDENT = eg.sample_path("incident")
SIDECAR, GATEWAY = "checkout-7c9d8b6f5d-x2x4p.shop", "istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"


def proxies(tmp_path, **names):
    """Copy files of the incident under other names, and tell whose each is."""
    for name, given in names.items():
        stem, _, ending = name.rpartition("_")
        for path in given if isinstance(given, list) else [given]:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(INCIDENT / f"{stem}.{ending}", tmp_path / path)
    return eg.read_case(tmp_path).files.set_index("source").proxy


def test_names_that_begin_alike_are_of_one_proxy():
    files = eg.sample("incident").files.set_index("source").proxy
    assert set(files[files.index.str.startswith("sidecar")]) == {SIDECAR}
    assert set(files[files.index.str.startswith("gateway")]) == {GATEWAY}


def test_own_addresses_tell_whose_a_log_is(tmp_path):
    found = proxies(tmp_path, sidecar_config_dump_json="a.json", gateway_config_dump_json="b.json", sidecar_log="c.log", gateway_log="d.log")
    assert found.to_dict() == {"a.json": SIDECAR, "b.json": GATEWAY, "c.log": SIDECAR, "d.log": GATEWAY}


def test_a_log_with_the_addresses_of_two_keeps_its_own_name(tmp_path):
    both = (INCIDENT / "gateway.log").read_text(encoding="utf-8") + (INCIDENT / "sidecar.log").read_text(encoding="utf-8")
    (tmp_path / "both.log").write_text(both, encoding="utf-8")
    found = proxies(tmp_path, sidecar_config_dump_json="a.json", gateway_config_dump_json="b.json")
    assert found["both.log"] in (SIDECAR, "both")
    assert found["a.json"] == SIDECAR


def test_two_dumps_in_one_group_name_nothing_else(tmp_path):
    found = proxies(
        tmp_path, sidecar_config_dump_json="x/config_dump.json", gateway_config_dump_json="x/config_dump_2.json", sidecar_stats_txt="x/stats.txt"
    )
    assert found["x/config_dump.json"] == SIDECAR
    assert found["x/config_dump_2.json"] == GATEWAY
    assert found["x/stats.txt"] not in (SIDECAR, GATEWAY)


def test_a_path_of_a_pod_names_it_without_a_dump(tmp_path):
    found = proxies(tmp_path, sidecar_log="proxies/shop/cart-1/istio-proxy.log", sidecar_stats_txt="namespaces/shop/pods/cart-2/proxy_stats")
    assert found.tolist() == ["cart-2.shop", "cart-1.shop"]


def test_without_any_dump_tables_carry_the_name_of_the_log_beside_them(tmp_path):
    (tmp_path / "sidecar_pc_routes.txt").write_text(
        "NAME   VHOST NAME   DOMAINS   MATCH   VIRTUAL SERVICE\n80     block_all    *         /*\n", encoding="utf-8"
    )
    found = proxies(tmp_path, sidecar_log="sidecar.log", gateway_clusters_txt="gateway_clusters.txt")
    assert found.to_dict() == {"sidecar.log": "sidecar", "sidecar_pc_routes.txt": "sidecar", "gateway_clusters.txt": "gateway"}


def test_logs_messages_and_unread_lines_take_the_name(tmp_path):
    shutil.copy(INCIDENT / "sidecar_config_dump.json", tmp_path / "sidecar_config_dump.json")
    (tmp_path / "sidecar.log").write_text((INCIDENT / "sidecar.log").read_text(encoding="utf-8") + "what is this\n", encoding="utf-8")
    case = eg.read_case(tmp_path)
    for frame in (case.log, case.messages, case.unread):
        assert set(frame.proxy) == {SIDECAR}
        assert str(frame.proxy.dtype) == "category"
        assert frame.proxy.cat.categories.tolist() == [SIDECAR]


@pytest.mark.parametrize("names", [{}, {"a.log": "x"}, {"a.log": "x", "b.log": "x"}, {"c.log": "x"}])
def test_renaming_leaves_other_files_alone(names):
    frame = pd.DataFrame({"proxy": ["a", "b", None], "source": ["a.log", "b.log", None]}, dtype="category")
    renamed = with_proxies(frame, names).proxy
    assert renamed.astype("object").where(renamed.notna(), None).tolist() == [names.get("a.log", "a"), names.get("b.log", "b"), None]
    assert with_proxies(frame.iloc[:0], names).empty
