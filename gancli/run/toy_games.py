"""The players of a game on a line, read from the checkpoints that a run has kept."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from gancli import build
from gancli.architectures import dirac
from gancli.data import Dataset
from gancli.errors import UsageError
from gancli.figures.dirac_game import DiracGame, Position
from gancli.figures.line_game import LineGame, Snapshot
from gancli.losses import Minimax, NonSaturating
from gancli.models import GAN, Inputs
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.run_folder import RunFolder

POINTS = 401  # of the line, where densities and the discriminator are evaluated
WIDTH = 5.0  # standard deviations of the data that are seen to either side
SAMPLES = 50_000  # that the generator's density is estimated from
BANDWIDTH = 0.08  # of that estimate, in standard deviations of the data
ARROWS = 33  # noises, as many between any two, that are followed to where the generator puts them


def read(run: Path, follow: Callable[[list[Path]], Iterable[Path]] = iter) -> DiracGame | LineGame:
    """The game of a run, or of a lone checkpoint file, at every checkpoint that there is.

    Args:
        run: a run, or a checkpoint file.
        follow: gives the paths that it is given, one by one, and so can say how far this is.

    Raises CheckpointError if there is none, UsageError for a game that is not played on a line.
    """
    last = checkpoint.newest(run)
    recipe, paths = build.recipe_of(last), RunFolder(run).checkpoints()[::-1] or [run]
    if last.data.shape != (1,):
        raise UsageError(f"{run}: found data of shape {last.data.shape}; expected points on a line, as of 'gaussian'")
    gan, _ = build.from_checkpoint(last, torch.device("cpu"))
    generator, discriminator = gan.generator, gan.discriminator
    if isinstance(generator, dirac.Generator) and isinstance(discriminator, dirac.Discriminator):
        steps = _played(gan, follow(paths))
        return DiracGame([Position(step, generator.theta.item(), discriminator.psi.item()) for step in steps])
    data = build.dataset(recipe)
    if data.modes is None or data.sigma == 0:
        raise UsageError(
            f"{run}: found the dataset {recipe.dataset.name!r}; expected one with a density, as of 'gaussian'"
        )
    if not isinstance(gan.loss, Minimax | NonSaturating):
        raise UsageError(
            f"{run}: found the loss {recipe.loss.name!r}; expected 'minimax' or 'non-saturating', whose discriminator "
            "is a probability"
        )
    return _line_game(gan, data, _played(gan, follow(paths)))


def _played(gan: GAN, paths: Iterable[Path]) -> Iterator[int]:
    """Put the players where every checkpoint has them, and give its step."""
    for saved in map(Checkpoint.load, paths):
        saved.refuse_generator_only("gan plot-game")
        build.load_network(gan.generator, saved, "generator")  # in training, and no average: it is D's opponent
        build.load_network(gan.discriminator, saved, "discriminator")
        yield saved.step


def _line_game(gan: GAN, data: Dataset, steps: Iterable[int]) -> LineGame:
    assert data.modes is not None
    margin, spread = WIDTH * data.sigma, 2 * data.sigma**2
    x = torch.linspace(float(data.modes.min()) - margin, float(data.modes.max()) + margin, POINTS)
    density = torch.exp(-((x - data.modes) ** 2) / spread).mean(0) / (torch.pi * spread) ** 0.5
    z = draw.latents(gan.latent, 0, SAMPLES, seed=0)
    snapshots = [_snapshot(gan, step, x, density, z, BANDWIDTH * data.sigma) for step in steps]
    return LineGame(x.numpy(), density.numpy(), snapshots)


@torch.no_grad()
def _snapshot(gan: GAN, step: int, x: Tensor, data: Tensor, z: Tensor, bandwidth: float) -> Snapshot:
    with draw.eval_mode(gan):
        samples, logits = gan.generate(gan.generator, Inputs(z)), gan.discriminator(x.unsqueeze(1))
        value = torch.trapezoid(data * logsigmoid(logits), x) + logsigmoid(-gan.discriminator(samples)).mean()
        starts = torch.quantile(z, torch.linspace(0.01, 0.99, ARROWS), dim=0)  # (ARROWS, dim)
        arrows = torch.cat([starts, gan.generator(starts)], 1) if gan.latent.dim == 1 else torch.empty(0, 2)
    generated = _density(samples.flatten(), x, bandwidth)
    return Snapshot(step, generated.numpy(), logits.sigmoid().numpy(), value.item(), arrows.numpy())


def _density(samples: Tensor, x: Tensor, bandwidth: float) -> Tensor:
    """A kernel density estimate at the evenly spaced ``x``: a histogram around them, smoothed by a Gaussian."""
    cell = float(x[1] - x[0])
    first, last = float(x[0]) - cell / 2, float(x[-1]) + cell / 2
    inside = samples[(samples >= first) & (samples < last)]
    counts = torch.histc(inside, len(x), first, last)
    kernel = torch.exp(-((x[:, None] - x) ** 2) / (2 * bandwidth**2)) / (bandwidth * (2 * torch.pi) ** 0.5)
    return kernel @ counts / len(samples)
