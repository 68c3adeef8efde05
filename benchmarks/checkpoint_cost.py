"""What do checkpoints, the log, the fixed samples and the watch over the training cost? Shares of a run's own time.

    python benchmarks/checkpoint_cost.py mnist_cgan ring

A recipe is trained as `gan train` does it, at its own cadence, from one checkpoint to the next; the time inside the
writing, and inside the looking, is taken in the same run, for two runs in turn differ by more than what is measured.
"""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gancli import recipe
from gancli.run import Run

ROUNDS = 5


class Stopwatch:
    """Adds up the time inside a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return self.function(*arguments)
        finally:
            self.seconds += time.perf_counter() - began


def measure(name: str, folder: Path) -> None:
    """Print the shares of one recipe: the median of the rounds, and the largest."""
    with Run.create(recipe.load(recipe.locate(name), ["train.steps=1000000000", "device=cpu"]), folder) as run:
        run.save = saving = Stopwatch(run.save)  # type: ignore[method-assign]
        run._keep_record = recording = Stopwatch(run._keep_record)  # type: ignore[method-assign]
        every, loop = run.recipe.train.checkpoint_every, iter(run)
        saves, records = [], []
        for _ in range(ROUNDS):
            saving.seconds = recording.seconds = 0.0
            began = time.perf_counter()
            for _ in itertools.islice(loop, every):
                pass
            whole = time.perf_counter() - began
            saves.append(saving.seconds / whole)
            records.append((recording.seconds - saving.seconds) / whole)
        size = next((folder / "checkpoints").iterdir()).stat().st_size
    print(f"{name}: {every:,} steps in {whole:.1f} s, then a checkpoint of {size / 1e6:.1f} MB")
    for what, shares in (("checkpoints", saves), ("log, fixed samples, watch", records)):
        print(f"  {what:26} {statistics.median(shares):6.2%} of the time, at most {max(shares):.2%}")


if __name__ == "__main__":
    for name in sys.argv[1:] or ["mnist_cgan"]:
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder) / "run")
