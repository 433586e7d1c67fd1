"""How every chart looks: Okabe-Ito colours, one for each flag, and quiet lines on white."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import altair as alt

OTHER = "other"
MOST_VALUES = 7
WIDTH = 700

_VERMILLION, _PURPLE, _BLUE, _ORANGE, _YELLOW, _SKY, _GREEN = HUES = ("#D55E00", "#CC79A7", "#0072B2", "#E69F00", "#F0E442", "#56B4E9", "#009E73")
_GREY, _BLACK, _DARK_RED, _OLIVE, _SAND, _SILVER = "#999999", "#000000", "#7F3800", "#7A6A00", "#B9A95C", "#BBBBBB"

# A hue is a kind of trouble. The order decides for a set of words: an earlier one gives the set its colour.
_HUE_OF = (
    (_VERMILLION, "UF DF"),
    (_PURPLE, "UH UO LH DO UDO OM"),
    (_BLUE, "NC NR NFCF"),
    (_ORANGE, "UC UR LR UPE"),
    (_YELLOW, "UT SI DT UMSDR"),
    (_SKY, "DC DR DPE IH"),
    (_GREEN, "RL UAEX FI RLSE DI RFCF"),
    (_DARK_RED, "URX"),
    (_VERMILLION, "BlackHoleCluster"),
    (_ORANGE, "PassthroughCluster"),
    (_PURPLE, "answered_by_proxy"),
    (_BLUE, "external"),
    (_GREEN, "egress_gateway"),
    (_SKY, "in_mesh"),
    (_YELLOW, "inbound"),
    (_DARK_RED, "503 500 502 504 505"),
    (_OLIVE, "400 403 429 401 408 426"),
    (_SAND, "404"),
    (_SILVER, "200 204 201 206 301 302 304 307 308 101"),
    (_GREY, "- 0"),
    (_BLACK, OTHER),
)
_SHADES = ((_BLACK, 0.0), (_BLACK, 0.35), ("#FFFFFF", 0.4), (_BLACK, 0.6), ("#FFFFFF", 0.65), (_BLACK, 0.75), ("#FFFFFF", 0.8))


def _shade(hue: str, step: int) -> str:
    """Mix a hue with black or white; step 0 is the hue itself."""
    other, share = _SHADES[step % len(_SHADES)]
    mixed = (round(int(hue[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in mixed)


_FIXED = {word: (hue, step) for hue, words in _HUE_OF for step, word in enumerate(words.split())}
_RANK = {word: rank for rank, word in enumerate(_FIXED)}


def colours(values: Iterable[str]) -> dict[str, str]:
    """Give each value of a chart its colour: fixed for the words of Envoy, and never one colour twice.

    >>> colours(["-", "UF,URX", "UH"])
    {'-': '#999999', 'UF,URX': '#D55E00', 'UH': '#CC79A7'}
    """
    given = list(dict.fromkeys(values))
    chosen: dict[str, str] = {}
    taken = {fixed[0] for fixed in map(_fixed, given) if fixed}
    free = [hue for hue in HUES if hue not in taken]
    for value in sorted(given, key=lambda v: (len(_words(v)), v)):
        hue, step = _fixed(value) or (free.pop(0) if free else HUES[len(chosen) % len(HUES)], 0)
        steps = (_shade(hue, step + more) for more in range(len(_SHADES)))
        chosen[value] = next((shade for shade in steps if shade not in chosen.values()), hue)
    return {value: chosen[value] for value in given}


def coloured(column: str, colour_of: Mapping[str, str]) -> alt.Color:
    """Colour marks by a column of words; without words there is no legend, which Vega would fail to place."""
    legend: Any = alt.Undefined if colour_of else None
    scale = alt.Scale(domain=list(colour_of), range=list(colour_of.values()))
    return alt.Color(f"{column}:N", title=None, scale=scale, legend=legend)


def _words(value: str) -> list[str]:
    return re.split(r",| · ", value)


def _fixed(value: str) -> tuple[str, int] | None:
    known = [word for word in _words(value) if word in _FIXED]
    return _FIXED[min(known, key=_RANK.__getitem__)] if known else None


@alt.theme.register("egresslab", enable=True)  # type: ignore[arg-type]
def theme() -> dict[str, Any]:
    """Give the look of the house to Altair."""
    text: dict[str, Any] = {"labelFontSize": 12, "titleFontSize": 12, "labelColor": "#222222", "titleColor": "#222222", "titleFontWeight": "normal"}
    quiet: dict[str, Any] = {"gridColor": "#E6E6E6", "domainColor": "#888888", "tickColor": "#888888", "labelLimit": 280}
    return {
        "config": {
            "background": "#FFFFFF",
            "font": "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
            "view": {"stroke": None},
            "axis": {**text, **quiet},
            "header": {**text, "labelLimit": 220},
            "legend": {**text, "orient": "top", "symbolType": "square", "labelLimit": 240, "columns": 8},
            "title": {"anchor": "start", "fontSize": 15, "subtitleFontSize": 12, "subtitleColor": "#555555", "subtitlePadding": 4, "offset": 10},
            "bar": {"stroke": "#FFFFFF", "strokeWidth": 0.4},
        }
    }
