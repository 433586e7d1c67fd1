"""All captured cases of the lab can be read; they lie beside the checkout, not in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import egresslab as eg

CAPTURED = Path(__file__).parents[3] / "shared" / "cases"
LOGS = sorted(CAPTURED.glob("*/*.log*"))

# Logs that hold nothing but the proxy's own lines: evidence that nothing was logged.
WITHOUT_ENTRIES = 106
MOST_LINES = 40

# A sample of the folders, and those with dumps of several moments, busy and zipped; all of them were read by hand.
FOLDERS = sorted(p for p in CAPTURED.glob("*") if p.is_dir())
WHOLE = [p for n, p in enumerate(FOLDERS) if n % 8 == 0 or p.name[:3] in ("g04", "k04", "z01", "z02")]
POSTS = sorted(p for p in (CAPTURED.parent / "posts").glob("*") if p.is_dir())

# What each file is, by how its name begins or ends.
KINDS = {
    "NOTES": "other", "client": "other", "truth": "other", "config_changes": "other", "gateway.log": "access log", "sidecar.log": "access log",
    "istio.yaml": "resources", "kube.yaml": "resources", "analysis": "analysis", "gateway_clusters": "/clusters", "sidecar_clusters": "/clusters",
    "gateway_stats": "/stats", "sidecar_stats": "/stats", "gateway_config_dump": "config dump", "sidecar_config_dump": "config dump",
    "gateway_pc": "istioctl table", "sidecar_pc": "istioctl table",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not LOGS, reason=f"THE CAPTURED CASES ARE NOT THERE: {CAPTURED} holds none, nothing of them was tested")


@pytest.fixture(scope="module")
def captured():
    return eg.read_case(*LOGS)


def test_every_line_is_an_entry_or_a_proxy_s_own(captured):
    assert captured.unread.empty
    assert len(captured.files) == len(LOGS)
    assert (captured.files["rows"] + captured.files.messages > 0).all()


def test_every_log_is_a_proxy_of_its_own(captured):
    assert captured.files.proxy.is_unique
    assert set(captured.files.proxy.str.split("/").str[1]) == {"gateway", "sidecar"}


def test_a_log_of_own_lines_alone_is_an_empty_typed_frame(captured):
    typed = eg.Case().log.dtypes
    silent = captured.files.source[captured.files["rows"] == 0]
    assert len(silent) == WITHOUT_ENTRIES
    assert [source for source in silent if not eg.read_access_log(CAPTURED / source).dtypes.equals(typed)] == []


def test_raw_opens_the_line_of_any_entry(captured):
    for _, entry in captured.log.iloc[:: len(captured.log) // 5].iterrows():
        assert str(entry.downstream_remote_address) in captured.raw(entry)


@pytest.mark.parametrize("folder", [*WHOLE, *POSTS], ids=lambda folder: folder.name)
def test_every_file_of_a_folder_is_read_as_what_it_is(folder):
    case = eg.read_case(folder)
    found = case.files.set_index("source").kind.astype("str").to_dict()
    assert found == {name: next(kind for begin, kind in KINDS.items() if name.startswith(begin)) for name in found}
    assert sorted(found) == sorted(p.name for p in folder.iterdir())
    assert case.unread.empty
    assert case.resources.problems.empty
    assert len(repr(case).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("folder", WHOLE, ids=lambda folder: folder.name)
def test_files_are_named_by_the_dump_of_their_proxy(folder):
    case = eg.read_case(folder)
    names = {"gateway": "istio-egressgateway-6f9c8d7b4-k8s2m.istio-system", "sidecar": "checkout-7c9d8b6f5d-x2x4p.shop"}
    named = case.files.dropna(subset="proxy")
    assert named.proxy.tolist() == [names[source.replace(".", "_").split("_")[0]] for source in named.source]
    older = {source for source in named.source if "_warming" in source or "_open" in source}
    assert set(named.source[named.because.fillna("").str.startswith("older dump")]) == older
