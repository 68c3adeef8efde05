"""Previews of a training: the samples whose noise never changes, from step to step."""

from pathlib import Path

from torch import Tensor

from gancli.build import Training
from gancli.data.minibatches import fixed_examples
from gancli.monitoring import NUM_SAMPLES
from gancli.run.translation_previews import NUM_LIVE as NUM_LIVE_TRANSLATIONS
from gancli.run.translation_previews import TranslationPreviews
from gancli.sampling import draw
from gancli.sampling.classes import MAX_COLUMNS
from gancli.sampling.images import Pixels, picture, sheet, write_png

NUM_PREVIEW_POINTS = 2500  # enough for a picture of a distribution in the plane
NUM_REAL, REAL_COLUMNS = 64, 8  # real images that are shown
NUM_LIVE, LIVE_COLUMNS = 10, 5  # samples on a terminal


class Previews:
    """The fixed samples of a training, the classes in turn if there are any; of a translation, of fixed source images.

    They have noise of their own, so drawing them does not disturb training.
    """

    def __init__(self, training: Training, seed: int) -> None:
        self._training, self._seed = training, seed
        self._translations = TranslationPreviews(training, seed) if training.gan.translates else None

    def samples(self, n: int) -> Tensor:
        """``n`` samples of shape (n, *data.shape), on the CPU; of points 2,500, of translations 16 at most."""
        if self._translations:
            return self._translations.outputs(n)
        gan = self._training.gan
        n = n if gan.data.is_image else NUM_PREVIEW_POINTS
        return draw.sample(gan, self._training.generator, n, seed=self._seed, labels=self.labels(n))

    def labels(self, n: int) -> Tensor | None:
        """The classes of ``n`` samples, of shape (n,); None for a model without."""
        return draw.labels_in_turn(self._training.gan, n)

    def write(self, path: Path, samples: Tensor) -> None:
        """Draw samples as one PNG: a column a class if they are few; translations beside their source images."""
        if self._translations:
            write_png(path, self._translations.sheet(samples))
            return
        gan = self._training.gan
        columns = min(gan.num_classes, MAX_COLUMNS) or 8
        shown = samples[: 8 * columns] if gan.data.is_image else samples
        names = gan.data.class_names if gan.num_classes == columns else ()
        write_png(path, sheet(shown, columns, names))

    def live(self) -> Pixels:
        """A few samples as they are now, for a terminal; translations beside their source images."""
        if self._translations:
            return self._translations.live(self.samples(NUM_LIVE_TRANSLATIONS))
        return picture(self.samples(NUM_LIVE), LIVE_COLUMNS)

    @property
    def number(self) -> int:
        """Samples that are drawn at once during a training."""
        return NUM_SAMPLES.examples(self._training.gan.data.shape)

    def real_sheet(self) -> Pixels:
        """Examples of the data as they are trained on, not augmented; of a translation, source and target each."""
        if self._translations:
            return self._translations.real_sheet()
        data = self._training.dataset
        number = NUM_REAL if data.spec.is_image else NUM_PREVIEW_POINTS
        return sheet(fixed_examples(data, number, self._seed)[0].cpu(), REAL_COLUMNS, ())
