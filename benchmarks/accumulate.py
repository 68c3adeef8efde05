"""Memory and time of a step whose minibatch is computed in parts, each number of parts in a process of its own.

python benchmarks/accumulate.py emoji_quick --parts 1 2 4 8
"""

import argparse
import multiprocessing
import resource
import sys
import time
from statistics import median

UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


def measure(recipe: str, parts: int, steps_made: int) -> tuple[float, float]:
    """Peak memory in MB, and seconds of processor time a step."""
    import torch

    from gancli import build
    from gancli.recipe import load, locate
    from gancli.run import steps

    torch.set_num_threads(1)
    chosen = load(locate(recipe), ["device=cpu", f"train.accumulate={parts}"])
    training = build.training(chosen)
    loop, times = steps.loop(chosen, training), []
    for step in range(steps_made):
        steps.set_step(training, step)
        began = time.process_time()
        next(loop)
        times.append(time.process_time() - began)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / 1e6, median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipe")
    parser.add_argument("--parts", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--steps", type=int, default=8)
    chosen = parser.parse_args()
    for parts in chosen.parts:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            memory, seconds = pool.apply(measure, (chosen.recipe, parts, chosen.steps))
        print(f"{parts:3} parts: {memory:,.0f} MB at most, {seconds:.2f} s of processor time a step")


if __name__ == "__main__":
    main()
