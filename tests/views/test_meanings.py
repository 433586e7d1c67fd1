from __future__ import annotations

import pytest

from egresslab.views.meanings import cluster_row, details_row, failure_rows, flag_rows, flags_meaning


def test_the_longest_family_of_details_wins():
    assert details_row("upstream_reset_before_response_started{connection_timeout}")["ended_by"] == "proxy"
    assert details_row("upstream_reset_before_response_started{something_new}")["family"] == "upstream_reset_before_response_started"
    assert details_row("via_upstream_and_more") is None


@pytest.mark.parametrize(
    ("reason", "families"),
    [
        ("TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end", ["CERTIFICATE_VERIFY_FAILED"]),
        ("TLS_error:|268435581:...:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_certificate_has_expired", ["certificate_has_expired"]),
        ("TLS_error:|1:SSL_routines:OPENSSL_internal:SSLV3_ALERT_UNEXPECTED_MESSAGE", ["SSLV3_ALERT_UNEXPECTED_MESSAGE"]),
        ("delayed_connect_error:_111", ["delayed_connect_error:_111"]),
        ("immediate connect error: Network is unreachable", ["Network_is_unreachable"]),
        ("TLS_error:|9:brand_new", ["TLS_error"]),
        ("brand_new", []),
    ],
)
def test_a_transport_failure_names_what_is_most_particular(reason, families):
    assert [row["family"] for row in failure_rows(reason)] == families


def test_flags_are_told_for_their_layer_failure_first():
    assert [row["flag"] for row in flag_rows("DI,FI")] == ["FI", "DI"]
    assert flags_meaning("NR", "tcp") != flags_meaning("NR", "http")
    assert flags_meaning("DC", "tcp") == flags_meaning("DC", "http")
    assert flags_meaning("-", "http") == flags_meaning("NEW", "http") == ""


def test_clusters_are_known_by_the_whole_name():
    assert cluster_row("outbound|443||api.example.com")["egress_class"] == "external"
    assert cluster_row("xBlackHoleCluster") is None
