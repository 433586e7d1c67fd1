"""Each kind lands in its frame, however it was written and packed."""

import gzip
import io
import json

import pytest
import yaml

from egresslab.errors import EgresslabError
from egresslab.frames import Resources, empty
from egresslab.istio import looks_like_resources, read_resources
from egresslab.istio.kinds import _KINDS

ENTRY = """\
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: ext, namespace: shop, creationTimestamp: "2026-01-02T03:04:05Z"}
spec:
  hosts: [a.example.com, b.example.com]
  addresses: [192.0.2.0/24, 192.0.2.1]
  ports:
  - {number: "443", name: tls, protocol: tls, targetPort: 8443}
  - {number: 80, name: http, protocol: HTTP}
  resolution: STATIC
  exportTo: [istio-system, "."]
  endpoints: [{address: 10.0.0.2}, {address: 10.0.0.1, ports: {tls: 8443}}]
status:
  addresses: [{host: a.example.com, value: 240.240.0.1}, {host: b.example.com, value: 240.240.0.2}]
  conditions: [{type: VisibilityApplied, status: "False", reason: Capped, message: hidden}]
  validationMessages: [{type: {code: IST0134, name: ServiceEntryAddressesRequired}, level: WARNING}]
"""
RULE = """\
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: dr}
spec:
  host: api.example.com
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: 1, connectTimeout: 1m30s}, http: {idleTimeout: 500ms}}
    portLevelSettings:
    - {port: {number: 443}, tls: {mode: SIMPLE, sni: api.example.com, insecureSkipVerify: true, subjectAltNames: [b, a]}}
  subsets:
  - name: v1
    labels: {version: 1.10}
    trafficPolicy: {tls: {mode: MUTUAL, privateKey: /etc/key.pem}, portLevelSettings: [{port: {number: 80}, outlierDetection: {interval: 10s}}]}
"""


def read(text):
    return read_resources(io.StringIO(text))


def test_a_service_entry_has_a_row_for_each_host_port_and_address():
    entries = read(ENTRY).service_entries
    assert len(entries) == 2 * 2 * 2
    first = entries.iloc[0]
    assert first[["host", "port", "protocol", "target_port", "address"]].tolist() == ["a.example.com", 443, "tls", 8443, "192.0.2.0/24"]
    assert (first.endpoints, first.endpoint_addresses, first.endpoint_ports, first.export_to) == (
        2,
        "10.0.0.1,10.0.0.2",
        "tls=8443",
        ".,istio-system",
    )
    assert entries.groupby("host")["auto_addresses"].unique().str[0].to_dict() == {"a.example.com": "240.240.0.1", "b.example.com": "240.240.0.2"}
    assert (str(first.creation_timestamp), first.source, first.line, first.pointer) == ("2026-01-02 03:04:05+00:00", "<stream>", 1, "/0/spec/ports/0")


def test_conditions_and_validation_messages_of_any_kind_stand_in_one_frame():
    found = read(ENTRY).conditions
    assert found[["type", "status", "reason"]].values.tolist() == [
        ["VisibilityApplied", "False", "Capped"],
        ["IST0134", "WARNING", "ServiceEntryAddressesRequired"],
    ]


def test_a_destination_rule_has_a_row_for_each_level_also_without_tls():
    rows = read(RULE).tls_settings
    assert rows.astype("object").where(rows.notna(), None)[["subset", "port", "mode"]].values.tolist() == [
        [None, None, None],
        [None, 443, "SIMPLE"],
        ["v1", None, "MUTUAL"],
        ["v1", 80, None],
    ]
    top, port, subset, last = (rows.iloc[n] for n in range(4))
    assert (top.max_connections, top.connect_timeout_ms, top.http_idle_timeout_ms) == (1, 90_000, 500)
    assert (port.sni, port.subject_alt_names, port.insecure_skip_verify) == ("api.example.com", "a,b", True)
    assert (subset.private_key, subset.subset_labels) == ("/etc/key.pem", "version=1.10")
    assert (last.outlier_interval_ms, rows.outlier_detection.tolist()) == (10_000, [False, False, False, True])
    assert rows.namespace.isna().all()


