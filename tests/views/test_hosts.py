from __future__ import annotations

import pandas as pd
import pytest

from egresslab.frames import as_log, empty
from egresslab.views import host_of, hosts


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ({"authority": "API.Example.com:443", "requested_server_name": "sni.example"}, "api.example.com"),
        ({"authority": "api.example.com."}, "api.example.com"),
        ({"authority": "api.example.com.:80"}, "api.example.com"),
        ({"authority": "[2001:DB8::1]:443"}, "2001:db8::1"),
        ({"authority": "2001:db8::1"}, "2001:db8::1"),
        ({"authority": ".", "requested_server_name": "sni.example"}, "sni.example"),
        ({"requested_server_name": "SNI.example", "downstream_local_address": "203.0.113.9:443"}, "sni.example"),
        ({"downstream_local_address": "203.0.113.9:443"}, "203.0.113.9"),
        ({"downstream_local_address": "[2001:db8::2]:443"}, "2001:db8::2"),
        ({"downstream_local_address": "envoy://internal/10.0.0.1:80"}, "envoy://internal/10.0.0.1:80"),
        ({"upstream_host": "203.0.113.9:443"}, None),
    ],
)
def test_the_host_is_the_authority_else_the_sni_else_the_address(entry, host):
    found = host_of(as_log(pd.DataFrame([entry]))).iloc[0]
    assert (None if pd.isna(found) else found) == host


def test_one_row_for_each_host_port_and_way_of_naming_it(log):
    out = hosts(log)
    assert out[["host", "port", "named_by", "count", "failed"]].values.tolist() == [
        ["api.example.com", 80, "authority", 3, 2],
        ["198.51.100.7", 5432, "address", 1, 1],
        ["b.wild.example.com", 443, "sni", 1, 0],
        ["unknown.example", 80, "authority", 1, 1],
    ]
    first = out.iloc[0]
    assert first["egress_classes"] == "answered_by_proxy,external"
    assert first["response_flags"] == "NR,UF,URX"
    assert first["proxies"] == "app.shop"
    assert first["bytes_sent"] == 19
    assert first["last_seen"] == pd.Timestamp("2026-11-23T10:02:30Z")


def test_calls_inside_the_mesh_are_left_out_and_unknown_ones_stay():
    log = as_log(
        pd.DataFrame(
            {
                "authority": ["reviews", "me", "odd", "lost"],
                "upstream_cluster": ["outbound|80||reviews.shop.svc.cluster.local", "inbound|8080||", "odd", None],
                "response_flags": ["-", "-", "-", None],
            }
        )
    )
    out = hosts(log)
    assert out["host"].tolist() == ["lost", "odd"]
    assert out["egress_classes"].isna().all()
    assert out["port"].isna().all()
    assert out["response_flags"].tolist() == ["-", "-"]


def test_sets_are_united_over_entries():
    log = as_log(pd.DataFrame({"authority": "a.example", "response_flags": ["URX,UF", "-", "DC"], "proxy": ["b", "a", "b"]}))
    out = hosts(log).iloc[0]
    assert (out["response_flags"], out["proxies"], out["count"]) == ("DC,UF,URX", "a,b", 3)


def test_no_entries_give_an_empty_inventory_of_the_contract():
    assert hosts(empty("log")).dtypes.astype("str").equals(empty("hosts").dtypes.astype("str"))


def test_sets_stay_with_their_host_when_ports_are_unknown():
    log = as_log(
        pd.DataFrame(
            {
                "authority": ["b", "a", "b", "c", "a", "a"],
                "downstream_local_address": [None, "203.0.113.9:80", None, "203.0.113.9:81", None, "203.0.113.9:80"],
                "response_flags": ["UH", "UF", "UC", "-", "NR", "DC"],
            }
        )
    )
    out = hosts(log).set_index(["host", "named_by"])
    assert out["response_flags"].tolist() == ["DC,UF", "UC,UH", "NR", "-"]
    assert out.index.get_level_values("host").tolist() == ["a", "b", "a", "c"]
