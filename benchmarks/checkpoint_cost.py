"""The cost of checkpoints, the log, the fixed samples, the monitor and evaluations, as shares of a run's time.

    python benchmarks/checkpoint_cost.py mnist_cgan ring
    python benchmarks/checkpoint_cost.py mnist_cgan --evaluate-every 1000

A recipe is trained as `gan train` does it, at its own cadence, from one checkpoint (or evaluation) to the next; the
time inside the writing, and inside the checks, is measured in the same run, because two runs in turn differ by
more than the cost. What is made once, the reference of the evaluations, is made before.
"""

import argparse
import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gancli import recipe
from gancli.run.run import Run

ROUNDS = 5


class Stopwatch:
    """Adds up the time inside a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return self.function(*arguments, **options)
        finally:
            self.seconds += time.perf_counter() - began


def measure(name: str, folder: Path, evaluate_every: int) -> None:
    """Print the shares of one recipe: the median of the rounds, and the largest."""
    changes = ["train.steps=1000000000", "device=cpu", f"train.evaluate_every={evaluate_every}"]
    with Run.create(recipe.load(recipe.locate(name), changes), folder) as run:
        run.prepare()
        after = run._after_step
        after.save = saving = Stopwatch(after.save)  # type: ignore[method-assign]
        run._record.log = logging = Stopwatch(run._record.log)  # type: ignore[method-assign]
        after.check_samples = looking = Stopwatch(after.check_samples)  # type: ignore[method-assign]
        evaluations = run._evaluations
        evaluations.evaluate = evaluating = Stopwatch(evaluations.evaluate)  # type: ignore[method-assign]
        every, loop = math.lcm(run.recipe.train.checkpoint_every, evaluate_every or 1), iter(run)
        shares: dict[str, list[float]] = {"checkpoints": [], "log, fixed samples, monitor": [], "evaluations": []}
        for _ in range(ROUNDS):
            saving.seconds = logging.seconds = looking.seconds = evaluating.seconds = 0.0
            began = time.perf_counter()
            for _ in itertools.islice(loop, every):
                pass
            whole = time.perf_counter() - began
            measured = saving.seconds, logging.seconds + looking.seconds, evaluating.seconds
            for found, seconds in zip(shares.values(), measured, strict=True):
                found.append(seconds / whole)
        size = next((folder / "checkpoints").iterdir()).stat().st_size
    print(f"{name}: {every:,} steps in {whole:.1f} s; a checkpoint has {size / 1e6:.1f} MB")
    for what, found in list(shares.items())[: 3 if evaluate_every else 2]:
        print(f"  {what:28} {statistics.median(found):6.2%} of the time, at most {max(found):.2%}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["mnist_cgan"])
    parser.add_argument("--evaluate-every", type=int, default=0, help="steps from one evaluation to the next; 0: none")
    arguments = parser.parse_args()
    for name in arguments.recipes:
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder) / "run", arguments.evaluate_every)


if __name__ == "__main__":
    main()
