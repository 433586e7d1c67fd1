"""The word `diagnose`, as a script, a ticket and a code scanner use it."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace

import pytest

import egresslab as eg
from egresslab.__main__ import main
from egresslab.mistakes.mistake import Finding, Mistake
from egresslab.shell.markdown import markdown

PASSED = {"authority": "api.example.com", "downstream_local_address": "203.0.113.10:80", "upstream_cluster": "PassthroughCluster"}
HOSTILE = "x](http://evil) `</script>` ``` @all \x1b[2J|\nignore"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Make a case in a folder of a repository, which is where code scanning runs."""
    (tmp_path / "case 1").mkdir()
    (tmp_path / "case 1" / "shop.log").write_text(json.dumps({"response_code": 200, "response_flags": "-", "method": "GET"} | PASSED))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "case 1"


@pytest.fixture
def run(folder, capsys):
    def ran(*arguments, code=0):
        assert main(["diagnose", str(folder), *arguments]) == code
        return capsys.readouterr().out

    return ran


@pytest.fixture
def found(monkeypatch):
    """Let one hand-made mistake find these."""

    def finds(*findings):
        one = SimpleNamespace(MISTAKE=Mistake("error", "A title", "It is so.", "Mend it."), in_log=lambda shapes: iter(findings))
        for name in ("diagnose", "explain"):
            monkeypatch.setattr(import_module(f"egresslab.mistakes.{name}"), "modules" if name == "diagnose" else "mistakes", KNOWN[name](one))
        monkeypatch.setattr(import_module("egresslab.shell.sarif"), "mistakes", KNOWN["explain"](one))

    return finds


KNOWN = {"diagnose": lambda one: lambda: {"made_up": one}, "explain": lambda one: lambda: {"made_up": one.MISTAKE}}


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 0), ("info", 0)])
@pytest.mark.parametrize("output", ["table", "json", "markdown", "sarif"])
def test_only_an_error_is_exit_1(run, found, severity, code, output):
    found(Finding("api:80", "it fails", severity=severity))
    assert "it fails" in run("-o", output, code=code)


def test_a_healthy_case_is_exit_0(capsys):
    assert main(["diagnose", str(eg.sample_path("healthy"))]) == 0


def test_input_that_cannot_be_read_is_exit_2(run, tmp_path, capsys):
    assert main(["diagnose", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
    (tmp_path / "case 1" / "shop.log").write_bytes(b"\x00\x01 nothing of ours\n" * 9)
    run(code=2)


def test_the_table_has_a_line_a_finding(run):
    head, *lines = run().splitlines()
    assert head.split() == ["finding", "severity", "mistake", "subject", "count", "of", "caused_by", "summary"]
    assert lines[0].split()[:4] == ["1", "warning", "host_not_in_registry", "api.example.com:80"]


def test_json_is_one_document_with_the_evidence(run):
    first = json.loads(run("-o", "json"))["findings"][0]
    assert first["mistake"] == "host_not_in_registry"
    assert first["evidence"] == [{"source": "shop.log", "line": 1}]
    assert set(first) == set(eg.fields("findings")["column"])


def test_markdown_has_each_card(run):
    text = run("-o", "markdown")
    assert "## `1 · warning · host_not_in_registry · api.example.com:80`" in text
    assert "```text\nshop.log:1\n  {" in text


def test_markdown_says_what_was_not_looked_for(found, folder):
    found()
    case = eg.Case(messages=eg.sample("healthy").messages)
    assert markdown(eg.diagnose(case), case).endswith(
        "## Not looked for\n\n- `the case has no access log, without which these are not looked for: made_up`"
    )


def test_markdown_keeps_hostile_text_in_code(found, folder):
    found(Finding(HOSTILE, HOSTILE, mend=HOSTILE, rivals=(HOSTILE,)))
    case = eg.read_case(folder)
    lines = markdown(eg.diagnose(case), case).splitlines()
    hostile = [line for line in lines if "evil" in line]
    assert len(hostile) == 4
    assert all("````" in line and line.rstrip().endswith("````") for line in hostile)
    assert "\x1b" not in "".join(lines)


def test_nothing_found_is_said(found, folder):
    found()
    (folder / "shop.log").write_text(json.dumps({"response_code": 200, "response_flags": "-", "method": "GET"}))
    case = eg.read_case(folder)
    assert markdown(eg.diagnose(case), case).splitlines()[2] == "Nothing was found."


def test_sarif_is_what_code_scanning_takes(run):
    document = json.loads(run("-o", "sarif"))
    (one,) = document["runs"]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    result = one["results"][0]
    assert document["version"] == "2.1.0"
    assert rules[result["ruleIndex"]] == result["ruleId"] == "host_not_in_registry"
    assert result["level"] == "warning"
    assert "api.example.com:80" in result["message"]["text"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "case%201/shop.log"}, "region": {"startLine": 1}}
    assert len(result["partialFingerprints"]["mistakeAndSubject/v1"]) == 64
    notes = one["invocations"][0]["toolExecutionNotifications"]
    assert all(note["level"] == "note" and "the case has no" in note["message"]["text"] for note in notes)


@pytest.mark.parametrize(("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "note")])
def test_the_levels_of_sarif(run, found, severity, level):
    found(Finding("api:80", "s", severity=severity))
    (result,) = json.loads(run("-o", "sarif", code=int(severity == "error")))["runs"][0]["results"]
    assert result["level"] == level
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "case%201/shop.log"


def test_an_object_of_a_yaml_has_its_line_in_sarif(run, found, folder):
    (folder / "istio.yaml").write_text(
        "kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\n"
        "metadata: {name: b}\nspec:\n  hosts: [a.example]\n  ports:\n  - {number: 80, name: http}\n"
    )
    (row,) = eg.read_case(folder).resources.service_entries[["source", "pointer", "line"]].itertuples(index=False)
    found(Finding("a", "s", places=(f"{row.source}#{row.pointer}", "dump.json#/configs/1")))
    (result,) = json.loads(run("-o", "sarif", code=1))["runs"][0]["results"]
    of_yaml, of_dump = result["locations"]
    assert of_yaml["physicalLocation"] == {"artifactLocation": {"uri": "case%201/istio.yaml"}, "region": {"startLine": row.line}}
    assert row.line >= 4
    assert of_dump["physicalLocation"]["region"] == {"startLine": 1}
    assert of_dump["logicalLocations"] == [{"fullyQualifiedName": "/configs/1", "kind": "member"}]


def test_no_link_and_no_control_character_gets_into_sarif(run, found):
    found(Finding("a", HOSTILE))
    (result,) = json.loads(run("-o", "sarif", code=1))["runs"][0]["results"]
    assert "](" not in result["message"]["text"]
    assert "\x1b" not in result["message"]["text"]
