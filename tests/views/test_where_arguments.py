from __future__ import annotations

import pytest

from egresslab.errors import FrameError
from egresslab.views import where, where_arguments


@pytest.mark.parametrize(
    ("texts", "query"),
    [
        ([], {}),
        (["response_flags=UF"], {"response_flags": "UF"}),
        (["response_flags=UF,DC"], {"response_flags": "UF,DC"}),
        (["response_flags=[UF, DC]"], {"response_flags": ["UF", "DC"]}),
        (["duration_ms>=1000"], {"duration_ms": ">=1000"}),
        (["duration_ms < 5"], {"duration_ms": "<5"}),
        (["duration_ms=10..20"], {"duration_ms": "10..20"}),
        (["upstream_cluster=outbound|443||*"], {"upstream_cluster": "outbound|443||*"}),
        (["path=/a?b=c>d"], {"path": "/a?b=c>d"}),
        (["upstream_host=[::1]:443"], {"upstream_host": "[::1]:443"}),
        (["method=-"], {"method": "-"}),
        (["response_code!=200"], {"exclude": {"response_code": "200"}}),
        (["response_code!=>=500", "method=GET"], {"method": "GET", "exclude": {"response_code": ">=500"}}),
        (["text=a b", "text=c", "text!=d"], {"text": ["a b", "c"], "exclude": {"text": "d"}}),
    ],
)
def test_the_shell_says_what_python_says(texts, query):
    assert where_arguments(texts) == query


def test_its_words_are_those_of_where(log):
    query = where_arguments(["failed=true", "response_code=[502,503]", "duration_ms>=1", "egress_class!=inbound"])
    assert where(log, **query).index.tolist() == [1]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["timeout"], "'timeout' is no question; write column=value"),
        (["=5"], "'=5' is no question"),
        (["method=GET", "method=POST"], "asks for 'method' twice"),
        (["duration_ms>=10", "duration_ms<=20"], r"a range such as 10\.\.20"),
    ],
)
def test_what_is_no_question_says_how_to_ask(texts, says):
    with pytest.raises(FrameError, match=says):
        where_arguments(texts)
