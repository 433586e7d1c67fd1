"""Everything about one host: what the proxies have, what is declared, and who won."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

import egresslab as eg
from egresslab.config_views import about
from egresslab.frames import Config, Resources, empty, typed
from egresslab.istio import read_resources

CAPTURED = Path(__file__).parents[3] / "shared" / "cases"
captured = pytest.mark.skipif(not CAPTURED.exists(), reason=f"THE CAPTURED CASES ARE NOT THERE: {CAPTURED}, about is only tested on one incident")
HOST = "api.example.com"


@dataclass
class Holder:
    """What has a config and resources, as a Case does."""

    config: Config = field(default_factory=Config)
    resources: Resources = field(default_factory=Resources)


def case_of(folder):
    kinds = ("config_dump.json", "clusters.txt", "stats.txt")
    dumps = [folder / f"{proxy}_{kind}" for proxy in ("sidecar", "gateway") for kind in kinds]
    return Holder(eg.read_config_dump(*dumps), read_resources(folder / "istio.yaml"))


@pytest.fixture(scope="module")
def incident():
    return case_of(Path(eg.sample_path("incident/istio.yaml")).parent)


def placed(frame, **columns):
    count = len(next(iter(columns.values())))
    return typed({"proxy": ["p"] * count, "source": ["f"] * count, "pointer": [f"/{frame}/{n}" for n in range(count)], **columns}, frame)


def only(found, section):
    return found[found.section == section]


def test_every_section_of_an_incident_speaks(incident):
    found = about(incident, "API.example.com:443")
    speak = ["filter_chains", "virtual_hosts", "routes", "clusters", "host_statuses", "secrets", "stats"]
    assert list(dict.fromkeys(found.section)) == [*speak, "service_entries", "route_rules", "tls_settings", "gateway_servers"]
    assert only(found, "secrets").what.tolist() == ["secret, warming, no certificate has come"]
    gateway = only(found, "clusters")[lambda rows: rows.proxy.str.startswith("istio-egress")].iloc[0]
    assert gateway.owner == "ServiceEntry shop/api-example-com,DestinationRule shop/api-dr"
    assert gateway.what == "STRICT_DNS cluster of service port 443, TLS SIMPLE to the upstream"
    assert only(found, "tls_settings").wins.all()


def test_each_row_can_be_opened(incident):
    found = about(incident, HOST)
    of_config = found.proxy.notna()
    assert all(incident.config.raw(row) for _, row in found[of_config].iterrows())
    assert all(HOST in incident.resources.raw(row) for _, row in found[~of_config].iterrows())


def test_a_config_alone_names_the_service(incident):
    found = about(incident.config, HOST, proxy="checkout")
    assert set(found.proxy) == {"checkout-7c9d8b6f5d-x2x4p.shop"}
    assert only(found, "clusters").owner.unique().tolist() == [f"shop/{HOST},DestinationRule shop/api-dr"]


@pytest.mark.parametrize("given", [Config(), "incident"])
def test_a_host_that_nothing_knows_is_an_empty_frame(given, incident):
    found = about(incident if given == "incident" else given, "nobody.example.net")
    assert found.empty
    assert found.dtypes.tolist() == empty("about").dtypes.tolist()


def test_no_host_is_an_error(incident):
    with pytest.raises(eg.FrameError, match=r"no host.*eg\.about"):
        about(incident, " ")


def test_the_exact_sni_wins_over_the_wildcard_at_one_listener():
    chains = {"listener": ["l", "l", "other"], "server_names": ["*.example.com", HOST, "*.example.com"], "is_default": [False] * 3}
    found = about(Config(filter_chains=placed("filter_chains", **chains)), HOST)
    assert found.wins.tolist() == [False, True, True]
    assert found.because[0] == f"the wildcard *.example.com covers it, but {HOST} is exact"


def test_the_address_of_the_listener_may_choose_instead_of_an_sni():
    chains = {
        "listener": ["240.240.0.1_443"],
        "match": ["ALL"],
        "cluster": [f"outbound|443|v1|{HOST}=1"],
        "destination": ["x"],
        "is_default": [False],
    }
    found = about(Config(filter_chains=placed("filter_chains", **chains)), HOST)
    assert found.what.tolist() == ["ALL at 240.240.0.1_443 leads to x"]
    assert found.wins.isna().all()


def config_with_port(domains):
    hosts = placed("virtual_hosts", route_config=["80"] * len(domains), virtual_host=domains, domain=domains, origin=["rds"] * len(domains))
    pointers = [f"/rc/virtual_hosts/{n}" for n in range(len(domains))]
    chains = placed("filter_chains", listener=["0.0.0.0_80"], port=[80], route_config=["80"], is_default=[False])
    return Config(virtual_hosts=hosts.assign(pointer=pointers), filter_chains=chains)


def declared(**columns):
    count = len(next(iter(columns.values())))
    ours = {"host": [HOST] * count, "port": [80] * count, "source": ["y"] * count, "pointer": [f"/{n}/spec/ports/0" for n in range(count)]}
    return Resources(service_entries=typed({**ours, **columns}, "service_entries"))


@pytest.mark.parametrize(
    ("domains", "winner"),
    [
        (["*", "*.example.com", f"{HOST}:80"], f"{HOST}:80"),
        (["*", "*.com", "*.example.com"], "*.example.com"),
        (["*", "api.*"], "api.*"),
    ],
)
def test_the_closest_domain_wins(domains, winner):
    found = about(config_with_port(domains), HOST)
    assert found[found.wins].name.tolist() == [winner]
    assert "*" not in set(found.name)


def test_where_it_is_declared_and_not_there_any_host_takes_it():
    holder = Holder(config_with_port(["*", "other"]), declared(namespace=["shop"], name=["api"]))
    found = only(about(holder, HOST), "virtual_hosts")
    assert found.what.tolist() == ["takes HTTP with any other Host at route configuration 80, this one too"]
    assert about(holder.config, HOST).empty


def entries(found):
    return only(found, "service_entries").set_index("name")[["wins", "because"]]


def test_the_clusters_prove_which_entry_won():
    resources = declared(namespace=["shop", "platform"], name=["a", "b"])
    clusters = placed("clusters", name=[f"outbound|80||{HOST}"], host=[HOST], port=[80], services=[f"shop/{HOST}"])
    told = entries(about(Holder(Config(clusters=clusters), resources), HOST))
    assert told.wins.tolist() == [True, False]
    assert told.because["b"] == "clusters at hand name namespace shop instead"


def test_without_a_dump_the_older_entry_wins():
    made = ["2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    told = entries(about(Holder(resources=declared(namespace=["a", "b"], name=["new", "old"], creation_timestamp=made)), HOST))
    assert told.wins.tolist() == [False, True]
    assert told.because["new"].endswith("b/old is the oldest, of 2026-01-01T00:00:00Z")
    unknown = entries(about(Holder(resources=declared(namespace=["a", "b"], name=["x", "y"])), HOST))
    assert unknown.wins.isna().all()
    assert unknown.because.str.contains("creation timestamps are not at hand").all()


def test_a_service_wins_over_an_entry():
    host = "cart.shop.svc.cluster.local"
    services = typed({"namespace": ["shop"], "name": ["cart"], "port": [80], "source": ["y"], "pointer": ["/1/spec/ports/0"]}, "services")
    resources = Resources(services=services, service_entries=declared(host=[host], namespace=["shop"], name=["se"]).service_entries)
    found = about(Holder(resources=resources), host)
    assert found[["section", "wins"]].values.tolist() == [["service_entries", False], ["services", True]]


def test_of_two_rules_the_clusters_name_the_one_that_counts():
    rules = typed(
        {"host": [HOST] * 2, "namespace": ["shop", "old"], "name": ["dr"] * 2, "source": ["y"] * 2, "pointer": ["/0", "/1"]}, "tls_settings"
    )
    clusters = placed("clusters", name=[f"outbound|80||{HOST}"], host=[HOST], resource=["DestinationRule shop/dr"])
    found = only(about(Holder(Config(clusters=clusters), Resources(tls_settings=rules)), HOST), "tls_settings")
    assert found.wins.tolist() == [True, False]
    assert found.because[found.index[1]].endswith("but by DestinationRule shop/dr")


def test_the_sni_towards_a_gateway_belongs_to_the_host():
    clusters = placed("clusters", name=["outbound|443|api|egress"], host=["egress"], subset=["api"], sni=[HOST], tls_mode=["ISTIO_MUTUAL"])
    assert about(Config(clusters=clusters), HOST).what.tolist() == ["cluster, TLS ISTIO_MUTUAL to the upstream"]


def test_sidecars_that_let_all_hosts_pass_speak_only_of_hosts_that_are_known():
    sidecars = typed({"name": ["s"], "host": ["*"], "host_namespace": ["istio-system"], "source": ["y"], "pointer": ["/0"]}, "sidecar_hosts")
    resources = declared(namespace=["shop"], name=["a"])
    assert about(Holder(resources=Resources(sidecar_hosts=sidecars)), HOST).empty
    known = about(Holder(resources=Resources(sidecar_hosts=sidecars, service_entries=resources.service_entries)), HOST)
    assert only(known, "sidecar_hosts").what.tolist() == ["lets its workloads see * of namespace istio-system"]


@captured
def test_captured_conflict_across_namespaces():
    told = entries(about(case_of(CAPTURED / "n11_conflicting_service_entries"), "payments.example.net"))
    assert told.wins.tolist() == [True, False]


@captured
def test_captured_conflict_within_a_namespace_is_not_decided():
    told = entries(about(case_of(CAPTURED / "n11f_conflicting_service_entries_same_namespace_reverse"), "payments.example.net"))
    assert told.wins.isna().all()
    assert told.because.str.contains("istiod joins their ports").all()


@captured
def test_a_refused_listener_is_told_with_the_host_that_it_serves():
    found = about(eg.read_config_dump(CAPTURED / "m06_nack_stale_config" / "sidecar_config_dump.json"), HOST)
    assert only(found, "rejected").what.str.contains("Envoy refused an update of its listeners: local rate limit").tolist() == [True]
