"""What a LogFilter saves: all columns, by the suffix of the name, and never over a file that is there."""

from __future__ import annotations

import pandas as pd
import pytest

import egresslab as eg


@pytest.fixture
def f(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return eg.LogFilter(eg.as_log(pd.DataFrame({"user_agent": ["=HYPERLINK(1)\x1b", "curl"], "response_flags": ["UF", "-"]})), response_flags=["UF"])


def press(f, name):
    f.saving.name.value = name
    f.saving.button.click()
    return f.saving.message.value


def test_csv_has_no_formula(f):
    assert "saved 1 entries to lines.csv" in press(f, "lines.csv")
    read = pd.read_csv("lines.csv")
    assert read.user_agent.tolist() == ["'=HYPERLINK(1)\\x1b"]
    assert read.columns.tolist() == f.frame.columns.tolist()


def test_parquet_is_a_log_as_it_was(f):
    assert "saved 1 entries" in press(f, " lines.parquet ")
    pd.testing.assert_frame_equal(eg.as_log(pd.read_parquet("lines.parquet")), eg.as_log(f.frame.reset_index(drop=True)), check_categorical=False)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", ".csv or .parquet"),
        ("lines.txt", ".csv or .parquet"),
        ("taken.csv", "is there already"),
        ("no/folder.csv", "cannot be written"),
        ("no/folder.parquet", "cannot be written"),
    ],
)
def test_why_not_is_said_in_place(f, tmp_path, name, said):
    (tmp_path / "taken.csv").write_text("mine")
    assert said in press(f, name)
    assert (tmp_path / "taken.csv").read_text() == "mine"
    with pytest.raises(eg.FrameError, match=said):
        f.save(name)
