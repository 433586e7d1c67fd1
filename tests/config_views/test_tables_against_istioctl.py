"""Our tables are istioctl's: cell for cell what it printed of the same dumps, whichever of its outputs we read."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import egresslab as eg
from egresslab.config_views import cluster_table, eds_table, endpoint_table, listener_table, route_table, secret_table, table_text
from egresslab.sources import tables_of

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "peer" / "pc.tar.xz"
pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason="NOT TESTED: istioctl's outputs are not in ../shared/peer/pc.tar.xz")

CAPTURED = "2026-11-24T12:00Z"  # VALID CERT is told by the clock
TABLES = {
    "listener": listener_table,
    "route": route_table,
    "cluster": cluster_table,
    "endpoint": endpoint_table,
    "eds": eds_table,
    "secret": lambda config: secret_table(config, now=CAPTURED),
}
# A column that only the table of this kind has.
KINDS = {"listener": "ADDRESSES", "route": "VHOST NAME", "cluster": "SERVICE FQDN", "eds": "LOCALITY", "secret": "RESOURCE NAME"}
FRAMES = [f"{kind}_table" for kind in TABLES] + ["listener_table_brief", "route_table_brief"]
COLUMNS = sorted({column for frame in FRAMES for column in eg.fields(frame).column if column.isupper()})
# In `all` the first column also tells the kind, and where it is one of its own, our column for it is this one.
NAMED = {"listener": "listener", "cluster": "name"}


@cache
def members():
    """What the archive holds; the outputs (not the inputs) had the folder of the capturing machine cut out."""
    with tarfile.open(ARCHIVE) as archive:
        found = {m.name.removeprefix("pc/"): archive.extractfile(m).read() for m in archive if m.isfile()}
    return {name: data if name.startswith("in/") else re.sub(rb"(?=/run/[SX]DS)", b"/tmp/lab2", data) for name, data in found.items()}


@cache
def outputs():
    """Each output that istioctl gave: its name, the word, the flags."""
    index = json.loads(members()["index.json"])
    return [(name, told["args"][0], told["args"][1:]) for name, told in index.items() if told["rc"] == 0]


@cache
def config_in(name):
    stream = io.BytesIO(members()[name])
    stream.name = name
    return eg.read_config_dump(stream)


def asked(flags):
    """Turn istioctl's flags into our keywords, and the file apart."""
    words = dict(re.findall(r"--(\w+)[ =]([^\n]+?)(?= -|$)", " ".join(flags)))
    file = words.pop("file")
    words |= {"port": int(words["port"])} if "port" in words else {}
    words |= {"verbose": False} if words.get("verbose") == "false" else {}
    return file, words


def printed(text, kind=""):
    """Rows of the table in a text, as a multiset; ``kind`` is what `all` puts before names."""
    before = f"{'endpoint' if kind == 'eds' else kind}/" if kind else ""
    for table in tables_of(text, [re.escape(column) for column in COLUMNS]):
        columns = [NAMED[kind] if kind in NAMED and column == "NAME" else column for column in table.columns]
        yield columns, Counter(tuple(cell.removeprefix(before) for cell in row.cells.values()) for row in table.rows)


def ours(table, columns):
    return Counter(tuple(cell.strip() for cell in row) for row in table[columns].itertuples(index=False, name=None))


def differences(pairs):
    """What istioctl printed and we did not, and the other way round, by output; and how many rows were compared."""
    found, rows = {}, 0
    for name, (columns, theirs), table in pairs:
        mine = ours(table, columns)
        rows += theirs.total()
        if mine != theirs:
            found[name] = {"theirs": theirs - mine, "ours": mine - theirs}
    return found, rows


