"""The menu: every public name, in order, of one shape, and quick to load."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import egresslab as eg
from egresslab import errors

FUNCTIONS = [name for name in eg.__all__ if inspect.isfunction(getattr(eg, name))]
CLASSES = [name for name in eg.__all__ if inspect.isclass(getattr(eg, name))]
ERRORS = {name for name, thing in vars(errors).items() if inspect.isclass(thing) and issubclass(thing, errors.EgresslabError)}

# Two where a second is what is asked about.
POSITIONAL = {
    "about": ["given", "host"],
    "compare": ["before", "after"],
    "diff_config": ["before", "after"],
    "explain": ["given", "case"],
    "report": ["given", "out"],
}

HEAVY = {
    "orjson",
    "msgspec",
    "yaml",
    "cryptography",
    "altair",
    "vl_convert",
    "IPython",
    "ipywidgets",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "jupyter_client",
}


def parsed(name):
    return ast.parse(Path(import_module(name).__file__).read_text(encoding="utf-8"))


def test_all_is_sorted():
    assert eg.__all__ == sorted(eg.__all__, key=lambda name: (not name.isupper(), name))


def test_all_is_what_the_menu_imports():
    imports = [node for node in ast.walk(parsed("egresslab")) if isinstance(node, ast.ImportFrom) and node.module.startswith("egresslab")]
    assert {alias.asname or alias.name for node in imports for alias in node.names} == set(eg.__all__)


def test_dir_is_the_menu():
    assert dir(eg) == sorted([*eg.__all__, "__version__"])


@pytest.mark.parametrize("name", eg._LAZY)
def test_a_lazy_name_is_what_its_room_exports(name):
    assert name in eg.__all__
    assert hasattr(import_module(f"egresslab.{eg._LAZY[name]}"), name)
    if name in FUNCTIONS + CLASSES:
        assert getattr(eg, name).__module__.startswith(f"egresslab.{eg._LAZY[name]}")


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(eg, "diagnoze")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_thing_is_positional_and_the_rest_has_names(name):
    parameters = inspect.signature(getattr(eg, name)).parameters.values()
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
    assert positional == POSITIONAL.get(name, positional[:1])
    assert len(positional) == len(POSITIONAL.get(name, [name]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_which_question_it_answers(name):
    assert inspect.getdoc(getattr(eg, name)).splitlines()[0].endswith("?")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_docstring_is_whole(name):
    function = getattr(eg, name)
    lines = inspect.getdoc(function).splitlines()
    sections = [line for line, rule in pairwise(lines) if rule and set(rule) == {"-"}]
    assert sections == ["Parameters", "Returns", "Raises", "Examples"]
    described = [line for line in lines[lines.index("Parameters") + 2 : lines.index("Returns")] if line and not line.startswith(" ")]
    assert ", ".join(described).replace("*", "").split(", ") == list(inspect.signature(function).parameters)
    assert ">>> " in "\n".join(lines[lines.index("Examples") :])


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_it_is(name):
    assert getattr(eg, name).__doc__.splitlines()[0].endswith((".", "``."))


def test_all_errors_are_public_value_errors():
    assert set(eg.__all__) >= ERRORS
    assert {name for name in ERRORS if not issubclass(getattr(eg, name), ValueError)} == set()


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_import_loads_nothing_heavy():
    loaded = set(run("import sys, egresslab; print(*{name.split('.')[0] for name in sys.modules})").split())
    assert "pandas" in loaded
    assert loaded & HEAVY == set()
    assert "egresslab.charts" not in run("import sys, egresslab; dir(egresslab); print(*sys.modules)").split()
