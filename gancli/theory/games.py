"""The players of a game on a line, read from the checkpoints that a run has kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from gancli import build, checkpoint, sampling
from gancli.checkpoint import Checkpoint
from gancli.data import GaussianMixture
from gancli.errors import UsageError
from gancli.losses import Minimax, NonSaturating
from gancli.models import GAN

POINTS = 401  # of the line, where densities and the discriminator are evaluated
WIDTH = 5.0  # standard deviations of the data that are seen to either side
SAMPLES = 50_000  # that the generator's density is estimated from
BANDWIDTH = 0.08  # of that estimate, in standard deviations of the data
ARROWS = 33  # noises, evenly spaced, that are followed to where the generator puts them


@dataclass(frozen=True)
class Position:
    """Where the players of a Dirac-GAN are."""

    step: int
    theta: float  # the generator's point
    psi: float  # the discriminator's slope


@dataclass(frozen=True)
class DiracGame:
    """A Dirac-GAN, oldest position first."""

    moments: list[Position]


@dataclass(frozen=True)
class Moment:
    """The players of a game on a line; arrays are of shape (POINTS,) unless they say otherwise."""

    step: int
    generated: np.ndarray  # p_g, estimated from samples
    discriminator: np.ndarray  # D
    value: float  # V(D, G) = E[log D(x)] + E[log(1 − D(G(z)))]
    mapped: np.ndarray  # where the generator puts evenly spaced noises, of shape (ARROWS,); empty if z is no number


@dataclass(frozen=True)
class LineGame:
    """A game for a mixture of Gaussians on a line, oldest moment first."""

    x: np.ndarray  # of shape (POINTS,), evenly spaced
    data: np.ndarray  # p_data there
    moments: list[Moment]

    def optimum(self, moment: Moment) -> np.ndarray:
        """D* = p_data / (p_data + p_g), and NaN where there is next to nothing of either."""
        both = self.data + moment.generated
        return np.divide(self.data, both, out=np.full_like(both, np.nan), where=both > 1e-3 * self.data.max())


def read(run: Path) -> DiracGame | LineGame:
    """The game of a run, or of a lone checkpoint file, at every checkpoint that there is.

    Raises CheckpointError if there is none, UsageError for a game that is not played on a line.
    """
    last = checkpoint.newest(run)
    recipe, paths = build.recipe_of(last), checkpoint.in_order(run / "checkpoints")[::-1] or [run]
    saved = map(Checkpoint.load, paths)
    if last.data.shape != (1,):
        raise UsageError(f"{run}: found data of shape {last.data.shape}; expected points on a line, as of 'gaussian'")
    if recipe.architecture.name == "dirac":
        return DiracGame([_position(it) for it in saved])
    data, (gan, _) = build.dataset(recipe), build.from_checkpoint(last, torch.device("cpu"))
    if not isinstance(data, GaussianMixture) or data.sigma == 0:
        raise UsageError(
            f"{run}: found the dataset {recipe.dataset.name!r}; expected one with a known density, as of 'gaussian'"
        )
    if not isinstance(gan.loss, Minimax | NonSaturating):
        raise UsageError(
            f"{run}: found the loss {recipe.loss.name!r}; expected 'minimax' or 'non-saturating', whose discriminator "
            "is a probability"
        )
    return _line_game(gan, data, saved)


def _position(saved: Checkpoint) -> Position:
    theta, psi = saved.tensors["generator.theta"], saved.tensors["discriminator.psi"]
    return Position(saved.step, theta.item(), psi.item())


def _line_game(gan: GAN, data: GaussianMixture, saved: Iterable[Checkpoint]) -> LineGame:
    margin = WIDTH * data.sigma
    x = torch.linspace(float(data.modes.min()) - margin, float(data.modes.max()) + margin, POINTS)
    z = sampling.latents(gan.latent, 0, SAMPLES, seed=0)
    density = torch.exp(-((x - data.modes) ** 2) / (2 * data.sigma**2)).mean(0) / (data.sigma * (2 * torch.pi) ** 0.5)
    moments = []
    for it in saved:
        build.load_network(gan.generator, it, "generator")  # in training, and no average: it is D's opponent
        build.load_network(gan.discriminator, it, "discriminator")
        moments.append(_moment(gan, it.step, x, density, z, BANDWIDTH * data.sigma))
    return LineGame(x.numpy(), density.numpy(), moments)


@torch.no_grad()
def _moment(gan: GAN, step: int, x: Tensor, data: Tensor, z: Tensor, bandwidth: float) -> Moment:
    with sampling.eval_mode(gan):
        samples, logits = gan.generator(z), gan.discriminator(x.unsqueeze(1))
        value = torch.trapezoid(data * logsigmoid(logits), x) + logsigmoid(-gan.discriminator(samples)).mean()
        evenly = torch.linspace(-1, 1, ARROWS).unsqueeze(1) * gan.latent.scale
        mapped = gan.generator(evenly).flatten() if gan.latent.dim == 1 else torch.empty(0)
    generated = _density(samples.flatten(), x, bandwidth)
    return Moment(step, generated.numpy(), logits.sigmoid().numpy(), value.item(), mapped.numpy())


def _density(samples: Tensor, x: Tensor, bandwidth: float) -> Tensor:
    """A kernel density estimate at the evenly spaced ``x``: a histogram around them, smoothed by a Gaussian."""
    cell = float(x[1] - x[0])
    first, last = float(x[0]) - cell / 2, float(x[-1]) + cell / 2
    inside = samples[(samples >= first) & (samples < last)]
    counts = torch.histc(inside, len(x), first, last)
    kernel = torch.exp(-((x[:, None] - x) ** 2) / (2 * bandwidth**2)) / (bandwidth * (2 * torch.pi) ** 0.5)
    return kernel @ counts / len(samples)
