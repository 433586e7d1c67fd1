"""What people, terminals and web pages make of a line on its way into a question, undone."""

from __future__ import annotations

import html
import re

from egresslab.access_log.cast import text_of
from egresslab.access_log.pattern import TIME

_COLOUR = r"\x1b\[[0-9;]*[mK]"
_QUOTES = str.maketrans("“”„‟″〝〞\uff02", '"' * 8)
LEFTOVERS = (b"\r", b"<br>", b"<br/>", b"<br />")  # with which a line does not end
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f\u2009\u3000", " "))
_NOTHING = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_METHOD = r"(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)"
_ENTRY = rf"(?:\[?{TIME}|\{{|\[(?:\.{{3,}}|…)\]|\"(?:{_METHOD} |- - ))"
_TAG = "(?:pre|code|span|div|td|li|br|p)"
# Quotes, bullets and headings of Markdown, a prompt, a table's edge, what a log's rotation leaves: a dash may also be a field.
_IN_FRONT = re.compile(rf"\s*(?:(?:>+|[*+•#$|│┃]|\d{{1,3}}[.)]|[-\u2013](?=[ \t]+{_ENTRY}))[ \t]+|`+|\*\*|\x00+|</?{_TAG}\b[^<>]{{0,80}}>)")
_BEHIND = re.compile(rf"(?:`{{1,3}}|\*\*|[│┃]|(?<=\s)[\\|]|</?{_TAG} ?/?>|\r)$")
_LAST = frozenset("`*│┃\\|>\r")
_SNIPPED = r"(?:<\s*(?:\.{2,}|…)\s*>|[<\[(]\s*(?:snip(?:ped)?|trimmed|truncated|omitted|cut|elided)\s*[>\])]|\(\s*(?:\.{3,}|…)\s*\))"

# What a text must hold, what a person or a tool wrote, and what that is made of again.
_MENDS = (
    ('"~~"', re.compile(r'"~~"'), '"-"'),
    ("**", re.compile(r"(?<![/\w*])\*\*(?=[^*\s])|(?<=[^/\s*])\*\*(?![/\w*])"), ""),
    ("", re.compile('(?:^|(?<=[\\s"]))[\u2013\u2014\u2212](?=[\\s"]|$)'), "-"),  # what editors put for a dash
    ("", re.compile(rf"(?:^|(?<= )){_SNIPPED}(?= |$)", re.IGNORECASE), "..."),
    (">", re.compile(r"<[A-Za-z](?:[\w.'-]* ){1,6}[\w.'-]*>"), "…"),
    ("", re.compile(rf"^\[?({TIME})\]? (?=[\"A-Z-])"), r"[\1] "),
    ("HTTP/", re.compile(rf"^(\[{TIME}\] |)(?={_METHOD} \S+ HTTP/[\d.]+\" )"), r'\1"'),
    ("HTTP/", re.compile(rf'^(\[{TIME}\] "{_METHOD} [^\s"]*[^\s"/])(HTTP/[\d.]+" )'), r"\1 \2"),  # Istio 1.0 forgot the blank
    ('"- --"', re.compile(rf'^(\[{TIME}\] )"- --" '), r'\1"- - -" '),
)
_MANY_BLANKS = re.compile(r"[ \t]{2,}|\t")
_QUOTE_IN_HTML = re.compile("&(?:#34|#[xX]22|quot);")
_ESCAPED = re.compile(rf'\s*"?(?:\[?{TIME}\]? \\"|\\"(?:{_METHOD} |- - )|\{{\s*\\")')
_ESCAPES = re.compile(_COLOUR.encode())
_RESET = re.compile(rb"\x1b\[(?:0?|0?;0?)m")
_BEGINS = re.compile(rf"\[{TIME}\] ")


def mended(text: str) -> str:
    r"""Undo what a line may have gone through; a line that went through nothing comes back as it is.

    >>> mended('> [2026-11-23T23:16:20.982Z] “- - -” 0 UF')
    '[2026-11-23T23:16:20.982Z] "- - -" 0 UF'
    """
    text = re.sub(_COLOUR, "", text) if "\x1b" in text else text
    text = text if text.isascii() else text.translate(_NOTHING).translate(_BLANKS).translate(_QUOTES)
    text = html.unescape(text).replace("\u00a0", " ") if _QUOTE_IN_HTML.search(text) else text
    text = _bare(_unescaped(text))
    for mark, pattern, instead in _MENDS:
        if mark in text:
            text = pattern.sub(instead, text)
    return _narrow(text.strip()) + " " * (text[-1:] == " ")  # the last field is whole where a blank is behind it


def _bare(text: str) -> str:
    """Take off what stands in front of a line and behind it: one mark after the other, and no more than a few."""
    end = " " * (text[-1:] in (" ", "\t"))
    text = text.strip()
    for _ in range(6):
        shorter = text
        shorter = shorter[found.end() :] if (found := _IN_FRONT.match(shorter)) else shorter
        shorter = shorter[:-8] + _BEHIND.sub("", shorter[-8:]) if shorter[-1:] in _LAST else shorter
        if shorter == text:
            return text + end
        text = shorter.strip()
    return text + end


def _unescaped(text: str) -> str:
    """Take off the backslashes that a log store or a programming language put before quotes."""
    if not _ESCAPED.match(text) or len(re.findall(r'(?<!\\)"', text)) > 2:
        return text
    inner = text.strip().removeprefix('"')
    inner = inner.removesuffix('"') if inner.endswith(('\\""', '\\n"')) or not inner.endswith('\\"') else inner
    return re.sub(r"\\([\\\"/])", r"\1", inner.removesuffix("\\n"))


def _narrow(text: str) -> str:
    """Make one blank of several between the fields, as they stand in tables; those in quotes are values' own."""
    if not ("  " in text or "\t" in text) or not _BEGINS.match(text):
        return text
    parts = text.split('"')
    return '"'.join(_MANY_BLANKS.sub(" ", part) if n % 2 == 0 else part for n, part in enumerate(parts))


def utf8(line: bytes) -> bytes:
    """Write a line in UTF-8: what stands between two quotes, or between two blanks, and is not is read as Latin-1, as Envoy's own JSON log does."""
    parts = line.split(b'"')
    return b'"'.join(text_of(p).encode() if n % 2 else b" ".join(text_of(word).encode() for word in p.split(b" ")) for n, p in enumerate(parts))


def uncoloured(data: bytes) -> bytes:
    """Take the colours out of lines, as grep and terminals put them in; an escape that no reset follows is a value's own."""
    return b"\n".join(_uncoloured(line) if _RESET.search(line) else line for line in data.split(b"\n"))


def _uncoloured(line: bytes) -> bytes:
    bare = _ESCAPES.sub(b"", line)
    return bare if bare.strip() else line  # it is still a line
