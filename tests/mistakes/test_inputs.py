"""What mistakes ask for: worked out once, and only of what is there."""

from __future__ import annotations

import pandas as pd
import pytest

import egresslab as eg
from egresslab.mistakes import inputs
from egresslab.mistakes.inputs import Inputs

LOG = eg.as_log(pd.DataFrame([{"upstream_cluster": "PassthroughCluster", "downstream_local_address": "203.0.113.9:443", "proxy": "app.shop"}]))


def test_what_is_worked_out_of_others_is_worked_out_once(monkeypatch):
    asked = []
    monkeypatch.setitem(inputs._DERIVED, "unknown", lambda shapes: asked.append(len(shapes)) or ["one"])
    given = Inputs(log=LOG)
    assert [given.ask(lambda unknown: unknown), given["unknown"], given.ask(lambda unknown=None: unknown)] == [["one"]] * 3
    assert asked == [1]


@pytest.mark.parametrize(
    ("way", "lacking"),
    [
        (lambda unknown: None, ["log"]),
        (lambda refusals, config: None, ["log", "config"]),
        (lambda hops, sight, known, outbound: None, []),
        (lambda messages, stats=None: None, ["messages"]),
    ],
)
def test_what_is_lacking_is_named_by_the_part_of_the_case(way, lacking):
    assert Inputs().lacking(way) == lacking
    assert Inputs(log=LOG).lacking(way) == [name for name in lacking if name != "log"]


def test_parts_that_say_nothing_are_not_there():
    given = Inputs.of(eg.Case(log=LOG.iloc[:0], config=eg.Config()))
    assert [given[name] for name in ("log", "shapes", "unknown", "config", "resources", "messages")] == [None] * 6


def test_many_destinations_are_one_finding_each():
    addresses = [f"10.0.{n // 250}.{n % 250}:443" for n in range(3000)]
    log = eg.as_log(pd.DataFrame({"downstream_local_address": addresses, "upstream_cluster": "PassthroughCluster", "proxy": "app.shop"}))
    found = eg.diagnose(eg.Case(log=log))
    assert (found["mistake"] == "host_not_in_registry").sum() == 3000
