"""The benchmark for a GPU, on a CPU: it runs, prints its table, and finds nothing wrong with its numbers."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "gpu.py"


def test_a_dry_run_of_the_benchmark_prints_its_table() -> None:
    few = ["--device", "cpu", "--rounds", "1", "--seconds", "0", "--warm-up", "1"]
    command = [sys.executable, str(BENCHMARK), "mnist_gan", *few]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in result.stdout.splitlines()]
    assert rows[0][:4] == ["recipe", "loop", "ms a step", "images a second"]
    assert [row[1] for row in rows[2:]] == [
        "the tutorials' loop",
        "a bare loop",
        "`gan`",
        "`gan`, captured",
        "`gan`, bf16",
        "`gan`, bf16, captured",
    ]
    assert all(float(row[2]) > 0 for row in rows[2:])
