"""All captured cases and posts: every object is read, and every host stands in its frame."""

from pathlib import Path

import pytest
import yaml

from egresslab.istio import read_resources

SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted(f for folder in ("cases", "posts") for f in (SHARED / folder).glob("*/*.yaml") if f.stat().st_size > 1)

pytestmark = pytest.mark.skipif(not FILES, reason=f"THE CAPTURED CASES ARE NOT THERE: {SHARED} holds none, nothing of them was tested")


@pytest.fixture(scope="module")
def captured():
    return read_resources(*FILES)


@pytest.fixture(scope="module")
def objects():
    documents = [d for f in FILES for d in yaml.load_all(f.read_text(), Loader=yaml.CSafeLoader)]
    return [item for d in documents if d for item in d.get("items", [d])]


def test_every_object_is_known_and_none_is_a_problem(captured, objects):
    listed = captured.objects[captured.objects.kind != "MeshConfig"]
    assert listed.kind.tolist() == [o["kind"] for o in objects]
    assert listed.name.tolist() == [o["metadata"]["name"] for o in objects]
    assert captured.objects.known.all()
    assert captured.problems.empty


def test_every_line_is_the_first_of_an_object(captured):
    for source, rows in captured.objects.groupby("source", observed=True):
        lines = Path(source).read_text().splitlines()
        wrong = [n for n in rows.line if not lines[n - 1].startswith(("apiVersion:", "- apiVersion:", "---", "- kind:", "  - "))]
        assert [lines[n - 1] for n in wrong if "ConfigMap" not in lines[n]] == []


def test_hosts_ports_and_destinations_are_those_of_another_reader(captured, objects):
    spec = {kind: [o.get("spec") or {} for o in objects if o["kind"] == kind] for kind in ("ServiceEntry", "Sidecar", "VirtualService", "Service")}
    entries = [
        (h, p.get("number")) for s in spec["ServiceEntry"] for h in s["hosts"] for p in s.get("ports") or [{}] for _ in s.get("addresses") or [0]
    ]
    assert captured.service_entries[["host", "port"]].apply(tuple, axis=1).tolist() == [(h, int(p)) for h, p in entries]
    assert len(captured.sidecar_hosts) == sum(len(e["hosts"]) for s in spec["Sidecar"] for e in s["egress"])
    assert captured.services.port.tolist() == [p["port"] for s in spec["Service"] for p in s["ports"]]
    rules = [rule for s in spec["VirtualService"] for kind in ("http", "tls", "tcp") for rule in s.get(kind, [])]
    wanted = {d["destination"]["host"] for rule in rules for d in rule.get("route", [])}
    assert set(captured.route_rules.destination_host.dropna()) == wanted


def test_raw_opens_the_object_of_any_row(captured):
    for frame in (captured.service_entries, captured.tls_settings, captured.route_rules, captured.gateway_servers, captured.mesh):
        row = frame.iloc[len(frame) // 2]
        assert yaml.safe_load(captured.raw(row))["metadata"]["name"] == row["name"]
