from __future__ import annotations

import base64
import json
import struct
import zlib

import altair as alt
import pandas as pd
import vl_convert

from egresslab.charts.renderer import MIME, render, smaller

SPEC = alt.Chart(pd.DataFrame({"a": [1, 2]}), description="Two bars.").mark_bar().encode(x="a:O").to_dict()


def test_a_chart_travels_as_spec_picture_and_text_and_never_as_html():
    bundle, metadata = render(SPEC)
    assert sorted(bundle) == [MIME, "image/png", "text/plain"]
    assert bundle["text/plain"] == "Two bars."
    assert bundle[MIME]["$schema"].endswith("/v5.6.1.json")
    assert metadata == {}


def test_the_bundle_is_json_and_the_spec_given_is_left_alone():
    before = json.dumps(SPEC)
    json.dumps(render(SPEC)[0])
    assert json.dumps(SPEC) == before


def test_options_for_the_front_end_go_with_the_spec():
    assert render(SPEC, embed_options={"actions": False})[1] == {MIME: {"embed_options": {"actions": False}}}


def test_the_picture_has_the_same_pixels_in_fewer_bytes():
    png = vl_convert.vegalite_to_png(SPEC)
    again = smaller(png)
    assert len(again) < len(png)
    assert _pixels(again) == _pixels(png)


def test_a_chart_that_cannot_be_drawn_here_still_goes_out_as_a_spec():
    far = {**SPEC, "data": {"url": "https://example.com/a.csv"}}
    assert sorted(render(far)[0]) == [MIME, "text/plain"]


def test_altair_shows_charts_through_it():
    bundle, _ = alt.renderers.get()(SPEC)
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def _pixels(png: bytes) -> bytes:
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        assert zlib.crc32(png[at + 4 : at + 8 + length]) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        data += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(data)
