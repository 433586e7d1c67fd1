"""Shipped samples: small cases with known causes, to learn and to test from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from egresslab.cases.case import Case
from egresslab.cases.read import read_case
from egresslab.errors import EgresslabError, near


def sample(name: str, *, fixed: bool = False) -> Case:
    """Where do I find a log to try things on?

    Parameters
    ----------
    name
        A folder of samples, such as ``busy`` (215 s of traffic with seven incidents) or ``healthy``.
    fixed
        Whether the mended side of a worked mistake is asked for, instead of the broken one.

    Returns
    -------
    Case
        The sample, read.

    Raises
    ------
    EgresslabError
        When there is no such sample; names those that are there.

    Examples
    --------
    >>> import egresslab as eg
    >>> len(eg.sample("busy").log)
    61928
    """
    root = sample_path(name)
    sides = [root / side for side in ("broken", "fixed") if (root / side).is_dir()]
    if fixed and not (root / "fixed").is_dir():
        raise EgresslabError(f"the sample {name!r} has no mended side; leave fixed= away")
    return read_case(sides[-1 if fixed else 0] if sides else root)


def sample_path(name: str = "") -> Path:
    """Where does a shipped sample lie on disk?

    Parameters
    ----------
    name
        A sample or a file in one, such as ``formats/istio.log``; without it the folder of all samples.

    Returns
    -------
    pathlib.Path
        The file or folder.

    Raises
    ------
    EgresslabError
        When there is no such sample; names those that are there.

    Examples
    --------
    >>> import egresslab as eg
    >>> eg.sample_path("formats/istio.log").name
    'istio.log'
    """
    root = shipped("data")
    path = (root / name).resolve()
    if not path.exists() or not path.is_relative_to(root):
        known = sorted(p.name for p in root.iterdir() if p.is_dir())
        raise EgresslabError(f"no sample is called {name!r}; {near(name, known)}")
    return path


@cache
def shipped(folder: str) -> Path:
    """Find ``data`` or ``notebooks``: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / f"_{folder}"
    return inside if inside.is_dir() else package.parent / folder
