"""Every public function that takes a config gives the same answer when its frames went through a user's hands."""

from __future__ import annotations

import inspect
import io
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from test_frames_survive import plain

import egresslab as eg

ASKED = {
    "about": lambda config: eg.about(config, "api.example.com"),
    "cluster_table": lambda config: eg.cluster_table(config, hidden=True),
    "config_paths": lambda config: eg.config_paths(config),
    "diff_config": lambda config: eg.diff_config(config, original()),
    "eds_table": lambda config: eg.eds_table(config, hidden=True),
    "endpoint_table": lambda config: eg.endpoint_table(config, hidden=True),
    "listener_table": lambda config: eg.listener_table(config, hidden=True),
    "route_table": lambda config: eg.route_table(config, hidden=True),
    "secret_table": lambda config: eg.secret_table(config, now="2026-11-24", hidden=True),
}


def through_parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return pd.read_parquet(file)


HANDS = {
    "Parquet": through_parquet,
    "objects": lambda frame: frame.astype("object"),
    "CSV": lambda frame: pd.read_csv(io.StringIO(frame.to_csv(index=False)), keep_default_na=False, na_values=[""]) if len(frame) else frame,
    "concat of parts": lambda frame: pd.concat([frame.iloc[:3].astype("object"), frame.iloc[3:]], ignore_index=True),
    "index repeated": lambda frame: frame.set_axis([7] * len(frame)),
}


@cache
def original():
    return eg.sample("incident").config


def handled(config, hand):
    return replace(config, **{name: hand(frame) for name, frame in config.frames().items()})


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("function", ASKED)
def test_the_answer_is_the_same(function, hand):
    assert plain(ASKED[function](handled(original(), HANDS[hand]))) == plain(ASKED[function](original()))


def test_every_public_function_that_takes_a_config_is_asked():
    functions = {name: getattr(eg, name) for name in eg.__all__ if inspect.isfunction(getattr(eg, name))}
    assert {*ASKED} == {name for name, function in functions.items() if function.__module__.startswith("egresslab.config_views")}