@pytest.mark.parametrize(("kind", "least"), [("listener", 800), ("route", 350), ("cluster", 550), ("endpoint", 350), ("eds", 400), ("secret", 55)])
def test_tables_with_their_filters_and_brief_forms(kind, least):
    pairs = []
    for name, word, flags in outputs():
        if word == kind and not {"json", "yaml", "--waypoint"} & {*flags}:
            file, words = asked(flags)
            pairs += [(name, table, TABLES[kind](config_in(file), **words)) for table in printed(members()[name].decode())]
    found, rows = differences(pairs)
    assert found == {}
    assert rows >= least


def test_the_parts_of_all():
    pairs = []
    for name, word, flags in outputs():
        if word == "all" and not {"json", "yaml"} & {*flags}:
            file, _ = asked([flag for flag in flags if flag != "--with-headers"])
            for kind, column in KINDS.items():
                shown = [table for table in printed(members()[name].decode(), kind) if column in table[0]]
                pairs += [(f"{name} {kind}", table, TABLES[kind](config_in(file))) for table in shown]
    found, rows = differences(pairs)
    assert found == {}
    assert rows >= 1900


@pytest.mark.parametrize(("form", "cases"), [("json", ""), ("yaml", "synth.")])  # YAML is the same JSON converted, and slow to parse
def test_reading_istioctls_own_json_and_yaml_gives_the_same_tables(form, cases):
    pairs = []
    names = {name for name, *_ in outputs()}
    for name, word, _ in outputs():
        stem, _, ending = name.rpartition(".")
        if word in TABLES and ending == form and name.startswith(cases) and f"{stem}.short" in names:
            pairs += [(name, table, TABLES[word](config_in(name))) for table in printed(members()[f"{stem}.short"].decode())]
    found, rows = differences(pairs)
    assert found == {}
    assert rows >= (50 if cases else 2000)


def test_reading_istioctls_own_tables_gives_them_back():
    """But what its route table does not say: domains behind the first two, other owners than VirtualServices, hosts in the brief form."""
    pairs = []
    for name, word, flags in outputs():
        if word in TABLES and not {"json", "yaml", "--waypoint"} & {*flags} and "route-brief" not in name:
            _, words = asked(flags)
            table = TABLES[word](config_in(name), **({"verbose": False} if words.get("verbose") is False else {}))
            pairs += [(name, (columns, said(rows)), table) for columns, rows in printed(members()[name].decode())]
    found, rows = differences(pairs)
    assert found == {}
    assert rows >= 2500


def said(rows):
    untold = re.compile(r" \+ \d+ more\.\.\.$|^<unknown>$")
    return Counter({tuple(untold.sub("", cell) for cell in row): count for row, count in rows.items()})


def test_a_table_is_printed_as_istioctl_prints_it():
    for kind in TABLES:
        name = f"z01_bulk.sidecar.{kind}.short"
        file, _ = asked(next(flags for other, _, flags in outputs() if other == name))
        mine = table_text(TABLES[kind](config_in(file))).split("\n")
        assert Counter(mine) == Counter(members()[name].decode().removesuffix("\n").split("\n")), kind


def test_what_istioctl_hides_of_real_dumps():
    nack = config_in("in/m06_nack_stale_config.sidecar_config_dump.json")
    reason = "local rate limit token bucket fill timer must be >= 50ms"
    assert listener_table(nack, port=80, address="0.0.0.0")["rejected"].tolist() == [reason] * 2
    assert listener_table(nack, hidden=True).iloc[-1][["listener", "state", "rejected"]].tolist() == ["0.0.0.0_80", "rejected", reason]
    missing = secret_table(config_in("in/k01_gw_missing_credential.gateway_config_dump.json"), now=CAPTURED)
    assert missing.loc[missing["missing"], "RESOURCE NAME"].tolist() == ["kubernetes://does-not-exist-cacert"]
    blocked = listener_table(config_in("in/b04_blackhole_http.sidecar_config_dump.json"), port=80, address="0.0.0.0")
    assert blocked.loc[blocked["is_default"], ["DESTINATION", "cluster"]].values.tolist() == [["Non-HTTP/Non-TCP", "BlackHoleCluster"]]
