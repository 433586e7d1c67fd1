"""Every table that istioctl itself printed is read whole, and its cells can be written again from the rows."""

import re
import tarfile
from functools import cache
from pathlib import Path

import pytest

from egresslab.config_dump.part import Part
from egresslab.config_dump.text_tables import looks_like_table, read_table

OUTPUTS = Path(__file__).resolve().parents[3] / "shared" / "peer" / "pc.tar.xz"
POSTS = sorted((OUTPUTS.parents[1] / "posts").glob("*/*_pc_*.txt"))

# What stands in a table, in istioctl's order, from the columns of a frame. DOMAINS are left out: the table cuts them.
WRITTEN = {
    "listener": ("filter_chains", "{address} {port} {match} {destination}"),
    "listener-brief": ("listeners", "{address} {port} {type}"),
    "route": ("routes", "{route_config} {virtual_host} {match} {resource}"),
    "endpoint": ("host_statuses", "{where} {health} {checked} {cluster}"),
    "eds": ("endpoints", "{where} {health} {locality} {cluster}"),
    "secret": ("secrets", "{name} {type} {state} {valid} {serial_number}"),
    "cluster": ("clusters", "{host} {port} {subset} {direction} {type} {resource}"),
}
DOMAINS = re.compile(r" +\S+(?:, \S+)*(?: \+ \d+ more\.\.\.)? +(?=/|PathPrefix:|regex )")
PLAIN = re.compile(r"\w+(?:_config_dump)?\.(?:sidecar|gateway)\.([a-z]+(?:-brief)?)\.short")


@cache
def outputs():
    """The tables by the name of their file, without those that are errors."""
    with tarfile.open(OUTPUTS, "r:xz") as archive:
        found = {m.name.removeprefix("pc/"): archive.extractfile(m).read().decode() for m in archive if m.name.endswith(".short")}
    return {name: text for name, text in found.items() if text.strip() and not name.startswith("bad_")}


def read(text):
    part = Part("istioctl table")
    skipped = read_table(text, part)
    rows = {frame: [dict(zip(r.columns, v, strict=True)) for v in zip(*r.columns.values(), strict=True)] for frame, r in part.rows.items()}
    return rows, skipped


def words(row, form):
    """Write a row as istioctl does, the gaps left out."""
    row = {column: "" if value is None else value for column, value in row.items()}
    if resource := row.get("resource"):
        row["resource"] = ".".join(reversed(resource.partition(" ")[2].split("/")))
    where = f"{row.get('address')}:{row.get('port')}".removesuffix(":")
    checked = {True: "FAILED", False: "OK"}.get(row.get("failed_outlier_check"))
    return " ".join(form.format(where=where, checked=checked, valid=str(row.get("missing") is False).lower(), **row).split())


needs_outputs = pytest.mark.skipif(not OUTPUTS.exists(), reason="NOT TESTED: istioctl's own outputs are not in ../shared/peer")


@needs_outputs
def test_every_table_is_read_whole():
    for name, text in outputs().items():
        rows, skipped = read(text)
        assert looks_like_table(text), name
        assert skipped == 0, name
        lines = [line for line in text.split("\n")[1:] if line.strip() and not line.endswith(" 404")]
        if ".all" in name:
            lines = [line for line in lines if re.match("(?:cluster|listener|route|secret|endpoint)/", line)]
            assert sum(len(rows.get(f, [])) for f in ("clusters", "filter_chains", "routes", "secrets", "endpoints")) == len(lines), name
        elif (kind := name.split(".")[-2]) in WRITTEN:
            assert len(rows.get(WRITTEN[kind][0], [])) == len(lines), name


@needs_outputs
def test_cells_can_be_written_again():
    total = 0
    for name, text in outputs().items():
        plain = PLAIN.fullmatch(name)
        if plain is None or plain[1] not in WRITTEN or name.startswith("synth"):
            continue
        frame, form = WRITTEN[plain[1]]
        for row in read(text)[0].get(frame, []):
            line = text.split("\n")[int(row["pointer"][1:]) - 1]
            assert told(plain[1], line) == words(row, form).upper(), (name, line)
            total += 1
    assert total > 2000


def told(kind, line):
    """What a row repeats of its line."""
    line = DOMAINS.sub(" ", line) if kind == "route" else line
    line = re.sub(r" +\d{4}-\S+ +\d{4}-\S+$", "", line) if kind == "secret" else line
    if kind == "cluster":
        bare = re.fullmatch(r"(\S+) +- +- +- +(\S+) *", line)
        line = f"{bare[2]}" if bare else re.sub(r" -(?= )", " ", line)
    return " ".join(line.split()).upper()


@pytest.mark.skipif(not POSTS, reason="NOT TESTED: the posted tables are not in ../shared/posts")
@pytest.mark.parametrize("path", POSTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_posted_tables_are_read_whole(path):
    text = path.read_text(encoding="utf-8")
    rows, skipped = read(text)
    assert looks_like_table(text)
    assert skipped == 0
    pointers = {row["pointer"] for found in rows.values() for row in found}
    assert pointers == {f"L{n}" for n, line in enumerate(text.split("\n")[1:], 2) if line.strip()}
