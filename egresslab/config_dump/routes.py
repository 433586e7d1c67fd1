"""Routes to rows: what they match, and what becomes of a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from egresslab.config_dump.istioctl_words import route_match
from egresslab.config_dump.part import Part
from egresslab.config_dump.rows import comma_text, text_of, walk
from egresslab.config_dump.taken import Taken, owner

_PATHS = ("prefix", "path", "safe_regex", "path_separated_prefix", "connect_matcher", "path_match_policy", "regex")
_ELSEWHERE = {*_PATHS, "case_sensitive", "headers", "query_parameters"}
_ACTIONS = ("route", "redirect", "direct_response", "filter_action", "non_forwarding_action")
_CODES = {"MOVED_PERMANENTLY": 301, "FOUND": 302, "SEE_OTHER": 303, "TEMPORARY_REDIRECT": 307, "PERMANENT_REDIRECT": 308}


def add_route(part: Part, route: dict[str, Any], taken: Taken, whose: dict[str, Any]) -> None:
    """Add one route: a row for each cluster that it leads to."""
    action = next((a for a in _ACTIONS if a in route), None)
    computed = {**whose, **_matched(route.get("match") or {}), **_acted(route, action), "resource": owner(route)}
    for cluster, weight in _clusters(route.get("route") or {}):
        part.add("routes", {"": route}, **computed, cluster=cluster, weight=weight, **taken.columns)


def _clusters(action: dict[str, Any]) -> Iterator[tuple[str | None, int | None]]:
    several = walk(action, ["weighted_clusters", "clusters"])
    if not several:
        yield action.get("cluster"), None
    for one in several or []:
        yield one.get("name") or one.get("cluster_header"), one.get("weight", 0)


def _matched(match: dict[str, Any]) -> dict[str, Any]:
    kind = next((k for k in _PATHS if k in match), None)
    value = walk(match, ["safe_regex", "regex"]) if kind == "safe_regex" else match.get(kind) if kind else None
    other = {k: v for k, v in match.items() if k not in _ELSEWHERE}
    return {
        "match": route_match(match),
        "match_type": kind,
        "match_value": text_of(value) if value else None,
        "headers": "; ".join(map(_header, match.get("headers") or [])) or None,
        "query_parameters": "; ".join(map(_header, match.get("query_parameters") or [])) or None,
        "other_matches": orjson.dumps(other, option=orjson.OPT_SORT_KEYS).decode() if other else None,
    }


def _header(matcher: dict[str, Any]) -> str:
    """Write a header or query parameter match: ``name: value``, ``name: prefix*``, ``name: ~regex``; ``not`` before an inverted one."""
    rest = {k: v for k, v in matcher.items() if k not in ("name", "invert_match")}
    words = _header_value(rest)
    return f"{'not ' if matcher.get('invert_match') else ''}{matcher.get('name', '')}: {words}"


def _header_value(rest: dict[str, Any]) -> str:
    for key, value in rest.items():
        if key == "present_match":
            return "present" if value else "absent"
        if key == "string_match":
            return text_of(value)
        if key.endswith("_match"):
            return text_of({key.removesuffix("_match"): value})
    return text_of(rest) if rest else "present"


def _acted(route: dict[str, Any], action: str | None) -> dict[str, Any]:
    forward, redirect = route.get("route") or {}, route.get("redirect")
    retry_on = walk(forward, ["retry_policy", "retry_on"])
    return {
        "action": action,
        "response_code": _code(redirect) if redirect is not None else walk(route, ["direct_response", "status"]),
        "redirect": _redirect(redirect) if redirect is not None else None,
        "retry_on": comma_text(retry_on.split(",")) if retry_on else None,
        "path_rewrite": _path_rewrite(forward),
        "filter_config": comma_text(route.get("typed_per_filter_config") or {}),
    }


def _code(redirect: dict[str, Any]) -> int:
    return _CODES.get(redirect.get("response_code", ""), 301)


def _redirect(redirect: dict[str, Any]) -> str:
    scheme = redirect.get("scheme_redirect") or ("https" if redirect.get("https_redirect") else "*")
    port = f":{redirect['port_redirect']}" if redirect.get("port_redirect") else ""
    path = redirect.get("path_redirect") or (f"{redirect['prefix_rewrite']}*" if redirect.get("prefix_rewrite") else None)
    return f"{scheme}://{redirect.get('host_redirect') or '*'}{port}{path or '/*'}"


def _path_rewrite(action: dict[str, Any]) -> str | None:
    if isinstance(regex := action.get("regex_rewrite"), dict):
        return f"~{walk(regex, ['pattern', 'regex'])} -> {regex.get('substitution', '')}"
    return action.get("prefix_rewrite") or action.get("path_rewrite")
