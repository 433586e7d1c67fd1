"""Time `import egresslab` against importing pandas and pyarrow alone, each in fresh processes, in turn.

usage: python benchmarks/import_time.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys

WAYS = {"pandas, pyarrow": "import pandas, pyarrow", "egresslab": "import egresslab"}


def seconds(code: str) -> float:
    """Import in a fresh process and give what the import alone took."""
    program = f"import time; start = time.perf_counter(); {code}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(runs + 1):
        for way, code in WAYS.items():
            taken[way].append(seconds(code))
    medians = {way: statistics.median(found[1:]) for way, found in taken.items()}
    for way, median in medians.items():
        print(f"{way}: {median:.3f} s (median of {runs})")
    print(f"ratio: {medians['egresslab'] / medians['pandas, pyarrow']:.2f} (the house asks for at most 1.30)")


if __name__ == "__main__":
    main()
