"""The speed of `gan train` beside loops that are written by hand for the same networks, as a Markdown table.

    python benchmarks/speed.py mnist_gan mnist_cgan mnist_dcgan
    python benchmarks/speed.py mnist_cgan --batch-sizes 32 64 128 256 --cpu-time

`gan` is a whole training: its log, the average of the generator, finite losses checked, the monitor, previews and
checkpoints. What does not happen in every step, previews with their check and checkpoints, is timed by itself and
counted as often as in the recipe. Both loops by hand (loops.py) have none of this.

The three take turns in every round, in one process, and the medians of the ratios of a round count, because the speed
of a machine drifts. The last column is the share of the machine's own rate, that of a product of two matrices of
1024 × 1024 in this round, that the expert's loop reaches. With --cpu-time the clock counts the processor's time, on one
thread, which is fairer while other programs run. On a GPU the expert's loop is also recorded as a CUDA graph, its
minibatches drawn on the GPU:

    python benchmarks/speed.py mnist_gan mnist_cgan_mlp mnist_dcgan --device cuda

With --peers, two other tools train the same networks too; peers.py says how.
"""

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from loops import Loop, Step, as_an_expert, as_captured, as_in_tutorials
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from gancli import build, recipe
from gancli.recipe import Recipe
from gancli.run.run import Run

SIDE = 1024  # of the matrices
WARM_UP = 3  # steps
HAND_MADE = {"tutorials'": as_in_tutorials, "expert's": as_an_expert}
CAPTURED = {"expert's as a CUDA graph": as_captured}
Clock = Callable[[], float]


class Flops(TorchDispatchMode):
    """The floating point operations of products and convolutions; FlopCounterMode refuses second derivatives."""

    total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if count := flop_registry.get(func._overloadpacket):
            self.total += count(*args, **(kwargs or {}), out_val=result)
        return result


def as_gan(run: Run) -> Step:
    steps = iter(run)
    return lambda: next(steps)


def clock_of(device: torch.device, *, cpu_time: bool) -> Clock:
    if device.type != "cuda":
        return time.process_time if cpu_time else time.perf_counter

    def when_done() -> float:
        torch.cuda.synchronize(device)
        return time.perf_counter()

    return when_done


def seconds(work: Callable[[], object], clock: Clock, least: float = 0.0, times: int = 3) -> float:
    """Seconds of one call, the mean over so many, and over more until ``least`` seconds are over."""
    began, done = clock(), 0
    while True:
        for _ in range(times):
            work()
        done += times
        if (spent := clock() - began) >= least:
            return spent / done


def rarely(run: Run, folder: Path, clock: Clock) -> float:
    """Seconds a step of what does not happen in every step."""
    settings, previews, monitor = run.recipe.train, run.previews, run._record.monitor
    moments = itertools.count(settings.sample_every, settings.sample_every)

    def look() -> None:
        samples = previews.samples(previews.number)
        previews.write(folder / "samples.png", samples)
        monitor.check_samples(next(moments), samples, previews.labels(previews.number))

    look()
    every_step = range(1, settings.steps + 1)
    looks = sum(step % settings.sample_every == 0 or monitor.is_check_due(step) for step in every_step)
    save = seconds(lambda: run.save(again=True), clock)
    return seconds(look, clock) * looks / settings.steps + save / settings.checkpoint_every


def compare(chosen: Recipe, folder: Path, arguments: argparse.Namespace, made: Mapping[str, Loop]) -> list[str]:
    """A row of the table."""
    with Run.create(chosen, folder / "run") as run:
        device = run.training.device
        clock = clock_of(device, cpu_time=arguments.cpu_time)
        loops = {name: loop(chosen, build.training(chosen)) for name, loop in made.items()} | {"gan": as_gan(run)}
        for step in loops.values():
            for _ in range(WARM_UP):
                step()
        with Flops() as flops:  # type: ignore[no-untyped-call]
            loops["expert's"]()
        matrix = torch.randn(SIDE, SIDE, device=device)
        rounds = []
        for _ in range(arguments.rounds):
            times = {name: seconds(step, clock, arguments.seconds) for name, step in loops.items()}
            rounds.append(times | {"product": seconds(lambda: matrix @ matrix, clock, arguments.seconds / 3)})
        rare = rarely(run, folder, clock)
    for times in rounds:
        times["gan"] += rare

    def median(number: Callable[[Mapping[str, float]], float]) -> float:
        return statistics.median(map(number, rounds))

    rate = median(lambda times: flops.total / times["expert's"] * times["product"] / (2 * SIDE**3))
    return [
        f"`{arguments.name}`",
        f"{chosen.train.batch_size}",
        *(f"{1e3 * median(lambda times: times[name]):.3g}" for name in loops),  # noqa: B023 - it is called at once
        *(f"{median(lambda times: times[name] / times['gan']):.2f}" for name in made),  # noqa: B023
        f"{100 * rate:.0f} %",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["mnist_gan", "mnist_cgan", "mnist_dcgan"])
    parser.add_argument("--batch-sizes", nargs="*", type=int, help="instead of the recipe's own")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of every loop in a round")
    parser.add_argument("--cpu-time", action="store_true", help="count the processor's time, on one thread")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--peers", action="store_true", help="also Lightning and TorchGAN, if they are installed")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="overrides of every recipe")
    arguments = parser.parse_args()
    if arguments.cpu_time:
        torch.set_num_threads(1)
    made = HAND_MADE | (CAPTURED if arguments.device == "cuda" else {})
    if arguments.peers:
        from peers import as_in_lightning, as_in_torchgan

        made |= {"Lightning's": as_in_lightning, "TorchGAN's": as_in_torchgan}
    times, ratios = [f"{name}, ms a step" for name in [*made, "`gan`"]], [f"as fast as {name}" for name in made]
    print_row(columns := ["recipe", "batch", *times, *ratios, "share of the rate"])
    print_row(["---"] * len(columns))
    for name in arguments.recipes:
        arguments.name = name
        for size in arguments.batch_sizes or [None]:
            sizes = [f"train.batch_size={size}"] if size else []
            chosen = recipe.load(recipe.locate(name), [f"device={arguments.device}", *sizes, *arguments.set])
            with tempfile.TemporaryDirectory() as folder:
                print_row(compare(chosen, Path(folder), arguments, made))


def print_row(cells: list[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
