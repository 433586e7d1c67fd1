"""The same config in every shape in which people have it gives the same frames."""

import gzip
import io
import json
import re

import pandas as pd
import pytest
import yaml
from pandas.testing import assert_frame_equal

import egresslab as eg

PLACES = ["proxy", "source", "pointer", "state", "version", "last_updated", "origin"]


def camel(found, key=""):
    """Write keys as protojson does, but for maps and Structs of people's own."""
    if isinstance(found, list):
        return [camel(one, key) for one in found]
    if not isinstance(found, dict) or key in ("filter_metadata", "json_format"):
        return found
    if "transport_socket" in found and "match" in found:
        return {"match": found["match"], **camel({k: v for k, v in found.items() if k != "match"})}
    return {re.sub(r"_([a-z0-9])", lambda m: m[1].upper(), k): camel(v, k) for k, v in found.items()}


def content(frame):
    """What rows say, without where they stand."""
    kept = frame.drop(columns=[c for c in PLACES if c in frame]).astype("object")
    return kept.where(kept.notna(), None).sort_values(by=list(kept.columns), key=lambda c: c.astype(str)).reset_index(drop=True)


def objects(section, field, key):
    return [item[key] for item in section.get(field, [])]


@pytest.mark.parametrize(
    ("frame", "section", "fields", "key"),
    [
        ("clusters", "ClustersConfigDump", ("dynamic_active_clusters", "static_clusters"), "cluster"),
        ("routes", "RoutesConfigDump", ("dynamic_route_configs", "static_route_configs"), "route_config"),
        ("virtual_hosts", "RoutesConfigDump", ("dynamic_route_configs", "static_route_configs"), "route_config"),
        ("endpoints", "EndpointsConfigDump", ("dynamic_endpoint_configs", "static_endpoint_configs"), "endpoint_config"),
    ],
)
@pytest.mark.parametrize("form", [json.dumps, yaml.safe_dump])
def test_istioctl_output_says_what_the_dump_says(sections, read, frame, section, fields, key, form):
    whole = getattr(read({"configs": [sections[section]]}), frame)
    array = [camel(one) for field in fields for one in objects(sections[section], field, key)]
    assert_frame_equal(content(getattr(read(form(array)), frame)), content(whole))


def test_listeners_of_istioctl_have_the_chains_of_the_dump(sections, read):
    section = sections["ListenersConfigDump"]
    listeners = [d["active_state"]["listener"] for d in section["dynamic_listeners"]] + objects(section, "static_listeners", "listener")
    got, whole = read([camel(one) for one in listeners]), read({"configs": [section]})
    for frame in ("listeners", "filter_chains", "access_loggers"):
        assert_frame_equal(content(getattr(got, frame)), content(getattr(whole, frame)))
    assert len(whole.filter_chains) == 3


def test_wrapped_objects_of_istioctl_are_read(sections, read):
    assert (
        read(camel(sections["SecretsConfigDump"])).secrets.name.tolist() == read({"configs": [sections["SecretsConfigDump"]]}).secrets.name.tolist()
    )
    assert read(camel({"bootstrap": sections["BootstrapConfigDump"]["bootstrap"]})).bootstrap.workload.item() == "istio-egressgateway"


def test_one_pasted_object_is_read(sections, read):
    cluster = objects(sections["ClustersConfigDump"], "dynamic_active_clusters", "cluster")[0]
    assert read(cluster).clusters.name.tolist() == [cluster["name"]]


def test_items_of_a_query_for_one_resource_are_read(sections, read):
    items = [
        {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump.DynamicCluster", **c}
        for c in sections["ClustersConfigDump"]["dynamic_active_clusters"]
    ]
    assert len(read({"configs": items}).clusters) == len(items)


def test_an_array_takes_what_has_but_a_name_for_what_the_others_are(read):
    assert read([{"name": "empty"}, {"name": "80", "virtualHosts": []}]).virtual_hosts.route_config.tolist() == ["empty", "80"]


@pytest.mark.parametrize("found", ["{}", "[]", '{"configs": []}', '{"configs": [{"@type": "x.ScopedRoutesConfigDump"}]}'])
def test_nothing_is_no_error(read, found):
    config = read(found)
    assert len(config.clusters) == 0
    assert config.files.kind.tolist() == ["empty config dump"]


def test_a_section_of_a_new_kind_is_counted_and_the_rest_read(sections, read):
    with pytest.warns(UserWarning, match="1 lines or objects of .* were not understood"):
        config = read({"configs": [{"@type": "x.NewConfigDump", "novelties": [{"name": "n"}]}, sections["ClustersConfigDump"]]})
    assert len(config.clusters) > 5


def test_an_object_of_a_strange_shape_does_not_stop_the_others(read):
    clusters = [{"cluster": {"name": "a", "transport_socket_matches": 7}}, {"cluster": {"name": "b"}}]
    with pytest.warns(UserWarning, match="not understood"):
        config = read({"configs": [{"@type": "x.ClustersConfigDump", "dynamic_active_clusters": clusters}]})
    assert config.clusters.name.tolist() == ["b"]


def test_error_text_before_and_after_is_left_aside(dump, read):
    text = f'Defaulted container "istio-proxy" out of: istio-proxy\n{json.dumps(dump, indent=1)}\ncommand terminated with exit code 0\n'
    assert len(read(text).clusters) == len(read(dump).clusters)


def test_streams_and_gzip_are_read(dump):
    packed = io.BytesIO(gzip.compress(json.dumps(dump).encode()))
    packed.name = "sidecar_config_dump.json.gz"
    assert eg.read_config_dump(packed).proxies == ["istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"]


def test_files_of_one_proxy_are_brought_together():
    config = eg.read_config_dump(*(eg.sample_path(f"incident/gateway_{what}") for what in ("config_dump.json", "clusters.txt", "stats.txt")))
    assert config.proxies == ["istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"]
    assert config.files.kind.tolist() == ["config dump", "/clusters", "/stats"]
    assert len(config.host_statuses) > 0
    assert len(config.stats) > 0


def test_all_frames_keep_to_the_dictionary(dump, read):
    for name, frame in read(dump).frames().items():
        assert list(frame.columns) == eg.fields(name).column.tolist()
        assert frame.dtypes.astype(str).to_dict() == eg.frames.empty(name).dtypes.astype(str).to_dict() or len(frame)
        assert pd.api.types.is_string_dtype(frame["source"].astype("str"))


def test_sections_by_plain_names_are_read(sections, read):
    clusters = objects(sections["ClustersConfigDump"], "dynamic_active_clusters", "cluster")
    endpoints = objects(sections["EndpointsConfigDump"], "dynamic_endpoint_configs", "endpoint_config")
    config = read({"clusters": clusters, "endpoints": endpoints, "listeners": [], "routes": [{"name": "80"}], "mesh_config": {}})
    assert (len(config.clusters), config.virtual_hosts.route_config.tolist()) == (len(clusters), ["80"])
    assert set(config.endpoints.origin) == {"eds"}
    assert config.raw(config.clusters.iloc[0]) == clusters[0]
