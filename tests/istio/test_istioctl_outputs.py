"""All proxy-status and analyze outputs of the real istioctl can be read; they lie beside the checkout, not in it."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from egresslab.istio.analysis import looks_like_analysis, read_analysis
from egresslab.istio.proxy_status import looks_like_proxy_status, read_proxy_status

SHARED = Path(__file__).parents[3] / "shared"
ARCHIVE = SHARED / "peer" / "pc.tar.xz"
POSTED = sorted((SHARED / "posts").glob("*/analysis.txt"))

pytestmark = pytest.mark.skipif(not (ARCHIVE.exists() and POSTED), reason=f"ISTIOCTL'S OUTPUTS ARE NOT THERE: {SHARED}, nothing of them was tested")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("istioctl")
    with tarfile.open(ARCHIVE) as archive:
        wanted = [m for m in archive if m.name.startswith(("proxystatus/", "analyze/", "analyze_live/"))]
        archive.extractall(folder, wanted, filter="data")
    return folder


def states(frame):
    """What all forms tell: which proxy has which type in which state."""
    return set(frame[frame.status != "IGNORED"][["proxy", "cluster_id", "type", "status", "istiod", "version"]].itertuples(index=False, name=None))


def test_table_json_and_yaml_tell_the_same(outputs):
    table, as_json, as_yaml = (read_proxy_status(outputs / f"proxystatus/real_{form}.txt") for form in ("table_v1", "json_v0", "yaml_v0"))
    assert len(states(table)) == 14
    assert states(table) == states(as_json) == states(as_yaml)
    assert as_json.line.notna().all()
    assert as_yaml.line.notna().all()
    assert as_json.last_updated.equals(as_yaml.last_updated)


def test_the_default_table_hides_the_states(outputs):
    frame = read_proxy_status(outputs / "proxystatus/real_table_v0.txt")
    assert len(frame) == 14
    assert frame.status.unique().tolist() == ["SUBSCRIBED"]


def test_each_message_of_analyze_is_a_row(outputs):
    files = sorted(outputs.glob("analyze*/*.json"))
    messages = [message for file in files for message in json.loads(file.read_text())]
    frame = read_analysis(*files)
    assert len(frame) == len(messages) > 50
    assert frame.message.tolist() == [m["message"] for m in messages]
    assert frame[["kind", "namespace", "name", "reference", "line"]].notna().all(axis=None)


@pytest.mark.parametrize("path", POSTED, ids=lambda path: path.parent.name)
def test_posted_answers(path):
    text = path.read_text(encoding="utf-8")
    assert looks_like_analysis(text)
    assert len(read_analysis(path)) == (0 if "No validation issues" in text else 1)


def test_each_form_is_recognised_and_nothing_else(outputs):
    of_status = {p: p.read_text() for p in outputs.glob("proxystatus/real_*")}
    assert all(looks_like_proxy_status(text) and not looks_like_analysis(text) for text in of_status.values())
    of_analyze = [text for p in outputs.glob("analyze*/*.json") if (text := p.read_text()).strip() != "[]"]
    assert all(looks_like_analysis(text) and not looks_like_proxy_status(text) for text in of_analyze)
