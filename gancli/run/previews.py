"""Previews of a training: the samples whose noise never changes, from step to step."""

from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from gancli.build import Training
from gancli.data.minibatches import fixed_examples
from gancli.monitoring import NUM_SAMPLES
from gancli.sampling import draw
from gancli.sampling.classes import MAX_COLUMNS
from gancli.sampling.images import Pixels, sheet, write_png

NUM_PREVIEW_POINTS = 2500  # enough for a picture of a distribution in the plane
NUM_REAL, REAL_COLUMNS = 64, 8  # real images that are shown
NUM_TRANSLATED = 16  # source images that are translated


class Previews:
    """The fixed samples of a training, the classes in turn if there are any; of a translation, of fixed source images.

    They have noise of their own, so drawing them does not disturb training.
    """

    def __init__(self, training: Training, seed: int) -> None:
        self._training, self._seed = training, seed

    def samples(self, n: int) -> Tensor:
        """``n`` samples of shape (n, *data.shape), on the CPU; of points 2,500, of translations 16 at most."""
        gan, generator = self._training.gan, self._training.generator
        if gan.translates:
            _, sources = self._pairs
            return draw.sample(gan, generator, len(sources[:n]), seed=self._seed, sources=sources[:n])
        n = n if gan.data.is_image else NUM_PREVIEW_POINTS
        return draw.sample(gan, generator, n, seed=self._seed, labels=self.labels(n))

    def labels(self, n: int) -> Tensor | None:
        """The classes of ``n`` samples, of shape (n,); None for a model without."""
        return draw.labels_in_turn(self._training.gan, n)

    def write(self, path: Path, samples: Tensor) -> None:
        """Draw samples as one PNG: a column a class if they are few, or a row of source, output and target each."""
        gan = self._training.gan
        if gan.translates:
            targets, sources = (images[: len(samples)] for images in self._pairs)
            write_png(path, sheet(_rows(_like(samples, sources), samples, targets), 3, ()))
            return
        columns = min(gan.num_classes, MAX_COLUMNS) or 8
        shown = samples[: 8 * columns] if gan.data.is_image else samples
        names = gan.data.class_names if gan.num_classes == columns else ()
        write_png(path, sheet(shown, columns, names))

    @property
    def number(self) -> int:
        """Samples that are drawn at once during a training."""
        return NUM_SAMPLES.examples(self._training.gan.data.shape)

    def real_sheet(self) -> Pixels:
        """Examples of the data as they are trained on, not augmented; of a translation, source and target each."""
        data = self._training.dataset
        if self._training.gan.translates:
            targets, sources = self._pairs
            return sheet(_rows(_like(targets, sources), targets), 2, ())
        number = NUM_REAL if data.spec.is_image else NUM_PREVIEW_POINTS
        return sheet(fixed_examples(data, number, self._seed)[0].cpu(), REAL_COLUMNS, ())

    @cached_property
    def _pairs(self) -> tuple[Tensor, Tensor]:
        """Fixed targets of shape (n, *data.shape), and their source images of shape (n, *source.shape)."""
        targets, sources = fixed_examples(self._training.dataset, NUM_TRANSLATED, self._seed)
        return targets.cpu(), sources.cpu()


def _like(targets: Tensor, sources: Tensor) -> Tensor:
    """Source images of the size and the channels of their targets."""
    sources = torch.nn.functional.interpolate(sources, targets.shape[2:])
    if sources.shape[1] != targets.shape[1]:  # of colour and grey, one as the other
        sources = sources.mean(1, keepdim=True).expand_as(targets)
    return sources


def _rows(*images: Tensor) -> Tensor:
    """The first of each, then the second of each, and so on, of shape (k n, *data.shape)."""
    return torch.stack(images, 1).flatten(0, 1)
