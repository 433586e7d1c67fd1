"""Shipped samples: where they come from, what they may hold, and that they are what they say."""

from __future__ import annotations

import gzip
import ipaddress
import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from writing import written

import egresslab as eg
from egresslab.access_log.format import named

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
SAMPLES = sorted(path.name for path in DATA.iterdir() if path.is_dir())
LOGS = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.log*"))
FORMATS = sorted(named())

MOST_BYTES = 5_000_000  # everybody who clones or installs egresslab carries them

FOLDERS_OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users)/[\w.]")
PACKAGE_INDEX = re.compile(r"index-url|find-links|trusted-host|pypi\.|/simple/")
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}|\bxox[abp]-[\w-]{10,}|\beyJ[\w-]{15,}\.eyJ[\w-]{15,}"
    r"|(?i:password|passwd|api_?key|secret|bearer)['\"]?\s*[:=]\s*['\"]?[\w/+=-]{12,}"
)
ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")


def text_of(path):
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode(errors="replace")


@cache
def kept_files():
    """All files that git keeps or would keep, as text."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout, so nothing says which files are kept")
    return {name: text_of(ROOT / name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


def holding(pattern, files):
    return {name: found.group() for name, text in files.items() if (found := pattern.search(text))}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_says_where_it_comes_from(sample):
    told = tomllib.loads((DATA / sample / "provenance.toml").read_text(encoding="utf-8"))
    assert set(told) == {"what", "captured", "made", "cases", "license"}
    assert all(told.values())
    assert told["license"] == "Apache-2.0"


def test_every_file_belongs_to_a_sample():
    assert [path.name for path in DATA.iterdir() if not path.is_dir()] == []


def test_samples_are_small():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < MOST_BYTES


def test_no_kept_file_names_a_folder_of_a_machine():
    # Tests plant such folders to see them taken out.
    assert holding(FOLDERS_OF_A_MACHINE, {name: text for name, text in kept_files().items() if not name.startswith("tests/")}) == {}


def test_no_kept_file_names_a_package_index():
    assert holding(PACKAGE_INDEX, {name: text for name, text in kept_files().items() if name != "tests/test_data.py"}) == {}


def test_no_kept_file_holds_what_looks_like_a_secret():
    assert holding(SECRET, kept_files()) == {}


@pytest.mark.parametrize("log", LOGS)
def test_a_sample_names_no_address_of_the_internet(log):
    addresses = set(ADDRESS.findall(text_of(DATA / log)))
    assert addresses
    assert [address for address in addresses if ipaddress.ip_address(address).is_global] == []


@pytest.mark.parametrize("log", LOGS)
def test_a_log_is_read_whole(log):
    case = eg.read_case(DATA / log)
    assert len(case.log) > 0
    assert case.unread.empty


def test_each_named_format_has_its_file():
    assert sorted(path.stem for path in (DATA / "formats").glob("*.log")) == FORMATS


def entries():
    """The captured entries by our columns, as JSON gave them."""
    keys = {key: parts[0].column for key, parts in named()["istio-json"].keys.items()}
    lines = text_of(DATA / "formats/istio-json.log").splitlines()
    return [{keys[key]: value for key, value in json.loads(line).items()} for line in lines]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_s_file_is_the_captured_entries_in_that_format(name):
    assert text_of(DATA / f"formats/{name}.log") == "".join(written(named()[name], entry) + "\n" for entry in entries())


@pytest.mark.parametrize("given", [True, False], ids=["given", "found out"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(name, given):
    path, columns = DATA / f"formats/{name}.log", [operator.column for operator in named()[name].operators]
    captured = eg.read_access_log(DATA / "formats/istio-json.log", format="istio-json")
    found = eg.read_access_log(path, format=name if given else None)
    compared = [*(column for column in columns if column in captured), "failed", "line"]
    assert len(compared) > 10
    for column in compared:
        assert found[column].astype("object").fillna("-").tolist() == captured[column].astype("object").fillna("-").tolist(), column
