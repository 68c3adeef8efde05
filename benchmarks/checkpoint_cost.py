"""What do checkpoints, the log, the samples and the watch over the training cost? A ratio, measured in one process.

    python benchmarks/checkpoint_cost.py mnist_cgan ring

The same training goes on twice, in turn: once as `gan train` does it at the recipe's cadence, and once without writing
or looking at anything. A round is as many steps as there are between two checkpoints.
"""

import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

from gancli import recipe
from gancli.run import Run

ROUNDS = 4
NEVER = 10**9


def main(*names: str) -> None:
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder))


def measure(name: str, folder: Path) -> None:
    """Print the ratio of one recipe."""
    cadences = {
        "as usual": [],
        "no checkpoints": [f"train.checkpoint_every={NEVER}"],
        "nothing": [f"train.{it}_every={NEVER}" for it in ("checkpoint", "log", "sample")],
    }
    runs = {
        cadence: Run.create(
            recipe.load(
                recipe.locate(name), ["dataset.source=embedded", f"train.steps={NEVER}", "device=cpu", *changes]
            )
            if "mnist" in name
            else recipe.load(recipe.locate(name), [f"train.steps={NEVER}", "device=cpu", *changes]),
            folder / cadence,
        )
        for cadence, changes in cadences.items()
    }
    loops = {cadence: iter(run) for cadence, run in runs.items()}
    every = runs["as usual"].recipe.train.checkpoint_every
    times: dict[str, list[float]] = {cadence: [] for cadence in runs}
    for _ in range(ROUNDS + 1):
        for cadence, loop in loops.items():
            began = time.perf_counter()
            for _ in itertools.islice(loop, every):
                pass
            times[cadence].append(time.perf_counter() - began)
    size = sum(path.stat().st_size for path in (folder / "as usual" / "checkpoints").iterdir()) / 2
    print(f"{name}: a checkpoint of {size / 1e6:.1f} MB every {every:,} steps")
    for cadence, measured in times.items():
        ratios = [one / other for one, other in zip(times["as usual"][1:], measured[1:], strict=True)]
        print(
            f"  {statistics.median(measured[1:]):6.2f} s a round, {cadence}; as usual / {cadence}: "
            f"{statistics.median(ratios):.3f} (from {min(ratios):.3f} to {max(ratios):.3f})"
        )
    for run in runs.values():
        run.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["mnist_cgan"]))
