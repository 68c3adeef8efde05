"""The slowdown of a training beside other trainings: milliseconds a step, alone and two or three at once.

    python benchmarks/beside.py mnist_cgan ring --rounds 3
    python benchmarks/beside.py --spins default 10000 4000 1000 --one-thread

For every way in which OpenMP's threads may wait, processes that train the same recipe are started; when all of them
have warmed up, they take their steps at once. The settings take turns in every round, because the speed of a machine
drifts, and the least and the median over the rounds of the mean of a step are printed: on a busy machine the least is
the better guess. What counts is the mean and not the median of the steps: waiting comes in a few very long ones.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from gancli.training.openmp import SPINS

WARM_UP = 5


def steps_of(name: str) -> Iterator[Any]:
    """The steps of a recipe as a training takes them, the average included; no log and no checks."""
    from gancli import build, recipe
    from gancli.data import batches
    from gancli.recipe import PLAYERS
    from gancli.training.algorithm import train

    chosen = recipe.load(recipe.locate(name), ["device=cpu"])
    made = build.training(chosen)
    minibatches = batches(made.dataset, chosen.train.batch_size, seed=0, device=made.device)
    players = (made.optimizers[player] for player in PLAYERS)
    for losses in train(made.gan, minibatches, *players, k=chosen.train.k_steps):
        if made.average is not None:
            made.average.update_parameters(made.gan.generator)
        yield losses


def train_when_told(name: str, count: int) -> None:
    """Warm up, say so, wait for a line, take the steps, and print the milliseconds of one."""
    steps = steps_of(name)
    for _ in itertools.islice(steps, WARM_UP):
        pass
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    for _ in itertools.islice(steps, count):
        pass
    print((time.perf_counter() - began) / count * 1e3, flush=True)
    sys.stdin.readline()  # do not end before the others do


def at_once(name: str, count: int, trainings: int, settings: dict[str, str]) -> float:
    """Milliseconds of a step, the mean over trainings that are made at the same time."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OMP_", "GOMP_", "KMP_"))}
    command = [sys.executable, __file__, "--train", name, "--steps", str(count)]
    processes = [
        subprocess.Popen(command, env=clean | settings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(trainings)
    ]
    found = []
    for line in ("start\n", "end\n"):
        for process in processes:
            assert process.stdout is not None
            found.append(process.stdout.readline().strip())
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(line)
            process.stdin.flush()
    for process in processes:
        process.communicate()
    return statistics.mean(map(float, found[trainings:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["mnist_cgan", "mnist_dcgan", "mnist_gan", "ring"])
    parser.add_argument("--spins", nargs="*", default=["default", SPINS], help="GOMP_SPINCOUNT; default: unset")
    parser.add_argument("--one-thread", action="store_true", help="measure OMP_NUM_THREADS=1 too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--train", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.train:
        train_when_told(arguments.train, arguments.steps)
        return
    settings = {spins: {} if spins == "default" else {"GOMP_SPINCOUNT": spins} for spins in arguments.spins}
    settings |= {"one thread": {"OMP_NUM_THREADS": "1"}} if arguments.one_thread else {}
    print(f"{'recipe':16}{'spins':>12}{'alone':>16}{'two at once':>16}{'three':>16}   ms a step, least (median)")
    for name in arguments.recipes:
        measured: dict[tuple[str, int], list[float]] = {}
        for _, spins, trainings in itertools.product(range(arguments.rounds), settings, (1, 2, 3)):
            found = at_once(name, arguments.steps, trainings, settings[spins])
            measured.setdefault((spins, trainings), []).append(found)
        for spins in settings:
            cells = (measured[spins, trainings] for trainings in (1, 2, 3))
            shown = "".join(f"{f'{min(cell):.1f} ({statistics.median(cell):.1f})':>16}" for cell in cells)
            print(f"{name:16}{spins:>12}{shown}", flush=True)


if __name__ == "__main__":
    main()
