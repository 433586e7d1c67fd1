"""What istioctl bug-report and istio-must-gather gather is a case, unpacked or not."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile

import pytest

import egresslab as eg

INCIDENT = eg.sample("incident")
KINDS = {
    "bug-report": {"access log": 2, "config dump": 2, "/clusters": 2, "/stats": 2, "resources": 3, "analysis": 1, "messages": 1},
    "must-gather": {"access log": 2, "config dump": 4, "/stats": 2, "resources": 1, "proxy-status": 1},
}


def test_every_file_is_read_as_what_it_is(gathered):
    tree, case = gathered
    counts = case.files.kind.value_counts().drop(["other", "archive"], errors="ignore")
    assert counts.to_dict() == KINDS[tree]


def test_it_holds_what_the_loose_files_hold(gathered):
    _, case = gathered
    columns = ["proxy", "response_code", "response_flags", "response_code_details", "upstream_cluster"]
    assert (
        case.log[columns].astype("str").sort_values("proxy").values.tolist()
        == INCIDENT.log[columns].astype("str").sort_values("proxy").values.tolist()
    )
    assert case.config.proxies == INCIDENT.config.proxies
    assert len(case.config.clusters) == len(INCIDENT.config.clusters)
    assert case.resources.service_entries.host.tolist() == INCIDENT.resources.service_entries.host.tolist()
    assert case.unread.empty


def test_files_of_a_pod_carry_its_name(gathered):
    _, case = gathered
    pods = case.files[case.files.source.str.contains("checkout") & case.files.proxy.notna()]
    assert set(pods.proxy) == {"checkout-7c9d8b6f5d-x2x4p.shop"}
    assert len(pods) >= 4


def test_the_place_behind_each_row_is_opened_again(gathered):
    _, case = gathered
    assert str(case.log.request_id[0]) in case.raw(case.log.iloc[0])
    cluster = case.config.clusters[case.config.clusters.name == "outbound|443||api.example.com"].iloc[0]
    assert case.raw(cluster)["name"] == cluster["name"]
    assert case.raw(case.resources.service_entries.iloc[0]).startswith("apiVersion: networking.istio.io/")
    assert case.raw(case.stats.iloc[0])
    with pytest.raises(eg.EgresslabError, match="has no line 99"):
        case.raw(eg.frames.place(case.log.source[0], 99))


def test_what_istiod_wants_is_no_current_config(gathered):
    tree, case = gathered
    wanted = [source for source in case.files.source if source.endswith("config_dump_istiod.json")]
    assert sorted(case.snapshots) == sorted(wanted)
    assert len(wanted) == (2 if tree == "must-gather" else 0)
    for source in wanted:
        assert case.files.set_index("source").because[source] == "what istiod wants the proxy to have: in case.snapshots"
        assert case.raw(case.snapshots[source].clusters.iloc[0])


def test_what_is_about_others_is_left_aside(gathered):
    tree, case = gathered
    because = case.files[case.files.kind == "other"].because
    assert because.notna().all()
    if tree == "bug-report":
        assert {"the log of istioctl bug-report itself", "about istiod, not about a proxy"} <= set(because)
        assert "istiod's copy of the resources that other files hold" in set(because)
        assert "  istiod: 1 line of its own" in repr(case).splitlines()
    else:
        assert "the log of another container than the proxy's" in set(because)
    assert repr(case).startswith("Case of 2 proxies: 2 log entries, 2 failed")


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_zip_is_an_archive_too(tmp_path, trees):
    (tmp_path / "a.zip").write_bytes(zipped(trees["bug-report"]()))
    case = eg.read_case(tmp_path / "a.zip")
    assert len(case.config.proxies) == 2
    assert str(case.log.request_id[0]) in case.raw(case.log.iloc[0])


def test_an_archive_from_a_stream_is_read_once(trees, packed):
    case = eg.read_case(io.BytesIO(packed(trees["bug-report"]())))
    assert len(case.log) == 2
    with pytest.raises(eg.EgresslabError, match="was a stream, which can be read once"):
        case.raw(case.log.iloc[0])


def test_an_archive_in_a_folder_lends_its_name_to_its_files(tmp_path, trees, packed):
    (tmp_path / "a.tar.gz").write_bytes(packed(trees["bug-report"]()))
    (tmp_path / "notes.txt").write_text("It began at ten.\n", encoding="utf-8")
    case = eg.read_case(tmp_path)
    assert case.log.source.str.startswith("a.tar.gz/bug-report/proxies/").all()
    assert str(case.log.request_id[0]) in case.raw(case.log.iloc[0])


def test_a_cut_archive_gives_what_came_before(tmp_path, trees, packed):
    data = packed(trees["bug-report"]())
    (tmp_path / "a.tar.gz").write_bytes(data[: len(data) // 2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        case = eg.read_case(tmp_path / "a.tar.gz")
    archive = case.files.set_index("source").loc["a.tar.gz"]
    assert archive.kind == "archive"
    assert "ends too early; what came before was read" in archive.because
    assert len(case.resources.objects) > 5


def test_tricks_are_listed_and_not_read(tmp_path, packed):
    link = tarfile.TarInfo("proxies/link.log")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    entry = eg.sample_path("formats/istio.log").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(
        packed({"sidecar.log": entry, "../out.log": entry, "inner.zip": zipped({"a.log": entry}), ".git/a.log": entry}, link)
    )
    case = eg.read_case(tmp_path / "a.tar.gz")
    assert set(case.log.source) == {"sidecar.log"}
    because = case.files.set_index("source").because
    assert because["../out.log"] == "its path leads out of the archive: not read"
    assert because["proxies/link.log"] == "a link (to /etc/passwd): not followed"
    assert because["inner.zip"].startswith("an archive within an archive")
    assert ".git/a.log" not in because


def test_an_archive_without_anything_of_use_says_so(tmp_path, packed):
    (tmp_path / "a.tar.gz").write_bytes(packed({"notes": b"It began at ten.\n"}))
    with pytest.raises(eg.EgresslabError, match=r"nothing in .*a\.tar\.gz is an access log"):
        eg.read_case(tmp_path / "a.tar.gz")
    (tmp_path / "a.tar.gz").write_bytes(packed({"zeros.log": bytes(70 << 20)}))
    with pytest.raises(eg.EgresslabError, match=r"unfolds to more than"):
        eg.read_case(tmp_path / "a.tar.gz")
