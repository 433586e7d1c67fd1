"""Hosts of /clusters, as text and as JSON."""

import pytest

from egresslab.config_dump.host_statuses import add_cluster_status, looks_like_clusters, read_clusters_text
from egresslab.config_dump.part import Part
from egresslab.frames import typed

CLUSTER = """\
outbound|443||api.example.com::observability_name::outbound|443||api.example.com;
outbound|443||api.example.com::outlier::success_rate_average::-1
outbound|443||api.example.com::default_priority::max_connections::4294967295
outbound|443||api.example.com::added_via_api::true
"""
HOST = """\
outbound|443||api.example.com::203.0.113.10:443::cx_active::2
outbound|443||api.example.com::203.0.113.10:443::rq_total::18446744073709551616
outbound|443||api.example.com::203.0.113.10:443::hostname::api.example.com
outbound|443||api.example.com::203.0.113.10:443::health_flags::/failed_outlier_check/failed_active_hc
outbound|443||api.example.com::203.0.113.10:443::weight::1
outbound|443||api.example.com::203.0.113.10:443::region::eu
outbound|443||api.example.com::203.0.113.10:443::zone::eu-1
outbound|443||api.example.com::203.0.113.10:443::sub_zone::
outbound|443||api.example.com::203.0.113.10:443::priority::0
outbound|443||api.example.com::203.0.113.10:443::success_rate::97.5
"""
STATUS = {
    "name": "outbound|443||api.example.com",
    "added_via_api": True,
    "host_statuses": [
        {
            "address": {"socket_address": {"address": "203.0.113.10", "port_value": 443}},
            "stats": [{"name": "cx_active", "value": "2", "type": "GAUGE"}],
            "health_status": {"eds_health_status": "HEALTHY", "failed_active_health_check": True, "failed_outlier_check": True},
            "hostname": "api.example.com",
            "weight": 1,
            "locality": {"region": "eu", "zone": "eu-1"},
            "success_rate": {"value": 97.5},
        }
    ],
}


def from_text(text):
    part = Part("/clusters")
    return part, read_clusters_text(text, part)


def hosts(part):
    return typed(part.of("host_statuses").columns, "host_statuses")


def one(text):
    frame = hosts(from_text(text)[0])
    return frame.iloc[0].dropna().to_dict()


def test_a_host_of_the_text():
    assert one(CLUSTER + HOST) == {
        "cluster": "outbound|443||api.example.com",
        "address": "203.0.113.10",
        "port": 443,
        "hostname": "api.example.com",
        "health": "HEALTHY",
        "failed_outlier_check": True,
        "health_flags": "failed_active_hc,failed_outlier_check",
        "weight": 1,
        "priority": 0,
        "locality": "eu/eu-1",
        "success_rate": 97.5,
        "cx_active": 2,
        "added_via_api": True,
        "pointer": "L5",
    }


def test_text_and_json_tell_the_same():
    part = Part("/clusters")
    add_cluster_status(part, STATUS, "/cluster_statuses/0")
    text, json = hosts(from_text(CLUSTER + HOST)[0]), hosts(part)
    told = [c for c in text if c not in ("pointer", "rq_total")]
    assert json[told].equals(text[told])
    assert json["pointer"].tolist() == ["/cluster_statuses/0/host_statuses/0"]


@pytest.mark.parametrize(
    ("written", "address", "port"),
    [
        ("[fd00::4]:80", "fd00::4", 80),
        ("[::1]:80", "::1", 80),
        ("/run/SDS", "unix:///run/SDS", None),
        ("envoy://connect_originate/10.0.0.9:80", "envoy://connect_originate/10.0.0.9:80", None),
    ],
)
def test_addresses_of_all_kinds(written, address, port):
    found = one(f"a::b::{written}::health_flags::healthy\n")
    assert (found["cluster"], found["address"], found.get("port")) == ("a::b", address, port)


@pytest.mark.parametrize(
    ("flags", "health"),
    [("healthy", "HEALTHY"), ("/failed_eds_health", "UNHEALTHY"), ("/degraded_eds_health", "DEGRADED"), ("/eds_status_draining", "DRAINING")],
)
def test_health_as_istioctl_prints_it(flags, health):
    found = one(f"a::1.2.3.4:80::health_flags::{flags}\n")
    assert (found["health"], found["failed_outlier_check"], found["health_flags"]) == (health, False, flags.strip("/"))


def test_one_address_for_two_names_is_two_hosts():
    hostnames = [f"a::1.2.3.4:80::cx_active::0\na::1.2.3.4:80::hostname::{name}\n" for name in ("x.example.com", "::1")]
    frame = hosts(from_text("".join(hostnames))[0])
    assert frame["hostname"].tolist() == ["x.example.com", "::1"]
    assert frame["pointer"].tolist() == ["L1", "L3"]


def test_json_of_odd_shapes_does_not_raise():
    part = Part("/clusters")
    add_cluster_status(part, {"name": "a", "host_statuses": [None, {}, {"address": 1, "health_status": [], "stats": [None]}]}, "")
    add_cluster_status(part, {}, "")
    assert hosts(part)["health"].tolist() == ["UNKNOWN", "UNKNOWN"]


def test_cut_and_foreign_lines():
    text = CLUSTER + HOST
    assert all(from_text(text[:end])[1] <= 1 for end in range(len(text)))
    part, skipped = from_text("Defaulted container\n\n" + text.replace("\n", "\r\n"))
    assert (len(hosts(part)), skipped) == (1, 1)


def test_which_text_it_is():
    assert looks_like_clusters("Defaulted container\n" + CLUSTER)
    assert looks_like_clusters((CLUSTER + HOST) * 500)
    assert not looks_like_clusters("")
    assert not looks_like_clusters("std::vector::size::1\n")
    assert not looks_like_clusters("cluster.a.upstream_cx_total: 1\n")
