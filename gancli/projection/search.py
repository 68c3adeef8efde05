"""The search for the latent whose image is nearest to a target: random samples, and Adam from the nearest of them.

As in the projection of StyleGAN2 (Karras et al., 2020, https://arxiv.org/abs/1912.04958, appendix D), a model with a
mapped latent space is searched there.
"""

import time
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gancli.data.budget import Budget
from gancli.extractors.base import OnProgress, silent
from gancli.models import GAN, Inputs
from gancli.projection.latent import Latent
from gancli.projection.objective import Objective
from gancli.projection.projection import FOUND, START, Projection
from gancli.sampling import draw
from gancli.training.schedules import between

RANDOM_SAMPLES = Budget(most=1024, least=64, usual=(3, 32, 32))
STARTS = Budget(most=8, least=4, usual=(3, 64, 64))
STEPS = 300
LR = 0.1  # in units of the latent's own deviation; it falls to 0
NEAR_THE_PRIOR = 0.05  # weight of the term that keeps normal noise about as long as that of the training


class Search:
    """Finds latents of a trained generator.

    Args:
        gan: the model.
        generator: its generator, or an average of it.
        objective: how far an image is from a target.
        labels: the classes that are tried; none for a model without classes.
        steps: of Adam.
        seed: of the random samples.
        options: of the model's sampler.
        digest: of the generator, for the latents.
    """

    def __init__(
        self,
        gan: GAN,
        generator: nn.Module,
        objective: Objective,
        labels: list[int],
        *,
        steps: int = STEPS,
        seed: int = 0,
        options: Mapping[str, object] = draw.NO_OPTIONS,
        digest: str = "",
    ) -> None:
        self._gan, self._generator, self._objective = gan, generator, objective
        self._steps, self._seed, self._options, self._digest = steps, seed, options, digest
        self._sampler = draw.make_sampler(gan, generator, options)
        self._device = next(generator.parameters()).device
        n = max(RANDOM_SAMPLES.examples(gan.data.shape), len(labels))
        y = torch.tensor(labels)[torch.arange(n) % len(labels)] if labels else None
        self._inputs = self._mapped(Inputs(draw.latents(gan.latent, 0, n, seed), y))
        self._samples = self._drawn(self._inputs)
        self._deviation = float(_latent(self._inputs).std(dim=0).mean())

    def __call__(self, target: Tensor, report: OnProgress = silent) -> Projection:
        """The nearest image to a target of shape (C, H, W), in [-1, 1], on the CPU."""
        began, target = time.perf_counter(), target.unsqueeze(0)
        far = self._objective.of_many(self._samples, target)
        nearest = far.argsort(stable=True)
        found, history = self._descended(self._inputs[self._starts(nearest)], target, report)
        best = self._drawn(found)  # as from the latent's file, and not as in a batch with others
        seconds = time.perf_counter() - began
        compared = {FOUND: best, START: self._samples[nearest[:1]]}
        scores = {name: self._objective.scores(image, target) for name, image in compared.items()}
        label = None if found.y is None else int(found.y[0])
        latent = Latent(_latent(found)[0], found.w is not None, label, dict(self._options), self._digest)
        return Projection(latent, best[0], scores, history, seconds)

    def _starts(self, nearest: Tensor) -> Tensor:
        """The nearest random samples, half of them of different classes: the nearest one may be of a wrong class."""
        count, y = STARTS.examples(self._gan.data.shape), self._inputs.y
        rows: list[int] = nearest.tolist()
        if y is None:
            return nearest[:count]
        of_classes = {int(y[row]): row for row in reversed(rows)}.values()  # the nearest of each
        first = sorted(of_classes, key=rows.index)[: count // 2]
        return torch.tensor([*first, *(row for row in rows if row not in first)][:count])

    def _descended(self, starts: Inputs, target: Tensor, report: OnProgress) -> tuple[Inputs, tuple[float, ...]]:
        """The best of all latents on the way from the starts, one row on the CPU; the least distance by then."""
        starts, target = starts.to(self._device), target.to(self._device)
        moving = _latent(starts).clone().requires_grad_()
        best, least, history = starts[:1], float("inf"), []
        optimizer = torch.optim.Adam([moving], LR)
        for step in range(self._steps + 1):
            optimizer.param_groups[0]["lr"] = between(LR * self._deviation, 0.0, step / self._steps, "cosine")
            here = _with(starts, moving)
            with draw.undisturbed(self._generator):
                far = self._objective(self._sampler(here).float(), target)
            row = int(far.detach().argmin())
            if (found := float(far.detach()[row])) < least:
                least, best = found, _with(starts, moving.detach().clone())[slice(row, row + 1)]
            history.append(least)
            loss = (far + NEAR_THE_PRIOR * self._off_the_prior(here)).sum()
            (moving.grad,) = torch.autograd.grad(loss, [moving])  # of the latent alone, not of the weights
            optimizer.step()
            self._keep_in_range(moving, here)
            report(step / self._steps)
        return best.to(torch.device("cpu")), tuple(history)

    def _off_the_prior(self, inputs: Inputs) -> Tensor:
        """How far the lengths of normal noise are from those of the training, of shape (N,)."""
        if inputs.w is not None or self._gan.latent.prior != "normal":
            return torch.zeros(len(inputs), device=self._device)
        return (_latent(inputs).square().mean(1) / self._gan.latent.scale**2 - 1).square()

    def _keep_in_range(self, moving: Tensor, inputs: Inputs) -> None:
        if inputs.w is None and self._gan.latent.prior == "uniform":
            moving.data.clamp_(-self._gan.latent.scale, self._gan.latent.scale)

    @torch.no_grad()
    def _mapped(self, inputs: Inputs) -> Inputs:
        with draw.undisturbed(self._generator):
            return self._gan.mapped(self._generator, inputs.to(self._device)).to(torch.device("cpu"))

    def _drawn(self, inputs: Inputs) -> Tensor:
        return draw.generate(self._gan, self._generator, inputs, self._sampler)


def _latent(inputs: Inputs) -> Tensor:
    """What is searched for: ``w`` where there is one, else ``z``."""
    found = inputs.z if inputs.w is None else inputs.w
    assert found is not None
    return found


def _with(inputs: Inputs, latent: Tensor) -> Inputs:
    """The same classes with another latent."""
    return Inputs(latent, inputs.y) if inputs.w is None else Inputs(y=inputs.y, w=latent)
