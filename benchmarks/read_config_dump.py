"""Time reading a large config dump into all frames against a bare `orjson.loads` of the same file, in fresh processes, in turn.

usage: python benchmarks/read_config_dump.py [--clusters 5000] [--runs 5] [--dump FILE] [--proxies 200]

The dump is the sidecar's of the shipped sample `incident`, its services multiplied under other names and ports. Prints the medians, the ratio
(the house asks for at most 3, and aims at 2), the memory above the imports as a multiple of the file (at most 7), and reading many proxies.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from egresslab import sample_path

ORJSON = """
import orjson
path = sys.argv[1]
start()
found = orjson.loads(open(path, "rb").read())
"""
EGRESSLAB = """
import cryptography.x509, msgspec, orjson, pandas, pyarrow, egresslab.config_dump
from egresslab import read_config_dump
start()
found = read_config_dump(*sys.argv[1:])
"""
FRAME = """
import resource, sys, time
def start():
    global begin, before
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
{}
print(time.perf_counter() - begin, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def run(way: str, *paths: Path) -> tuple[float, float]:
    """Give the seconds and the bytes above the imports of one fresh process."""
    done = subprocess.run([sys.executable, "-c", FRAME.format(way), *map(str, paths)], capture_output=True, text=True, check=True)
    seconds, above = done.stdout.split()
    return float(seconds), float(above)


def multiplied(clusters: int) -> bytes:
    """Write the sample's dump with as many clusters: each service comes again under another name, each listener at another port."""
    dump = json.loads(sample_path("incident/sidecar_config_dump.json").read_text(encoding="utf-8"))
    sections = {section["@type"].rsplit(".", 1)[-1]: section for section in dump["configs"]}
    found = sections["ClustersConfigDump"]["dynamic_active_clusters"]
    times = -(-clusters // len(found))
    for section, field in (
        ("ClustersConfigDump", "dynamic_active_clusters"),
        ("EndpointsConfigDump", "dynamic_endpoint_configs"),
        ("ListenersConfigDump", "dynamic_listeners"),
        ("RoutesConfigDump", "dynamic_route_configs"),
    ):
        originals = json.dumps(sections[section][field])
        sections[section][field] = [item for n in range(times) for item in again(originals, n)]
    return json.dumps(dump, indent=1).encode()


def again(items: str, n: int) -> Any:
    """Give objects under other names: one more label before each host, another port in each listener's name."""
    renamed = re.sub(r"\b(?=(?:api|cart|istiod|kube-dns|kubernetes|istio-egressgateway|egress)[.\w-]*\.(?:com|local)\b)", f"n{n}-", items)
    return json.loads(re.sub(r'"((?:[\d.]+|\d+)_)(\d+)"', lambda m: f'"{m[1]}{int(m[2]) + 7 * n}"', renamed))


def compare(path: Path, runs: int) -> None:
    """Print both ways side by side."""
    size = path.stat().st_size
    taken: dict[str, list[tuple[float, float]]] = {"orjson.loads": [], "egresslab": []}
    for _ in range(runs):
        taken["orjson.loads"].append(run(ORJSON, path))
        taken["egresslab"].append(run(EGRESSLAB, path))
    medians = {way: statistics.median(seconds for seconds, _ in found) for way, found in taken.items()}
    for way, found in taken.items():
        spread = f"{min(s for s, _ in found):.2f}-{max(s for s, _ in found):.2f}"
        above = statistics.median(m for _, m in found)
        print(f"{way}: {medians[way]:.2f} s ({spread}, {runs} runs), {above / size:.1f} times the file in memory above the imports")
    print(f"ratio on {size / 1e6:.0f} MB: {medians['egresslab'] / medians['orjson.loads']:.2f} (at most 3, goal 2)")


def many(folder: Path, proxies: int) -> None:
    """Print how long the dumps of many proxies take together."""
    dump = sample_path("incident/sidecar_config_dump.json").read_text(encoding="utf-8")
    paths = [folder / f"p{n}_config_dump.json" for n in range(proxies)]
    for n, path in enumerate(paths):
        path.write_text(dump.replace("checkout-7c9d8b6f5d-x2x4p", f"checkout-{n}"), encoding="utf-8")
    seconds, above = run(EGRESSLAB, *paths)
    total = sum(p.stat().st_size for p in paths)
    print(f"{proxies} proxies, {total / 1e6:.0f} MB: {seconds:.2f} s, {above / total:.1f} times their size in memory above the imports")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusters", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dump", type=Path)
    parser.add_argument("--proxies", type=int, default=200)
    parser.add_argument("--write", type=Path, metavar="FILE", help="only write the dump")
    arguments = parser.parse_args()
    if arguments.write:
        arguments.write.write_bytes(multiplied(arguments.clusters))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.dump or Path(folder) / "config_dump.json"
        if arguments.dump is None:
            # By a process of its own: what this one has ever used would count as its children's.
            subprocess.run([sys.executable, __file__, "--write", path, "--clusters", str(arguments.clusters)], check=True)
        compare(path, arguments.runs)
        many(Path(folder), arguments.proxies)


if __name__ == "__main__":
    main()
