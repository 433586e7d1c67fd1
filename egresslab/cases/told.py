"""Which proxy does a text name? The command that printed a log, and istiod's lines about a config that was refused."""

from __future__ import annotations

import re

import pandas as pd

_COMMAND = re.compile(r"\b(?:kubectl|oc)[ \t]+([^\n|`>;]{0,200}?\blogs?\b[^\n|`>;]{0,200})")
_WITH_VALUE = ("-n", "--namespace", "-c", "--container", "--tail", "--since", "--context", "--since-time")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*")
_REFUSED_BY = r"ACK ERROR (?:\S+:\d+ )?(?:\w+~[^~\s]*~)?([\w.-]+\.[\w-]+?)(?:~\S*)?-\d+\s"


def pod_told(text: str) -> str | None:
    """Name the pod whose log the commands in a text print; None when they name none, or several.

    >>> pod_told("$ kubectl logs cart-1 -n shop -c istio-proxy --tail=5")
    'cart-1.shop'
    """
    if "kubectl " not in text and "oc " not in text:
        return None
    found = {pod for command in _COMMAND.findall(text) if (pod := _pod_of(command.split()))}
    return found.pop() if len(found) == 1 else None


def _pod_of(words: list[str]) -> str | None:
    values, names = dict[str, str](), list[str]()
    rest = iter(words)
    for word in rest:
        flag, _, value = word.partition("=")
        if word.startswith("-"):
            values[flag.lstrip("-")[:1]] = value or (next(rest, "") if flag in _WITH_VALUE else "")
        else:
            names.append(word.removeprefix("pod/"))
    pod, namespace = next((name for name in names if name not in ("log", "logs")), ""), values.get("n", "")
    if values.get("c", "istio-proxy") != "istio-proxy" or "l" in values or not _NAME.fullmatch(pod):
        return None
    return f"{pod}.{namespace}" if _NAME.fullmatch(namespace) else pod


def with_refusals(messages: pd.DataFrame) -> pd.DataFrame:
    """Give lines of istiod's about a config that a proxy refused to that proxy."""
    told = messages["text"][messages["component"] == "ads"].str.extract(_REFUSED_BY)[0].dropna()
    if told.empty:
        return messages
    proxies = messages["proxy"].astype("str")
    proxies[told.index] = told
    return messages.assign(proxy=proxies.astype("category"))
