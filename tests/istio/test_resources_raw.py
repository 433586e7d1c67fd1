"""The text behind a row, and that no secret gets out."""

import io
import json

import pytest

from egresslab.errors import EgresslabError, ResourceError
from egresslab.frames import Resources
from egresslab.istio import read_resources, resources_from

HIDDEN = "c2VjcmV0"
SECRET = f"""\
apiVersion: v1
kind: Secret
metadata:
  name: partner
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{{"data": "{HIDDEN}"}}'
data: {{tls.key: {HIDDEN}}}
stringData: {{password: {HIDDEN}}}
"""
LISTED = """\
apiVersion: v1
kind: List
items:
  - kind: ServiceEntry
    spec:
      # the partner
      hosts: [a.example.com]

  - {kind: Sidecar}
"""
OBJECT = "kind: ServiceEntry\nspec:\n  # the partner\n  hosts: [a.example.com]"


@pytest.fixture
def found(tmp_path):
    (tmp_path / "all.yaml").write_text(f"{SECRET}---\n{LISTED}")
    (tmp_path / "all.json").write_text(json.dumps({"kind": "List", "items": [{"kind": "Sidecar", "spec": {"egress": [{"hosts": ["./*"]}]}}]}))
    return read_resources(tmp_path / "all.yaml", tmp_path / "all.json")


def test_raw_gives_the_whole_object_as_written(found):
    assert found.raw(found.service_entries.iloc[0]) == OBJECT
    assert found.raw(found.sidecar_hosts.iloc[0]).strip() == "{kind: Sidecar}"
    assert json.loads(found.raw(found.sidecar_hosts.iloc[1]))["spec"] == {"egress": [{"hosts": ["./*"]}]}


def test_a_secret_is_known_by_its_name_alone(found):
    secret = found.objects[found.objects.kind == "Secret"].iloc[0]
    assert secret["name"] == "partner"
    assert "tls.key" in found.raw(secret)
    assert HIDDEN not in found.raw(secret)
    assert not any(HIDDEN in getattr(found, name).to_csv() for name in Resources.names())


def test_a_private_key_that_stands_elsewhere_is_taken_out():
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----"
    data = f'kind: DestinationRule\nspec:\n  trafficPolicy: {{tls: {{mode: MUTUAL, privateKey: "{key}"}}}}\n'.encode()
    rule = resources_from([("a.yaml", lambda: data)], lambda name: data)
    assert rule.tls_settings.private_key.tolist() == ["(a private key)"]
    assert "MIIE" not in rule.raw(rule.tls_settings.iloc[0])


def test_bytes_from_anywhere_are_opened_again_by_their_name():
    found = resources_from([("bundle/a.yaml", OBJECT.encode)], {"bundle/a.yaml": OBJECT.encode()}.__getitem__)
    assert (found.objects.source.tolist(), found.raw(found.objects.iloc[0])) == (["bundle/a.yaml"], OBJECT)


def test_a_file_that_changed_says_so(found, tmp_path):
    (tmp_path / "all.yaml").write_text("kind: Other\n")
    with pytest.raises(ResourceError, match="it has changed since it was read"):
        found.raw(found.service_entries.iloc[0])


def test_a_stream_can_be_read_once():
    found = read_resources(io.StringIO(OBJECT))
    with pytest.raises(EgresslabError, match="<stream> was a stream"):
        found.raw(found.objects.iloc[0])
