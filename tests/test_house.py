"""The house keeps its floors: who may import whom, what files may be called, and how long things may be."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import egresslab as eg

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "egresslab"

# From the ground up. A room may import those on lower floors; rooms on one floor never import each other.
FLOORS = (
    ("errors",),
    ("sources",),
    ("envoy",),
    ("frames",),
    ("access_log", "config_dump", "istio", "views", "config_views", "simulator"),
    ("cases",),
    ("mistakes", "charts"),
    ("widgets", "sharing"),
    ("__init__",),
    ("shell",),
    ("__main__",),
)
ALSO = {"simulator": {"config_views"}}  # it traces through what the config's views say
NEVER = {"cases": {"views", "config_views", "simulator"}}  # it reads and holds, it does not answer

# Heavy or foreign: what only these rooms may import.
ONLY = {
    "altair": {"charts", "sharing"},
    "ipywidgets": {"widgets"},
    "nbclient": {"sharing"},
    "nbconvert": {"sharing"},
    "vl_convert": {"charts", "sharing"},
    "pyarrow": {room for floor in FLOORS[:6] for room in floor},
}

# A helper lives with its user, or it is a word of the house and has a name.
NAMELESS = {"base", "common", "core", "helper", "helpers", "misc", "util", "utils"}

# The aim is 80 to 150 lines a file and 10 a function; these are the longest today. Lower them when you shorten one, never raise them.
TABLES = ("test_lines_by_hand.py",)  # lines and all their fields, written out
LONGEST_FILE = 300
LONGEST_FUNCTION = 23


def modules():
    """All modules of the package by their dotted name; a package is its __init__."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in PACKAGE.rglob("*.py")}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for path, name in names.items()}


MODULES = modules()


def imported(tree):
    """All names that a module imports, also inside functions, and for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide who uses whom"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name):
    """The module that an imported name is or stands in, None outside the house."""
    while name not in MODULES:
        name, dot, _ = name.rpartition(".")
        if not dot:
            return None
    return name


def room_of(module):
    return module.split(".")[1] if "." in module else "__init__"


def allowed(room):
    floor = next(n for n, rooms in enumerate(FLOORS) if room in rooms)
    below = {other for rooms in FLOORS[:floor] for other in rooms}
    return (below | ALSO.get(room, set())) - NEVER.get(room, set()) | {room}


def test_every_room_has_a_floor():
    assert {room_of(module) for module in MODULES} <= {room for floor in FLOORS for room in floor}


@pytest.mark.parametrize("room", sorted({room_of(module) for module in MODULES}))
def test_a_room_imports_only_what_is_below_it(room):
    used = {module_of(name) for module, tree in MODULES.items() if room_of(module) == room for name in imported(tree)} - {None}
    assert {room_of(module) for module in used} <= allowed(room)


@pytest.mark.parametrize("library", ONLY)
def test_a_library_stays_in_its_rooms(library):
    users = {room_of(module) for module, tree in MODULES.items() for name in imported(tree) if name.split(".")[0] == library}
    assert users <= ONLY[library]


def test_no_module_imports_itself_in_a_circle():
    graph = {module: {module_of(name) for name in imported(tree)} - {None} for module, tree in MODULES.items()}
    assert set(TopologicalSorter(graph).static_order()) == set(MODULES)


def test_every_file_has_a_name_of_its_own():
    assert [path for path in PACKAGE.rglob("*") if path.stem in NAMELESS] == []


def test_no_room_is_called_like_a_public_name():
    # Importing egresslab.explain would put the module in the place of the function.
    assert {path.stem for path in PACKAGE.iterdir()} & set(eg.__all__) == set()


def sources():
    return [path for folder in ("egresslab", "tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py")) if path.name not in TABLES]


def test_files_are_short():
    long = {path.relative_to(ROOT).as_posix(): n for path in sources() if (n := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE}
    assert long == {}


def lines_of_code(function):
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return function.end_lineno - body[0].lineno + 1


def test_functions_are_short():
    functions = ((module, node) for module, tree in MODULES.items() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    long = {f"{module}.{node.name}": n for module, node in functions if (n := lines_of_code(node)) > LONGEST_FUNCTION}
    assert long == {}