@pytest.mark.parametrize(("group", "kind"), _KINDS)
def test_every_known_kind_keeps_a_row_even_when_it_says_nothing(group, kind):
    version = f"{group}/v1" if group else "v1"
    found = read(f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: x\n")
    assert found.objects[["kind", "known"]].values.tolist() == [[kind, True]]
    for frame, _ in _KINDS[group, kind]:
        assert len(getattr(found, frame)) == (frame != "extension_providers"), frame


def test_an_unknown_kind_is_kept_and_named():
    found = read("apiVersion: example.com/v1\nkind: CronTab\nmetadata: {name: odd}\n---\napiVersion: serving.knative.dev/v1\nkind: Service\n")
    assert found.objects[["kind", "known"]].values.tolist() == [["CronTab", False], ["Service", False]]
    assert found.services.empty
    assert "CronTab: 1 (unknown kind, only listed)" in repr(found)


def test_a_kind_without_a_version_is_taken_for_istio_s():
    assert read("kind: Gateway\nspec: {servers: [{hosts: [a], port: {number: 443}}]}").gateway_servers.host.tolist() == ["a"]


def test_yaml_json_and_lists_say_the_same():
    items = [yaml.safe_load(ENTRY), yaml.safe_load(RULE)]
    items[1]["spec"]["subsets"][0]["labels"]["version"] = "1.10"
    ways = [f"{ENTRY}---\n{RULE}", yaml.dump({"kind": "List", "items": items}), json.dumps({"kind": "List", "items": items}), json.dumps(items)]
    ways += ["\n".join(json.dumps(item, indent=2) for item in items), f"$ kubectl get -o yaml\n# both\n---\n{ENTRY}...\n---\n{RULE}---\n"]
    expected = read(ways[0])
    for way in ways[1:]:
        assert looks_like_resources(way)
        for frame in Resources.names():
            seen, wanted = (getattr(r, frame).drop(columns=["line", "pointer"], errors="ignore") for r in (read(way), expected))
            assert seen.equals(wanted), (way, frame)


def test_the_line_of_an_object_is_its_first_one():
    found = read(f"# mine\n{ENTRY}---\n# yours\n{RULE}")
    assert found.objects.line.tolist() == [2, 2 + ENTRY.count("\n") + 2]
    listed = "kind: List\nitems:\n- kind: A\n  spec: {}\n\n- kind: B\n"
    assert read(listed).objects[["line", "pointer"]].values.tolist() == [[3, "/0/items/0"], [6, "/0/items/1"]]


def test_folders_globs_and_packed_files(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.yaml").write_text(ENTRY)
    (tmp_path / "deep" / "b.yml.gz").write_bytes(gzip.compress(RULE.encode()))
    (tmp_path / "c.json").write_text(json.dumps({"kind": "Sidecar", "apiVersion": "networking.istio.io/v1"}))
    (tmp_path / "config_dump.json").write_text('{"configs": []}')
    (tmp_path / ".git" / "d.yaml").write_text("kind: Hidden\n")
    assert sorted(read_resources(tmp_path).objects.kind) == ["DestinationRule", "ServiceEntry", "Sidecar"]
    assert read_resources(tmp_path / "*.yaml", tmp_path / "deep" / "b.yml.gz").objects.kind.tolist() == ["ServiceEntry", "DestinationRule"]


def test_a_folder_without_resources_says_so(tmp_path):
    with pytest.raises(EgresslabError, match=r"no file in the folder .* is YAML or JSON of resources"):
        read_resources(tmp_path)


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + ENTRY.replace("\n", "\r\n").encode())))
    found = read_resources("-")
    assert (len(found.service_entries), found.objects.source.tolist()) == (8, ["<stdin>"])


@pytest.mark.parametrize("nothing", ["", "\n---\n# only this\n---\n", "No resources found in shop namespace.\n", '{"kind": "List", "items": []}'])
def test_nothing_in_it_is_an_answer_too(nothing):
    found = read(nothing)
    assert all(getattr(found, name).equals(empty(name)) for name in Resources.names())
