"""The words `config` and `collect`, as a script and as a person use them."""

import csv
import io
import json

import pytest

import egresslab as eg
from egresslab.__main__ import main

CASE = str(eg.sample_path("incident"))
GATEWAY = str(eg.sample_path("incident/gateway_config_dump.json"))


@pytest.fixture
def run(capsys):
    def ran(*arguments, code=0):
        assert main(["config", *arguments]) == code
        return capsys.readouterr().out

    return ran


@pytest.mark.parametrize("what", ["listeners", "routes", "clusters", "secrets"])
def test_a_table_looks_as_istioctl_prints_it(run, what):
    table = getattr(eg, f"{what[:-1]}_table")(eg.read_config_dump(GATEWAY))
    head, *rows = run(GATEWAY, what).splitlines()
    assert head.split() == " ".join(c for c in table.columns if c.isupper() and c != "TRUST DOMAIN").split()
    assert len(rows) == len(table)


def test_each_proxy_of_a_case_has_its_table(run):
    assert [line for line in run(CASE, "listeners").splitlines() if line.startswith("==")] == [f"== {p}" for p in eg.read_case(CASE).config.proxies]


def test_filters_are_those_of_istioctl(run):
    assert {line.split()[1] for line in run(CASE, "listeners", "--proxy", "checkout", "--port", "443").splitlines()[1:]} == {"443"}
    assert "api.example.com" in run(CASE, "clusters", "--proxy", "egress", "--fqdn", "api.example.com", "--port", "443")


def test_json_is_the_objects_themselves(run):
    found = json.loads(run(GATEWAY, "clusters", "--fqdn", "api.example.com", "-o", "json"))
    assert [cluster["name"] for cluster in found] == ["outbound|80||api.example.com", "outbound|443||api.example.com"]
    assert found[1]["transport_socket"]["name"] == "envoy.transport_sockets.tls"


@pytest.mark.parametrize(("what", "key"), [("listeners", "filter_chains"), ("routes", "virtual_hosts")])
def test_json_of_rows_of_one_object_is_that_object_once(run, what, key):
    names = [found["name"] for found in json.loads(run(GATEWAY, what, "-o", "json")) if key in found and "name" in found]
    assert len(names) == len(set(names)) > 0


def test_endpoints_come_from_clusters_or_else_from_the_dump(run):
    assert run(CASE, "endpoints", "--proxy", "egress").split()[:2] == ["ENDPOINT", "STATUS"]
    assert run(GATEWAY, "endpoints").split()[:2] == ["NAME", "STATUS"]


def test_csv_has_all_columns(run):
    rows = list(csv.DictReader(io.StringIO(run(GATEWAY, "clusters", "-o", "csv"))))
    assert list(rows[0]) == eg.fields("cluster_table").column.tolist()


def test_paths_and_about_are_lines_of_json(run):
    paths = [json.loads(line) for line in run(GATEWAY, "paths", "-o", "json").splitlines()]
    assert "outbound|443||api.example.com" in {path["cluster"] for path in paths}
    about = [json.loads(line) for line in run(CASE, "about", "api.example.com", "-o", "json").splitlines()]
    assert {"clusters", "virtual_hosts", "service_entries", "tls_settings"} <= {row["section"] for row in about}


def test_about_in_columns_for_people(run):
    assert run(GATEWAY, "about", "api.example.com").splitlines()[0].split() == ["section", "name", "what", "owner", "wins", "because"]


def test_nothing_found_is_exit_1(run):
    assert run(GATEWAY, "clusters", "--fqdn", "nowhere.example.com", code=1).splitlines()[1:] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([GATEWAY, "about"], "about wants a host"),
        ([GATEWAY, "routes", "--port", "80"], "routes cannot be filtered by --port; its filters are --name"),
        ([GATEWAY, "secrets", "--port", "80"], "its filters are none"),
        ([GATEWAY, "clusters", "--port", "https"], "--port https is no port"),
        ([GATEWAY, "clusters", "--proxy", "cart"], "no proxy is called 'cart'"),
        ([str(eg.sample_path("healthy")), "clusters"], "holds no config of a proxy"),
        ([str(eg.sample_path("incident/provenance.toml")), "clusters"], "provenance.toml"),
    ],
)
def test_wrong_words_are_exit_2_and_say_what_is_right(capsys, arguments, told):
    assert main(["config", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_collect_prints_the_lines_for_a_pod(capsys):
    assert main(["collect", "checkout-1", "-n", "shop", "--print"]) == 0
    out = capsys.readouterr().out
    assert "checkout-1" in out
    assert "config_dump?include_eds" in out
    assert "istioctl analyze" in out


def test_collect_says_that_it_only_prints(capsys):
    with pytest.raises(SystemExit):
        main(["collect", "checkout-1"])
    assert "--print" in capsys.readouterr().err
