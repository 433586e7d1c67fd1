"""One offline page out of a notebook: charts draw, nothing is asked of the network, and log text stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bleach
import vl_convert
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.exporters import HTMLExporter
from traitlets import default
from traitlets.config import Config

from egresslab.charts.renderer import MIME
from egresslab.frames import visible

_TEMPLATES = Path(__file__).parent / "templates"
_SHOWN_FIRST = [MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]

# What tables and prose need. Anything else that stands in an output is shown as the text it is.
_TAGS = (
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i li mark ol p pre s small "
    "span strong sub summary sup table tbody td tfoot th thead tr u ul wbr"
)
_CELL = ["colspan", "rowspan", "scope"]
_ATTRIBUTES = {"*": ["class", "id", "style", "title"], "a": ["href"], "details": ["open"], "td": _CELL, "th": _CELL}
_STYLES = CSSSanitizer(allowed_css_properties=["background-color", "color", "font-weight", "text-align", "white-space", "width"])


class EgresslabExporter(HTMLExporter):
    """Write a notebook as one HTML page that works offline and can be sent to anybody.

    A notebook whose metadata say ``{"egresslab": {"code": "hidden"}}`` is a report: its code stays out of the page.
    """

    export_from_notebook = "Offline page (egresslab)"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "egresslab"

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(_TEMPLATES)]

    @default("sanitize_html")
    def _sanitize_html_default(self) -> bool:
        return True

    @property
    def default_config(self) -> Config:
        """Prefer our charts, and leave out prompts."""
        ours = Config(
            {
                "NbConvertBase": {"display_data_priority": _SHOWN_FIRST},
                "TemplateExporter": {"exclude_input_prompt": True, "exclude_output_prompt": True},
            }
        )
        config = Config(super().default_config)
        config.merge(ours)
        return config

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add what makes outputs harmless."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "clean_html", clean_html
        yield "inline_json", inline_json

    def from_notebook_node(self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """Convert a notebook; the one given is left as it is."""
        page = deepcopy(nb)
        page.metadata.pop("widgets", None)
        code = [cell for cell in page.cells if cell.cell_type == "code"]
        outputs = [output for cell in code for output in cell.outputs]
        for cell in code:
            cell.source = _visible_lines(cell.source)
        for output in outputs:
            _show_what_it_holds(output)
        scripts = _scripts() if any(MIME in output.get("data", {}) for output in outputs) else ()
        ours = {"mime": MIME, "scripts": scripts, "policy": _policy(scripts), "version": version("egresslab")}
        return super().from_notebook_node(page, {**(resources or {}), "egresslab": ours}, **kw)


@cache
def _scripts() -> tuple[str, ...]:
    """Give Vega, once a process since it takes seconds to bundle, and the lines that draw with it."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    draw = (_TEMPLATES / "egresslab" / "draw.js").read_text(encoding="utf-8")
    return tuple(re.sub("<(/script|!--)", r"<\\\1", script, flags=re.IGNORECASE) for script in (bundle, draw))


def _policy(scripts: tuple[str, ...]) -> str:
    """Forbid the page all network, and every script that is not one of these."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{text}'" for text in hashes) or "'none'"
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"


def _show_what_it_holds(output: Any) -> None:
    """Make hidden characters of an output visible, and leave out a traceback, which says where on a machine things lie."""
    if output.output_type == "stream":
        output.text = _visible_lines(output.text)
    elif output.output_type == "error":
        output.traceback = [_visible_lines(f"{output.ename}: {output.evalue}")]
    else:
        output.data = _visible_values(output.data)


def _visible_lines(text: str) -> str:
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def _visible_values(value: Any) -> Any:
    """Do the same all through a chart's spec, where a number that JSON does not know is missing."""
    if isinstance(value, str):
        return _visible_lines(value)
    if isinstance(value, dict):
        return {_visible_lines(str(name)): _visible_values(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_visible_values(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def clean_html(html: str | bytes) -> str:
    """Keep tables and prose of an output; scripts, pictures, frames and forms become the text they are.

    >>> clean_html("<b>a</b><script>c</script>")
    '<b>a</b>&lt;script&gt;c&lt;/script&gt;'
    """
    text = html.decode() if isinstance(html, bytes) else str(html)
    unstyled = re.sub(r"<style\b.*?</style>", "", text, flags=re.IGNORECASE | re.DOTALL)
    return str(bleach.clean(unstyled, tags=_TAGS.split(), attributes=_ATTRIBUTES, css_sanitizer=_STYLES))


def inline_json(value: Any) -> str:
    r"""Write JSON that can stand in a script element and cannot end it.

    >>> inline_json({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
