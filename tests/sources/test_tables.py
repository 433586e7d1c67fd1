"""Tables are cut under their headers, and at their gaps where pasting has moved them."""

import pytest

from egresslab.sources import tables_of

LISTENERS = """\
ADDRESSES PORT  MATCH                                DESTINATION
0.0.0.0   443   SNI: api.example.com; Trans: tls     Cluster: outbound|443||api.example.com
0.0.0.0   15001 ALL                                  PassthroughCluster
"""
COLUMNS = ["ADDRESSES", "PORT", "MATCH", "DESTINATION", "NAME", "VHOST NAME", "DOMAINS", "VIRTUAL SERVICE"]


def rows(text):
    return [[list(row.cells.values()) for row in table.rows] for table in tables_of(text, COLUMNS)]


def test_cells_hold_single_spaces():
    assert rows(LISTENERS) == [
        [
            ["0.0.0.0", "443", "SNI: api.example.com; Trans: tls", "Cluster: outbound|443||api.example.com"],
            ["0.0.0.0", "15001", "ALL", "PassthroughCluster"],
        ]
    ]


def test_names_of_columns_hold_spaces_too():
    (table,) = tables_of("NAME VHOST NAME     DOMAINS  VIRTUAL SERVICE\n", COLUMNS)
    assert table.columns == ("NAME", "VHOST NAME", "DOMAINS", "VIRTUAL SERVICE")
    assert table.rows == []


def test_empty_cells_keep_their_place():
    text = "NAME   VHOST NAME   DOMAINS   VIRTUAL SERVICE\n       backend      *\n80                            a.shop\nalone\n"
    assert rows(text) == [[["", "backend", "*", ""], ["80", "", "", "a.shop"], ["alone", "", "", ""]]]


def test_several_tables_amid_other_text():
    text = f"$ istioctl pc listeners x\n{LISTENERS}\n$ istioctl pc routes x\nNAME   DOMAINS\n80     *\n  NAME   DOMAINS\n  81     *\n"
    assert [len(found) for found in rows(text)] == [2, 1, 1]
    assert [row.line for table in tables_of(text, COLUMNS) for row in table.rows] == [3, 4, 8, 10]


@pytest.mark.parametrize("gap", ["   ", "\t"])
def test_rows_that_do_not_stand_below_the_header_are_cut_at_gaps(gap):
    text = "NAME   VHOST NAME          DOMAINS\n" + gap.join(["80", "a.example.com:80", "a.example.com, a.example.com."])
    assert rows(text) == [[["80", "a.example.com:80", "a.example.com, a.example.com."]]]


def test_rows_whose_gaps_were_lost_are_words():
    assert rows("NAME VHOST NAME DOMAINS\n80 block_all *\n") == [[["80", "block_all", "*"]]]


def test_text_that_cannot_be_a_row_is_left_out():
    assert rows("NAME         DOMAINS\n80           *\nError: connection to the server was refused\n") == [[["80", "*"]]]


def test_an_empty_line_ends_a_table_and_windows_line_ends_do_no_harm():
    assert rows("NAME   DOMAINS\r\n\r\n80     *\r\n\r\n81     *\r\n") == [[["80", "*"]]]


@pytest.mark.parametrize("text", ["", "PORT\n80\n", "NAME NAME\nx    y\n", "NAME AND DOMAINS\n80   x   y\n"])
def test_no_header_no_table(text):
    assert rows(text) == []
