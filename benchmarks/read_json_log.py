"""Time reading Istio's default JSON log, all columns typed, against duckdb's read_json and polars' scan_ndjson, in one run.

usage: python benchmarks/read_json_log.py [--mb 100] [--runs 5]

The log holds the entries of the shipped sample `busy` as Istio's JSON format writes them, over and over; one in two thousand has escapes in a value.
"""

from __future__ import annotations

import json
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from read_access_log import LABELS, ours
from turns import asked, in_turn

from egresslab import read_access_log, sample_path

NUMBERS = ("response_code", "bytes_received", "bytes_sent", "duration")  # upstream_service_time is a header, and so written as text
NAMES = {"duration": "duration_ms", "upstream_service_time": "upstream_service_time_ms"}
SAMPLE = sample_path("formats/istio-json.log")


def write_log(path: Path, megabytes: int) -> list[str]:
    """Write the log to be read, and give its keys."""
    keys = list(json.loads(SAMPLE.read_text().split("\n")[0]))
    log = read_access_log(sample_path("busy/sidecar.log.gz"), sample_path("busy/gateway.log.gz"))
    times = log["start_time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str.slice(0, 23) + "Z"
    columns = [(times if k == "start_time" else log[NAMES.get(k, k)]).astype("object") for k in keys]
    entries = [dict(zip(keys, values, strict=True)) for values in zip(*(c.where(c.notna(), None) for c in columns), strict=True)]
    for n, entry in enumerate(entries):
        if entry["upstream_service_time"] is not None:
            entry["upstream_service_time"] = str(entry["upstream_service_time"])
        if n % 2000 == 7:
            entry["user_agent"] = 'ok "http" 4'
    data = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries).encode()
    with path.open("wb") as out:
        for _ in range(max(1, megabytes * 1_000_000 // len(data))):
            out.write(data)
    return keys


def duckdb_json(path: str, keys: list[str]) -> Any:
    import duckdb

    types = {k: "BIGINT" if k in NUMBERS else "TIMESTAMP" if k == "start_time" else "VARCHAR" for k in keys}
    columns = "{" + ", ".join(f"'{k}': '{t}'" for k, t in types.items()) + "}"
    return duckdb.sql(
        "SELECT * REPLACE (try_cast(upstream_service_time AS BIGINT) AS upstream_service_time) "
        f"FROM read_json('{path}', format='newline_delimited', columns={columns})"
    ).to_arrow_table()


def polars_ndjson(path: str, keys: list[str]) -> Any:
    import polars as pl

    lines = pl.scan_ndjson(path, schema={k: pl.Int64 if k in NUMBERS else pl.String for k in keys})
    return lines.with_columns(
        pl.col("start_time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="us"),
        pl.col("upstream_service_time").cast(pl.Int64),
        *(pl.col(k).cast(pl.Categorical) for k in keys if k in LABELS),
    ).collect()


def main() -> None:
    arguments = asked(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.json.log"
        keys = write_log(path, arguments.mb)
        size = path.stat().st_size / 1e6
        print(f"{size:.0f} MB, {os.cpu_count()} cores; {arguments.runs} runs of each way in turn, after a warm-up\n")
        ways = {
            "egresslab": partial(ours, str(path)),
            "duckdb, read_json": partial(duckdb_json, str(path), keys),
            "polars, scan_ndjson": partial(polars_ndjson, str(path), keys),
        }
        in_turn(ways, arguments.runs, size)


if __name__ == "__main__":
    main()
