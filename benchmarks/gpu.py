"""The speed of `gan train` on a GPU, with and without CUDA graphs, beside loops by hand, as a Markdown table.

    python benchmarks/gpu.py                             # on one GPU, in less than five minutes
    python benchmarks/gpu.py mnist_gan --device cpu --rounds 1 --seconds 0 --warm-up 1     # a dry run, without graphs

`gan` is a whole training, with its log, monitor and average of the generator, but without previews and checkpoints:
as it is by default, with `train.cuda_graph=true`, and both in bf16. The tutorials' loop and the bare one, which is the
expert's as a CUDA graph, are those of loops.py. All loops of a recipe take turns; the medians over the rounds count.

Images a second are real ones, those of all k steps. The memory is what a loop adds to the most that is allocated while
it is made and warmed up. The exit code is 1 if networks differ, a weight is not finite, or a training that should be
recorded is not.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import torch
from loops import Loop, Step, as_an_expert, as_captured, as_in_tutorials
from speed import clock_of, print_row, seconds

from gancli import GAN, build, recipe
from gancli.recipe import Recipe
from gancli.run.run import Run

RECIPES = ["mnist_gan", "mnist_cgan_mlp", "mnist_dcgan", "mnist_cgan", "emoji_quick"]
PLAIN = [f"train.{key}={10**9}" for key in ("steps", "sample_every", "checkpoint_every")] + ["train.evaluate_every=0"]
VARIANTS = {
    "`gan`": [],
    "`gan`, captured": ["train.cuda_graph=true"],
    "`gan`, bf16": ["precision=bf16"],
    "`gan`, bf16, captured": ["precision=bf16", "train.cuda_graph=true"],
}


@dataclass
class Candidate:
    """A loop that is measured."""

    name: str
    step: Step
    gan: GAN
    problems: Callable[[], list[str]] = list  # those that it knows itself
    memory: int = 0  # bytes
    times: list[float] = field(default_factory=list)  # seconds a step

    @property
    def seconds(self) -> float:
        return statistics.median(self.times)


def by_hand(name: str, loop: Loop, chosen: Recipe) -> Candidate:
    made = build.training(chosen)
    return Candidate(name, loop(chosen, made), made.gan)


def by_gan(name: str, run: Run, device: torch.device) -> Candidate:
    steps = iter(run)

    def problems() -> list[str]:
        run._after_step.require_finite()
        return [f"{name}: {note}" for note in run.notices if "train.cuda_graph" in note and device.type == "cuda"]

    return Candidate(name, lambda: next(steps), run.training.gan, problems)


def candidates(chosen: Recipe, name: str, device: torch.device, stack: ExitStack) -> list[Callable[[], Candidate]]:
    """What makes every loop of a recipe."""

    def run(label: str, overrides: list[str]) -> Candidate:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        checked = recipe.load(recipe.locate(name), [f"device={device}", *PLAIN, *overrides])
        return by_gan(label, stack.enter_context(Run.create(checked, folder / "run")), device)

    made = [lambda: by_hand("the tutorials' loop", as_in_tutorials, chosen)]
    if device.type != "cuda":
        made.append(lambda: by_hand("a bare loop", as_an_expert, chosen))
    elif all(term.every == 1 for term in chosen.penalties):  # a single graph makes the same step again and again
        made.append(lambda: by_hand("a bare loop, captured", as_captured, chosen))
    return made + [lambda label=label, more=more: run(label, more) for label, more in VARIANTS.items()]


def warmed_up(make: Callable[[], Candidate], device: torch.device, steps: int) -> Candidate:
    """A loop after its first steps, and the memory that it took."""
    is_cuda = device.type == "cuda"
    if is_cuda:
        torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device) if is_cuda else 0
    candidate = make()
    for _ in range(steps):
        candidate.step()
    candidate.memory = torch.cuda.max_memory_allocated(device) - before if is_cuda else 0
    return candidate


def problems(loops: list[Candidate]) -> list[str]:
    """What makes the numbers of a recipe wrong."""
    shapes = [[(name, weight.shape) for name, weight in loop.gan.named_parameters()] for loop in loops]
    found = [f"{loop.name}: other networks" for loop, each in zip(loops, shapes, strict=True) if each != shapes[0]]
    for loop in loops:
        found += loop.problems()
        if not all(weight.isfinite().all() for weight in loop.gan.parameters()):
            found.append(f"{loop.name}: a weight is not finite")
    return found


def measure(name: str, arguments: argparse.Namespace) -> list[str]:
    """Print the rows of a recipe; returns what is wrong with them."""
    device = torch.device(arguments.device)
    clock = clock_of(device, cpu_time=False)
    chosen = recipe.load(recipe.locate(name), [f"device={device}"])
    with ExitStack() as stack:
        loops = [warmed_up(make, device, arguments.warm_up) for make in candidates(chosen, name, device, stack)]
        for _ in range(arguments.rounds):
            for loop in loops:
                loop.times.append(seconds(loop.step, clock, arguments.seconds))
        for loop in loops:
            images = chosen.train.batch_size * chosen.train.k_steps / loop.seconds
            ratio, memory = loops[0].seconds / loop.seconds, f"{loop.memory / 1e6:,.0f}" if loop.memory else ""
            print_row([f"`{name}`", loop.name, f"{1e3 * loop.seconds:.3g}", f"{images:,.0f}", f"{ratio:.2f}", memory])
        return [f"{name}: {problem}" for problem in problems(loops)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=RECIPES)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:N, or cpu for a dry run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of every loop in a round")
    parser.add_argument(
        "--warm-up", type=int, default=30, help="steps before anything is timed; graphs are made in them"
    )
    arguments = parser.parse_args()
    if arguments.device != "cpu":
        print(f"{torch.cuda.get_device_name(arguments.device)}, torch {torch.__version__}\n")
    print_row(columns := ["recipe", "loop", "ms a step", "images a second", "as fast as tutorials'", "memory, MB"])
    print_row(["---"] * len(columns))
    wrong = [problem for name in arguments.recipes for problem in measure(name, arguments)]
    for problem in wrong:
        print(problem, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
