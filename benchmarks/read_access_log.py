"""Time reading a text log against hand-written polars and duckdb pipelines, in one run: all columns typed, then five of them.

usage: python benchmarks/read_access_log.py [--mb 100] [--runs 5]

The log is the shipped sample `busy` over and over, one line in two thousand made hostile (quotes in the user agent, blanks in the path).
Prints the least and the median of each way, in seconds of the clock and of the processor, and the ratio of each peer to ours: above 1 means that
egresslab is faster. The ways take turns, so that what else the machine does meets all of them; each has a process of its own for its peak memory.
For a file of 1 GB: --mb 1000 --runs 2.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from turns import asked, in_turn

from egresslab import sample_path

NUMBERS = {"bytes_received", "bytes_sent", "duration_ms", "upstream_service_time_ms", "response_code"}
TEXTS = {"start_time", "path", "request_id", "upstream_local_address", "downstream_remote_address"}
TAIL = ["upstream_cluster", "upstream_local_address", "downstream_local_address", "downstream_remote_address", "requested_server_name", "route_name"]
# The runs between quotes of Istio's format, each with its fields between blanks.
RUNS = [
    ["start_time"],
    ["method", "path", "protocol"],
    ["response_code", "response_flags", "response_code_details", "connection_termination_details"],
    ["upstream_transport_failure_reason"],
    ["bytes_received", "bytes_sent", "duration_ms", "upstream_service_time_ms"],
    ["x_forwarded_for"],
    [],
    ["user_agent"],
    [],
    ["request_id"],
    [],
    ["authority"],
    [],
    ["upstream_host"],
    TAIL,
]
FIVE = ["start_time", "response_code", "response_flags", "upstream_cluster", "duration_ms"]
FIELDS = [name for names in RUNS for name in names]
LABELS = set(FIELDS) - NUMBERS - TEXTS
PATTERN = (
    r'^\[([^\]]*)\] "(\S+) (.*?) (\S+)" (\d+) (\S+) (\S+) (\S+) "(.*?)" (\d+) (\d+) (\d+) (\S+) '
    r'"(.*?)" "(.*?)" "(\S*)" "(\S*)" "(\S*)" (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)$'
)


def write_log(path: Path, megabytes: int) -> int:
    """Write the log to be read, and say how many lines it has."""
    lines = [
        line for name in ("sidecar", "gateway") for line in gzip.decompress(sample_path(f"busy/{name}.log.gz").read_bytes()).splitlines(keepends=True)
    ]
    written = count = 0
    with path.open("wb") as out:
        while written < megabytes * 1_000_000:
            for line in lines:
                count += 1
                hostile = count % 2000 == 0
                text = line.replace(b'okhttp/4.12.0"', b'ok "http" 4"').replace(b' HTTP/1.1"', b' x HTTP/1.1"') if hostile else line
                written += out.write(text)
    return count


def ours(path: str, columns: list[str] | None = None) -> Any:
    import egresslab as eg

    return eg.read_access_log(path, columns=columns)


def polars_split(path: str, wanted: list[str] = FIELDS) -> Any:
    """Cut lines at quotes and runs at blanks, both verified by count; the few lines that do not fit are read by a pattern."""
    import polars as pl

    lines = pl.scan_csv(path, has_header=False, separator="\x01", quote_char=None, schema={"text": pl.String}).with_row_index("line", 1)
    entries = lines.filter(pl.col("text").str.starts_with("["))
    runs = pl.col("text").str.split_exact('"', len(RUNS)).struct.rename_fields([f"r{n}" for n in range(len(RUNS) + 1)])
    cut = entries.with_columns(runs.alias("runs")).unnest("runs")
    fits = pl.col(f"r{len(RUNS)}").is_null() & pl.col(f"r{len(RUNS) - 1}").is_not_null()
    for n in (1, 2, 4, len(RUNS) - 1):
        fits &= pl.col(f"r{n}").str.count_matches(" ", literal=True) == len(RUNS[n]) - 1 + (n in (2, 4)) * 2 + (n == len(RUNS) - 1)
    cut = cut.with_columns(fits.alias("fits"))
    groups = pl.col("text").str.extract_groups(PATTERN).struct.rename_fields(FIELDS)
    columns = [column for n, names in enumerate(RUNS) for column in _polars_run(n, names)]
    fitting = cut.filter("fits").select("line", *columns)
    others = cut.filter(~pl.col("fits")).select("line", groups.alias("groups")).unnest("groups")
    return pl.concat(pl.collect_all([_typed(part).select("line", *wanted) for part in (fitting, others)])).sort("line")


def _polars_run(n: int, names: list[str]) -> list[Any]:
    import polars as pl

    text = pl.col(f"r{n}")
    if n == 0:
        return [text.str.slice(1, 24).alias("start_time")]
    if len(names) < 2:
        return [text.alias(name) for name in names]
    parts = (text if n == 1 else text.str.strip_chars(" ")).str.split_exact(" ", len(names) - 1)
    return [parts.struct.field(f"field_{k}").alias(name) for k, name in enumerate(names)]


def _typed(fields: Any) -> Any:
    """Give the fields of polars their types: times, numbers, categories; the dash is missing."""
    import polars as pl

    def column(name: str) -> Any:
        if name == "start_time":
            return pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="us")
        known = pl.when(pl.col(name) != "-").then(pl.col(name))
        if name in NUMBERS:
            return known.cast(pl.Int64)
        return known.cast(pl.Categorical) if name in LABELS else known

    return fields.with_columns([column(name) for name in FIELDS])


def duckdb_csv(path: str, wanted: list[str] = FIELDS) -> Any:
    """Read the log as CSV with the quote as delimiter, then cut the runs at blanks; lines that do not fit are lost or wrong."""
    import duckdb

    fields = {"start_time": "strptime(r0[2:25], '%Y-%m-%dT%H:%M:%S.%gZ') AS start_time"}
    for n, names in enumerate(RUNS[1:], 1):
        trimmed = f"r{n}" if n == 1 else f"trim(r{n})"
        pieces = [f"r{n}"] if len(names) == 1 else [f"str_split({trimmed}, ' ')[{k + 1}]" for k in range(len(names))]
        for piece, name in zip(pieces, names, strict=bool(names)):
            value = f"nullif({piece}, '-')"
            fields[name] = f"try_cast({value} AS BIGINT) AS {name}" if name in NUMBERS else f"{value} AS {name}"
    columns = "{" + ", ".join(f"'r{n}': 'VARCHAR'" for n in range(15)) + "}"
    options = f"delim='\"', quote='', escape='', header=false, columns={columns}, null_padding=true, ignore_errors=true, strict_mode=false"
    return duckdb.sql(f"SELECT {', '.join(fields[name] for name in wanted)} FROM read_csv('{path}', {options}) WHERE r0 LIKE '[%'").to_arrow_table()


WAYS: dict[str, Callable[..., Any]] = {
    "egresslab": ours,
    "polars, split at quotes": polars_split,
    "duckdb, quote as delimiter": duckdb_csv,
}


def wrong_cells(path: str) -> int:
    """Count the cells in which polars and egresslab differ; flags are a set for us, so their order does not count."""
    theirs, log = polars_split(path).to_pandas(), ours(path)
    wrong = int((theirs["line"].to_numpy() != log["line"].to_numpy(dtype="int64")).sum())
    for name in FIELDS:
        a, b = theirs[name].astype(object), log[name].astype(object)
        if name == "response_flags":
            a = a.fillna("-").map(lambda flags: ",".join(sorted(flags.split(","))))
        if name == "start_time":
            a = a.dt.tz_localize("UTC") if hasattr(a, "dt") else theirs[name].dt.tz_localize("UTC").astype(object)
        wrong += int(((a != b) & ~(a.isna() & b.isna())).fillna(True).sum())
    return wrong


def main() -> None:
    arguments = asked(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        lines = write_log(path, arguments.mb)
        size = path.stat().st_size / 1e6
        print(f"{size:.0f} MB, {lines:,} lines, {os.cpu_count()} cores; {arguments.runs} runs of each way in turn, after a warm-up")
        if arguments.mb <= 200:
            print(f"cells in which egresslab and polars differ: {wrong_cells(str(path))}")
        for title, columns in (("all columns", ()), ("five columns", (FIVE,))):
            print(f"\n{title}\n")
            in_turn({way: partial(read, str(path), *columns) for way, read in WAYS.items()}, arguments.runs, size)


if __name__ == "__main__":
    main()
