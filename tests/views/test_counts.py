from __future__ import annotations

import pandas as pd

from egresslab.frames import as_log, concat, empty
from egresslab.views import cluster_counts, explode_flags, flag_counts, where


def test_each_flag_of_a_set_has_its_row_under_the_index_of_its_entry(log):
    out = explode_flags(log)
    assert out.index.tolist() == [0, 1, 1, 2, 3, 4, 5, 6]
    assert out["flag"].tolist()[:7] == ["-", "UF", "URX", "-", "UH", "-", "NR"]
    assert out["flag"].isna().tolist() == [False] * 7 + [True]
    assert out.loc[1, "response_flags"].tolist() == ["UF,URX"] * 2
    assert explode_flags(empty("log"))["flag"].dtype == "category"


def test_flags_are_counted_one_by_one_with_their_meaning(log):
    counts = flag_counts(log).set_index("flag")
    assert counts["count"].to_dict() == {"-": 3, "NR": 1, "UF": 1, "UH": 1, "URX": 1}
    assert list(counts.index) == ["-", "NR", "UF", "UH", "URX"]
    assert counts.loc["-", "failed"] == 1
    assert counts.loc["UF", "meaning"].startswith("Connecting to the upstream failed")
    assert counts.loc["UF", "first_seen"] == pd.Timestamp("2026-11-23T10:00:30Z")


def test_a_flag_that_no_table_knows_is_counted_without_a_meaning():
    counts = flag_counts(as_log(pd.DataFrame({"response_flags": ["ZZ", "ZZ,UF"]})))
    assert counts["flag"].tolist() == ["ZZ", "UF"]
    assert counts["meaning"].isna().tolist() == [True, False]


def test_clusters_are_counted_and_entries_without_one_too(log):
    counts = cluster_counts(log)
    assert counts["count"].sum() == len(log)
    assert counts.loc[0, ["upstream_cluster", "egress_class", "count", "failed", "bytes_sent"]].tolist() == [
        "outbound|80||api.example.com",
        "external",
        2,
        1,
        19,
    ]
    without = counts[counts["upstream_cluster"].isna()]
    assert sorted(without["egress_class"].dropna()) == ["BlackHoleCluster", "answered_by_proxy"]
    assert without["egress_class"].isna().sum() == 1


def test_counts_of_a_part_name_only_what_it_has(log):
    counts = cluster_counts(where(concat([log, log]), upstream_cluster="outbound|80||*"))
    assert counts["count"].tolist() == [4]
    assert counts["upstream_cluster"].cat.categories.tolist() == ["outbound|80||api.example.com"]


def test_no_entries_give_empty_counts_of_the_contract():
    for view, name in ((flag_counts, "flag_counts"), (cluster_counts, "cluster_counts")):
        assert view(empty("log")).dtypes.astype("str").equals(empty(name).dtypes.astype("str"))
