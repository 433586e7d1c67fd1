"""Diagnose captured cases and count the causes named, beside what `istioctl analyze` said of the same cases.

usage: python benchmarks/diagnose.py [FOLDER]     FOLDER holds cases/labels.csv, design/mistakes.csv and peer/analyze.md (default: ../shared)

The verdicts on analyze are read from the table of `analyze.md`; it and ours are counted over the cases that stand in both. A cause is named
*first* when the first error or warning that nothing else explains is it, *named* when it is a later one. Seconds are those of the processor,
for reading and diagnosing a case.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd

import egresslab as eg

VERDICTS = ["yes", "partly", "no"]
OURS = ["first", "named", "no"]
MOST_ENTRIES = 10_000  # of a small case
REMARK = "*"  # a verdict with it holds only with YAML that the case does not have


def cases_of(shared: Path) -> pd.DataFrame:
    """Give the labelled cases that analyze was run on, with its verdicts."""
    labels = pd.read_csv(shared / "cases/labels.csv", keep_default_na=False)
    return labels.merge(analyzed(shared / "peer/analyze.md"), on="case")


def analyzed(report: Path) -> pd.DataFrame:
    """Read the table of cases out of the report."""
    table = report.read_text(encoding="utf-8").split("## Table", 1)[1]
    rows = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in table.splitlines() if line.startswith("|")]
    names = ["case", "class", "what", "codes_file", "codes_live", "file", "live"]
    found = pd.DataFrame([row[: len(names)] for row in rows[2:]], columns=names)
    verdicts = found[["file", "live"]].apply(lambda words: words.str.removesuffix(REMARK))
    return found.assign(**verdicts)


def diagnosed(shared: Path, cases: pd.DataFrame) -> pd.DataFrame:
    """Add what egresslab names, in its order, the entries and the seconds."""
    eg.diagnose(eg.sample("healthy"))  # imports are no part of a case
    rows = []
    for name in cases["case"]:
        begin = time.process_time()
        case = eg.read_case(shared / "cases" / name)
        findings = eg.diagnose(case)
        rows.append((roots(findings), len(case.log), time.process_time() - begin))
    return cases.assign(**pd.DataFrame(rows, columns=["ours", "entries", "seconds"], index=cases.index))


def roots(findings: pd.DataFrame) -> list[str]:
    """Name the mistakes of errors and warnings that no other finding explains, in their order."""
    kept = findings["severity"].isin(["error", "warning"]) & findings["caused_by"].isna() & findings["mistake"].notna()
    return list(dict.fromkeys(findings.loc[kept, "mistake"]))


def verdict(causes: str, ours: list[str]) -> str:
    """Say whether one of the causes stands first, further below, or not at all."""
    known = set(causes.split(";"))
    return "first" if known & set(ours[:1]) else "named" if known & set(ours) else "no"


def print_verdicts(cases: pd.DataFrame) -> None:
    """Print how many causes analyze names."""
    for way in ("file", "live"):
        print(f"  istioctl analyze, {way}: yes / partly / no  {' / '.join(str((cases[way] == word).sum()) for word in VERDICTS)}")


def print_causes(faulty: pd.DataFrame) -> None:
    """Print how many causes each names, and the cases in which the other one is better."""
    ours = pd.Series([verdict(*pair) for pair in zip(faulty["causes"], faulty["ours"], strict=True)], index=faulty.index)
    print(f"{len(faulty)} cases with one of the mistakes that are looked for")
    print_verdicts(faulty)
    print(f"  egresslab: first / named / no  {' / '.join(str((ours == word).sum()) for word in OURS)}")
    theirs = faulty[(ours == "no") & faulty[["file", "live"]].isin(["yes", "partly"]).any(axis=1)]
    print(f"  named by analyze and not by egresslab: {', '.join(theirs['case']) or 'none'}")


def print_alarms(healthy: pd.DataFrame) -> None:
    """Print how many healthy cases get an error or a warning."""
    print(f"{len(healthy)} healthy cases, of which get an error or a warning")
    for way in ("file", "live"):
        print(f"  istioctl analyze, {way}: {healthy[f'codes_{way}'].str.contains(r'[EW]:', regex=True).sum()}")
    print(f"  egresslab: {healthy['ours'].astype(bool).sum()}")


def print_others(others: pd.DataFrame) -> None:
    """Print how the cases of mistakes fare that are not looked for yet."""
    wrong = [bool(set(ours) - set(causes.split(";"))) for causes, ours in zip(others["causes"], others["ours"], strict=True)]
    print(f"{len(others)} cases with other mistakes: egresslab, which does not look for them yet, names a wrong one in {sum(wrong)}")
    print_verdicts(others)
    print(f"  named by istioctl analyze: {', '.join(others.loc[(others['file'] == 'yes') | (others['live'] == 'yes'), 'case']) or 'none'}")


def print_seconds(taken: pd.Series[float]) -> None:
    """Print what a small case takes."""
    print(f"{len(taken)} cases under {MOST_ENTRIES:,} entries: median {taken.median():.2f} s, most {taken.max():.2f} s of the processor")


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared"
    if not (shared / "peer/analyze.md").is_file():
        print(f"SKIPPED: {shared} has no captured cases with analyze's verdicts; give the folder that has peer/analyze.md", file=sys.stderr)
        return
    design = pd.read_csv(shared / "design/mistakes.csv")
    first = set(design.loc[design["first"] == "yes", "mistake"])
    found = diagnosed(shared, cases_of(shared))
    ours = found["causes"].str.split(";").str[0].isin(first)
    print_causes(found[(found["kind"] == "faulty") & ours])
    print_alarms(found[found["kind"] == "healthy"])
    print_others(found[(found["kind"] == "faulty") & ~ours])
    print_seconds(found.loc[found["entries"] < MOST_ENTRIES, "seconds"])


if __name__ == "__main__":
    main()
