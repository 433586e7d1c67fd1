"""Dumps for the tests: the shipped incident, whole or in parts."""

import json

import pytest

import egresslab as eg


@pytest.fixture(scope="session")
def dump():
    """The gateway's dump of the shipped incident, as objects; do not change it."""
    return json.loads(eg.sample_path("incident/gateway_config_dump.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sections(dump):
    """Its sections by name."""
    return {section["@type"].rsplit(".", 1)[-1]: section for section in dump["configs"]}


@pytest.fixture
def read(tmp_path):
    """Write text or objects to a file, and read it as a config."""

    def written(found, name="gateway_config_dump.json"):
        path = tmp_path / name
        path.write_text(found if isinstance(found, str) else json.dumps(found), encoding="utf-8")
        return eg.read_config_dump(path)

    return written


@pytest.fixture
def one(read):
    """Read a dump that holds one list of one section, and give a frame of it."""

    def framed(frame, field, *items):
        return getattr(read({"configs": [{"@type": "x.SomeConfigDump", field: list(items)}]}), frame)

    return framed
