"""Families of details, transport reasons and cluster names: which row explains what Envoy logged."""

from __future__ import annotations

import re

import pytest

from egresslab import envoy


@pytest.mark.parametrize(
    ("details", "family", "ended_by"),
    [
        ("via_upstream", "via_upstream", "upstream"),
        ("upstream_reset_before_response_started{connection_timeout}", "upstream_reset_before_response_started{connection_timeout", "proxy"),
        (
            "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}",
            "upstream_reset_before_response_started{remote_connection_failure",
            "upstream",
        ),
        ("upstream_reset_before_response_started{a_new_reason}", "upstream_reset_before_response_started", "upstream"),
        ("rbac_access_denied_matched_policy[ns[istio-system]-policy[deny-api]-rule[0]]", "rbac_access_denied", "proxy"),
        ("dns_resolution_failure{cares_norecords:Domain_name_not_found}", "dns_resolution_failure", "proxy"),
        ("http2.remote_reset", "http2.remote_reset", "client"),
        ("http1.something_new", "http1.", "proxy"),
        ("health_check_failed_cluster_empty", "health_check_failed_cluster_empty", "proxy"),
    ],
)
def test_the_longest_family_explains_response_code_details(details, family, ended_by):
    fits = [
        row
        for row in envoy.rows("response_code_details")
        if details == row["family"] or (row["match"] == "prefix" and details.startswith(row["family"]))
    ]
    longest = max(fits, key=lambda row: len(row["family"]))
    assert (longest["family"], longest["ended_by"]) == (family, ended_by)


TLS = "TLS_error:|268435581:SSL_routines:OPENSSL_internal:"
VERIFY = TLS + "CERTIFICATE_VERIFY_FAILED:verify_cert_failed:"


@pytest.mark.parametrize(
    ("reason", "family"),
    [
        ("delayed_connect_error:_Connection_refused", "Connection_refused"),
        ("delayed_connect_error:_111", "delayed_connect_error:_111"),
        ("delayed_connect_error:_A_new_word", "delayed_connect_error"),
        ("TLS_error:_Secret_is_not_supplied_by_SDS", "Secret_is_not_supplied_by_SDS"),
        ("TLS_error:|33554536:system_library:OPENSSL_internal:Connection_reset_by_peer:TLS_error_end", "Connection_reset_by_peer"),
        (TLS + "CERTIFICATE_VERIFY_FAILED:TLS_error_end", "CERTIFICATE_VERIFY_FAILED"),
        (VERIFY + "X509_verify_cert:_certificate_verification_error_at_depth_0:_certificate_has_expired:TLS_error_end", "certificate_has_expired"),
        (VERIFY + "verify_SAN_list,_expected_SANs:_[a.example.com],_certificate_SANs:_[b.example.com]:TLS_error_end", "verify_SAN_list"),
        (VERIFY + "SAN_matcher,_certificate_SANs_are_[api.example.com,_*.api.example.com]:TLS_error_end", "SAN_matcher"),
        ("TLS_error:|268436568:SSL_routines:OPENSSL_internal:TLSV1_ALERT_UNRECOGNIZED_NAME:TLS_error_end", "TLSV1_ALERT_UNRECOGNIZED_NAME"),
        ("TLS_error:|1:SSL_routines:OPENSSL_internal:A_NEW_REASON:TLS_error_end", "TLS_error"),
    ],
)
def test_the_first_family_found_explains_a_transport_failure(reason, family):
    assert next(row["family"] for row in envoy.rows("transport_failures") if row["family"] in reason) == family


def test_no_transport_family_is_hidden_by_one_before_it():
    families = [row["family"] for row in envoy.rows("transport_failures")]
    assert [(a, b) for i, a in enumerate(families) for b in families[i + 1 :] if a in b] == []


def test_codes_are_those_that_envoy_logs():
    codes = {row["family"]: row["code"] for row in envoy.rows("transport_failures")}
    logged = {"CERTIFICATE_VERIFY_FAILED": "268435581", "WRONG_VERSION_NUMBER": "268435703", "TLSV1_ALERT_PROTOCOL_VERSION": "268436526"}
    assert logged.items() <= codes.items()
    assert codes["Connection_reset_by_peer"] == "33554536"
    assert int(codes["HTTP_REQUEST"]) == 0x1000009C


@pytest.mark.parametrize(
    ("cluster", "egress_class"),
    [
        ("PassthroughCluster", "PassthroughCluster"),
        ("AllowAnyDynamicDNSCluster", "PassthroughCluster"),
        ("BlackHoleCluster", "BlackHoleCluster"),
        ("InboundPassthroughCluster", "inbound"),
        ("InboundPassthroughClusterIpv4", "inbound"),
        ("inbound|8080||", "inbound"),
        ("inbound|8000|http|httpbin.foo.svc.cluster.local", "inbound"),
        ("inbound-vip|8081|http/v2|host", "inbound"),
        ("outbound|443||istio-egressgateway.istio-system.svc.cluster.local", "egress_gateway"),
        ("outbound|443|cnn|istio-egressgateway.istio-system.svc.cluster.local", "egress_gateway"),
        ("outbound_.443_._.istio-egressgateway.istio-system.svc.cluster.local", "egress_gateway"),
        ("outbound|80||gateway.team-egress.svc.corp.internal", "egress_gateway"),
        ("outbound|80||istio-egressgateway.istio-system.svc", "egress_gateway"),
        ("outbound|8000||httpbin.foo.svc.cluster.local", "in_mesh"),
        ("outbound|443|egress|httpbin.foo.svc.cluster.local", "in_mesh"),
        ("outbound|9090||pod-0.egress.monitoring.svc.cluster.local", "in_mesh"),
        ("outbound|80||httpbin.foo.svc", "in_mesh"),
        ("outbound|443||api.example.com", "external"),
        ("outbound|443||*.wild.example.com", "external"),
        ("outbound|443||egress.example.com", "external"),
        ("outbound|443||api.svc.example.com", "external"),
        ("outbound_.80_.v2_.api.example.com", "external"),
        ("connect_originate", "in_mesh"),
        ("xds-grpc", "in_mesh"),
        ("UnknownService", ""),
        ("a_cluster_of_an_envoyfilter", None),
        ("outbound|443||", None),
        ("outbound|443||api.example.com|more", None),
        ("xPassthroughCluster", None),
    ],
)
def test_the_first_pattern_that_matches_classes_a_cluster(cluster, egress_class):
    fits = [row["egress_class"] for row in envoy.rows("known_clusters") if re.fullmatch(row["pattern"], cluster)]
    assert (fits[0] if fits else None) == egress_class
