"""Every dump of the captured cases and of Istio's own simulator is read, and nothing in it is passed over."""

import gzip
import json
import tarfile
import warnings
from pathlib import Path

import pytest

from egresslab.config_dump.file import part_of

SHARED = Path(__file__).parents[3] / "shared"
CASES, ORACLE = SHARED / "cases", SHARED / "oracle" / "oracle.tar.xz"


@pytest.mark.skipif(not CASES.is_dir(), reason="NOT TESTED: ../shared/cases is not there")
@pytest.mark.parametrize("what", ["config_dump", "clusters", "stats"])
def test_all_files_of_the_cases_are_read_whole(what):
    paths = sorted(p for p in CASES.glob(f"*/*_{what}*") if not p.name.startswith("."))
    parts = {p: part_of(gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes(), p.name) for p in paths}
    assert len(parts) > 200
    assert {p: part.skipped for p, part in parts.items() if part.skipped} == {}
    assert {part.kind for part in parts.values()} == {"config dump" if what == "config_dump" else f"/{what}"}
    assert all(part.node for part in parts.values()) or what != "config_dump"


@pytest.mark.skipif(not ORACLE.is_file(), reason="NOT TESTED: ../shared/oracle is not there")
def test_all_configs_of_istios_simulator_are_read_whole():
    with tarfile.open(ORACLE) as archive, warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        read = 0
        for member in archive:
            if member.name.endswith("config.json"):
                data = archive.extractfile(member).read()
                part, found = part_of(data, member.name), json.loads(data)
                assert part.skipped == 0, member.name
                assert len(part.rows["clusters"]) == len(found["clusters"]), member.name
                assert len(part.rows["listeners"] if found["listeners"] else []) == len(found["listeners"]), member.name
                read += 1
    assert read > 400
