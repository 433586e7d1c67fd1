"""Many files, what Envoy refused, the JSON behind a row, and several processes."""

import json

import pytest
from pandas.testing import assert_frame_equal

import egresslab as eg
from egresslab.config_dump import parallel

FAILED = {
    "failed_configuration": {"@type": "x.Listener", "name": "0.0.0.0_80"},
    "details": "must be >= 50ms",
    "last_update_attempt": "2026-11-23T23:24:46.238Z",
}
KEPT = {"version_info": "3", "last_updated": "2026-11-23T23:24:00Z", "listener": {"name": "0.0.0.0_80"}}


def test_what_envoy_refused_and_what_it_keeps(one):
    got = one("rejected", "dynamic_listeners", {"name": "0.0.0.0_80", "active_state": KEPT, "error_state": FAILED}, {"error_state": FAILED})
    row = got.iloc[0].dropna()
    assert len(got) == 1  # Envoy lists it a second time, without a name
    assert row[["section", "name", "because", "kept_version"]].tolist() == ["listeners", "0.0.0.0_80", "must be >= 50ms", "3"]
    assert row.pointer == "/configs/0/dynamic_listeners/0/error_state"


def test_a_refused_listener_of_which_nothing_is_kept(one):
    got = one("rejected", "dynamic_listeners", {"error_state": FAILED})
    assert got.name.item() == "0.0.0.0_80"
    assert got.kept_version.isna().all()


@pytest.mark.parametrize(
    ("field", "key", "section"), [("dynamic_active_clusters", "cluster", "clusters"), ("dynamic_route_configs", "route_config", "routes")]
)
def test_other_sections_refuse_too(one, field, key, section):
    got = one("rejected", field, {"version_info": "3", key: {"name": "a"}, "error_state": {"details": "no"}})
    assert got[["section", "name", "because", "kept_version"]].to_numpy().tolist() == [[section, "a", "no", "3"]]


def test_raw_gives_the_json_behind_any_row(dump, read):
    config = read(dump)
    for name in ("listeners", "filter_chains", "routes", "clusters", "endpoints", "bootstrap"):
        for _, row in getattr(config, name).head(3).iterrows():
            found = dump
            for key in row.pointer.split("/")[1:]:
                found = found[int(key)] if isinstance(found, list) else found[key]
            assert config.raw(row) == found


def test_raw_follows_camel_case_and_yaml(read):
    for text in ('[{"name": "a", "filterChains": [{"name": "x"}]}]', "- name: a\n  filterChains:\n  - name: x\n"):
        config = read(text)
        assert config.raw(config.filter_chains.iloc[0]) == {"name": "x"}


def test_raw_never_shows_a_private_key(read):
    certificate = {"certificate_chain": {"inline_bytes": "eA=="}, "private_key": {"inline_bytes": "c2VjcmV0"}}
    config = read({"configs": [{"@type": "x.SecretsConfigDump", "static_secrets": [{"name": "s", "secret": {"tls_certificate": certificate}}]}]})
    assert "c2VjcmV0" not in json.dumps(config.raw(config.secrets.iloc[0]))
    assert not any("c2VjcmV0" in str(value) for frame in config.frames().values() for value in frame.to_numpy().ravel())


def test_raw_says_when_the_file_has_changed(dump, read, tmp_path):
    config = read(dump)
    (tmp_path / "gateway_config_dump.json").write_text("{}")
    with pytest.raises(eg.ConfigDumpError, match="has changed since it was read"):
        config.raw(config.clusters.iloc[0])


def test_raw_of_a_config_without_files_says_why():
    with pytest.raises(eg.EgresslabError, match="was made from frames"):
        eg.Config().raw({"source": "a", "pointer": "/b"})


def test_one_proxy_is_chosen_by_any_part_of_its_name():
    config = eg.read_config_dump(eg.sample_path("incident/gateway_config_dump.json"), eg.sample_path("incident/sidecar_config_dump.json"))
    assert config.of("egress").proxies == ["istio-egressgateway-6f9c8d7b4-k8s2m.istio-system"]
    with pytest.raises(eg.FrameError, match=r"part of 2 proxies' names"):
        config.of("s")
    with pytest.raises(eg.FrameError, match="no proxy is called 'cart'"):
        config.of("cart")
    assert config.clusters.proxy.nunique() == 2


def test_several_processes_read_what_one_reads(monkeypatch, dump, tmp_path):
    paths = []
    for n in range(5):
        paths.append(tmp_path / f"p{n}_config_dump.json")
        paths[-1].write_text(json.dumps(dump).replace("istio-egressgateway-6f9c8d7b4-k8s2m", f"gateway-{n}"))
    (tmp_path / "broken.json").write_text('{"configs": [')
    alone = eg.read_config_dump(*paths)
    monkeypatch.setattr(parallel, "_WORTH_IT", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    together = eg.read_config_dump(*paths)
    assert together.proxies == [f"gateway-{n}.istio-system" for n in range(5)]
    for name, frame in alone.frames().items():
        assert_frame_equal(frame, together.frames()[name])
    with pytest.raises(eg.ConfigDumpError, match="was cut off"):
        eg.read_config_dump(*paths, tmp_path / "broken.json")


def test_a_worker_that_was_killed_loses_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(parallel, "_WORTH_IT", 0)
    monkeypatch.setattr(parallel, "_RUN", "raise SystemExit(9)")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    paths = [eg.sample_path(f"incident/{whose}_config_dump.json") for whose in ("gateway", "sidecar")]
    assert len(eg.read_config_dump(*paths).proxies) == 2
