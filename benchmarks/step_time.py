"""The cost of the tool beside a loop written by hand: a ratio, both measured in turn in one process.

    python benchmarks/step_time.py mnist_cgan

By hand: the same networks and batch size, torch.optim.Adam, zero_grad and backward as most scripts have them, two
passes of the discriminator, the average updated tensor by tensor; nothing is checked, logged or saved. The tool: one
step of Algorithm 1 as `gan train` takes it, finite losses checked and the generator averaged.
"""

import copy
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from gancli import build, recipe
from gancli.data import batches
from gancli.recipe import PLAYERS
from gancli.training.algorithm import train

ROUNDS, STEPS = 9, 40


def by_hand(made: build.Training, minibatches: Iterator[tuple[torch.Tensor, ...]]) -> Callable[[], None]:
    """A conditional GAN's step with the non-saturating loss, as scripts have it."""
    gan = made.gan.float().to(memory_format=torch.contiguous_format)
    generator, discriminator = gan.generator, gan.discriminator
    average = copy.deepcopy(generator)
    g_optimizer = torch.optim.Adam(generator.parameters(), 1e-3, betas=(0.5, 0.99))
    d_optimizer = torch.optim.Adam(discriminator.parameters(), 1e-3, betas=(0.5, 0.99))

    def step() -> None:
        real, y = next(minibatches)
        ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
        d_optimizer.zero_grad()
        fake = generator(torch.randn(len(real), gan.latent.dim), y)
        real_loss = cross_entropy(discriminator(real, y), ones)
        fake_loss = cross_entropy(discriminator(fake.detach(), y), zeros)
        (real_loss + fake_loss).backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        fake = generator(torch.randn(len(real), gan.latent.dim), y)
        cross_entropy(discriminator(fake, y), ones).backward()
        g_optimizer.step()
        with torch.no_grad():
            for averaged, weight in zip(average.parameters(), generator.parameters(), strict=True):
                averaged.lerp_(weight, 0.002)

    return step


def with_the_tool(made: build.Training, minibatches: Iterator[tuple[torch.Tensor, ...]]) -> Callable[[], None]:
    loop = train(made.gan, minibatches, *(made.optimizers[player] for player in PLAYERS))
    assert made.average is not None
    average = made.average

    def step() -> None:
        next(loop)
        average.update_parameters(made.gan.generator)

    return step


def main(name: str) -> None:
    chosen = recipe.load(recipe.locate(name), ["dataset.source=embedded", "device=cpu"])
    steps = {}
    for which in (by_hand, with_the_tool):
        made = build.training(chosen)
        minibatches = batches(made.dataset, chosen.train.batch_size, seed=0, device=made.device)
        steps[which.__name__] = which(made, minibatches)
    times: dict[str, list[float]] = {which: [] for which in steps}
    for _ in range(ROUNDS + 1):
        for which, step in steps.items():
            began = time.perf_counter()
            for _ in range(STEPS):
                step()
            times[which].append((time.perf_counter() - began) / STEPS * 1e3)
    ratios = [tool / hand for hand, tool in zip(*(measured[1:] for measured in times.values()), strict=True)]
    for which, measured in times.items():
        print(f"{which:15} {statistics.median(measured[1:]):6.1f} ms a step")
    print(f"tool / by hand  {statistics.median(ratios):6.2f}  (from {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "mnist_cgan")
