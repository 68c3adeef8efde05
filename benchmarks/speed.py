"""The speed of `gan train` beside loops that are written by hand for the same networks, as a Markdown table.

    python benchmarks/speed.py mnist_gan mnist_cgan mnist_dcgan
    python benchmarks/speed.py mnist_cgan --batch-sizes 32 64 128 256 --cpu-time

`gan` is a whole training: its log, the average of the generator, finite losses checked, the monitor, previews and
checkpoints. What does not happen in every step, previews with their check and checkpoints, is timed by itself and
counted as often as in the recipe. Both loops by hand (loops.py) have none of this.

The three take turns in every round, in one process, and the medians of the ratios of a round count, because the speed
of a machine drifts. The last column is the share of the machine's own rate, that of a product of two matrices of
1024 × 1024 in this round, that the expert's loop reaches. With --cpu-time the clock counts the processor's time, on one
thread, which is fairer while other programs run.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from loops import Step, as_an_expert, as_in_tutorials
from torch.utils.flop_counter import FlopCounterMode

from gancli import build, recipe
from gancli.recipe import Recipe
from gancli.run.run import Run

SIDE = 1024  # of the matrices
WARM_UP = 3  # steps
COLUMNS = [
    "recipe",
    "batch",
    "tutorials', ms a step",
    "expert's",
    "`gan`",
    "`gan`, times as fast as tutorials'",
    "as the expert's",
    "expert's share of the rate",
]


def as_gan(run: Run) -> Step:
    steps = iter(run)
    return lambda: next(steps) and None


def seconds(work: Callable[[], object], clock: Callable[[], float], least: float = 0.0, times: int = 1) -> float:
    """Seconds of one call, the mean over so many, and over more if they take less than ``least`` seconds."""
    began, done = clock(), 0
    while done < times or clock() - began < least:
        work()
        done += 1
    return (clock() - began) / done


def rarely(run: Run, folder: Path, clock: Callable[[], float]) -> float:
    """Seconds a step of what does not happen in every step."""
    settings, previews, monitor = run.recipe.train, run.previews, run._record.monitor

    def look() -> None:
        samples = previews.samples(previews.number)
        previews.write(folder / "samples.png", samples)
        monitor.check_samples(run.step, samples, previews.labels(previews.number))

    look()
    every_step = range(1, settings.steps + 1)
    looks = sum(step % settings.sample_every == 0 or monitor.is_check_due(step) for step in every_step)
    save = seconds(lambda: run.save(again=True), clock, times=3)
    return seconds(look, clock, times=3) * looks / settings.steps + save / settings.checkpoint_every


def compare(chosen: Recipe, folder: Path, arguments: argparse.Namespace) -> str:
    clock = time.process_time if arguments.cpu_time else time.perf_counter
    with Run.create(chosen, folder / "run") as run:
        loops = {"gan": as_gan(run)}
        for loop in (as_an_expert, as_in_tutorials):
            loops[loop.__name__] = loop(chosen, build.training(chosen))
        for _ in range(WARM_UP):
            for step in loops.values():
                step()
        with FlopCounterMode(display=False) as counter:
            loops["as_an_expert"]()
        matrix = torch.randn(SIDE, SIDE)
        rounds = []
        for _ in range(arguments.rounds):
            times = {name: seconds(step, clock, arguments.seconds, 2) for name, step in loops.items()}
            rounds.append(times | {"product": seconds(lambda: matrix @ matrix, clock, arguments.seconds / 3)})
        extra = rarely(run, folder, clock)
    medians = {name: statistics.median(times[name] for times in rounds) for name in rounds[0]}

    def speed(other: str) -> float:
        return statistics.median(times[other] / (times["gan"] + extra) for times in rounds)

    rate = statistics.median(
        counter.get_total_flops() / times["as_an_expert"] * times["product"] / (2 * SIDE**3) for times in rounds
    )
    columns = [
        f"`{arguments.name}`",
        f"{chosen.train.batch_size}",
        *(f"{1e3 * medians[name]:.1f}" for name in ("as_in_tutorials", "as_an_expert")),
        f"{1e3 * (medians['gan'] + extra):.1f}",
        *(f"{speed(name):.2f}" for name in ("as_in_tutorials", "as_an_expert")),
        f"{100 * rate:.0f} %",
    ]
    return f"| {' | '.join(columns)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["mnist_gan", "mnist_cgan", "mnist_dcgan"])
    parser.add_argument("--batch-sizes", nargs="*", type=int, help="instead of the recipe's own")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of every loop in a round")
    parser.add_argument("--cpu-time", action="store_true", help="count the processor's time, on one thread")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="overrides of every recipe")
    arguments = parser.parse_args()
    if arguments.cpu_time:
        torch.set_num_threads(1)
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for name in arguments.recipes:
        arguments.name = name
        for size in arguments.batch_sizes or [None]:
            overrides = ["device=cpu", *([f"train.batch_size={size}"] if size else []), *arguments.set]
            with tempfile.TemporaryDirectory() as folder:
                print(compare(recipe.load(recipe.locate(name), overrides), Path(folder), arguments), flush=True)


if __name__ == "__main__":
    main()
