"""Previews of a training that translates: fixed source images beside their translations.

The source images are held out where the dataset has such, so that the pictures show what new images become.
"""

from functools import cached_property

from torch import Tensor

from gancli.build import Training
from gancli.data import Dataset
from gancli.data.minibatches import fixed_examples
from gancli.sampling import draw
from gancli.sampling.directions import has_both_directions
from gancli.sampling.images import Pixels, picture, sheet
from gancli.sampling.side_by_side import rows

NUM_TRANSLATED = 16  # source images that are translated
NUM_LIVE = 4  # of them on a terminal
ACROSS = 2  # of them in a row
REAL_ACROSS = 4  # pairs in a row of the picture of the data

Columns = dict[str, Tensor]  # images of shape (n, C, H, W) by what stands above them


class TranslationPreviews:
    """The fixed source images of a training, with their translations.

    Of pairs, the targets stand beside them; of a model that has both directions, the other one does too.
    """

    def __init__(self, training: Training, seed: int) -> None:
        self._training, self._seed = training, seed

    def outputs(self, n: int = NUM_TRANSLATED) -> Tensor:
        """The translations of the first ``n`` source images, of shape (≤ n, *data.shape)."""
        return self._translated(self._shown[1][:n])

    def sheet(self, outputs: Tensor) -> Pixels:
        """Source images with what belongs to each beside it, two in a row, with names above the columns."""
        columns = self._columns(outputs)
        across = min(ACROSS, len(outputs))
        return sheet(rows(*columns.values()), across * len(columns), list(columns) * across)

    def live(self, outputs: Tensor) -> Pixels:
        """The same for a terminal, without names."""
        columns = self._columns(outputs)
        return picture(rows(*columns.values()), ACROSS * len(columns))

    def real_sheet(self) -> Pixels:
        """Source images and targets as they are trained on."""
        targets, sources = _examples(self._training.dataset, self._seed)
        across = min(REAL_ACROSS, len(sources))
        return sheet(rows(sources, targets), 2 * across, self._sides * across)

    def _columns(self, outputs: Tensor) -> Columns:
        targets, sources = (images[: len(outputs)] for images in self._shown)
        first, second = self._sides
        columns = {first: sources, f"{first} → {second}": outputs}
        if has_both_directions(self._training.gan):
            return columns | {second: targets, f"{second} → {first}": self._translated(targets, direction="BtoA")}
        return columns | ({second: targets} if self._is_paired else {})

    def _translated(self, images: Tensor, **options: str) -> Tensor:
        gan, generator = self._training.gan, self._training.generator
        return draw.sample(gan, generator, len(images), seed=self._seed, sources=images, options=options)

    @property
    def _sides(self) -> tuple[str, str]:
        source = self._training.gan.data.source
        assert source is not None
        return source.names

    @property
    def _is_paired(self) -> bool:
        source = self._training.gan.data.source
        return source is not None and source.paired

    @cached_property
    def _shown(self) -> tuple[Tensor, Tensor]:
        data = self._training.dataset
        return _examples(data.held_out() or data, self._seed)


def _examples(dataset: Dataset, seed: int) -> tuple[Tensor, Tensor]:
    """Fixed targets of shape (n, *spec.shape), and source images of shape (n, *spec.source.shape)."""
    targets, sources = fixed_examples(dataset, NUM_TRANSLATED, seed)
    return targets.cpu(), sources.cpu()
