"""The contract of an extractor: the features in which pictures are compared.

Numbers of two extractors cannot be compared, so an extractor's id is shown with every number.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor

from gancli.data.base import count_not_finite
from gancli.errors import DivergedError

OnProgress = Callable[[float], None]  # called with the share of the work that is done


def silent(share: float) -> None:
    """Report no progress."""


class Extractor(ABC):
    """Maps images to features, and to classes if it knows any.

    It is made of a dataset, ``def __init__(self, dataset: Dataset)``, and has no options: no recipe names it. Images
    are first rounded as a file of them is, by ``gancli.extractors.as_pictures``, so that real and generated ones are
    treated alike. The same images give the same features. One that is named in a command is made of two fifths of the
    training examples, and the rest are left for evaluation: no example of an evaluation was fitted.

    Attributes:
        id: a text that is equal exactly when the features are, such as ``mine@sha256:0123abcd``; a subclass sets it.
        dim: how many numbers the features of an image are.
        learns: whether it learns from the images that it is made of; else all of them are left for evaluation.
        caveat: a warning to a reader of the numbers, printed beside them.
        is_standard: whether it is Inception's own: distances in its features, as they are, are the FID and KID of
            papers.

    Raises:
        ValueError: it does not fit the images; the user sees the message.
    """

    id: str
    dim: int = 64
    learns: bool = True
    caveat: str = ""
    is_standard: bool = False

    @abstractmethod
    def features(self, images: Tensor) -> Tensor:
        """Features of shape (N, dim), on the CPU, each with a standard deviation of about 1 over real images.

        Args:
            images: in [-1, 1], of shape (N, C, H, W); N may be more than fits in memory at once.
        """

    def classes(self, images: Tensor) -> Tensor | None:
        """Probabilities of shape (N, K), in the order of the dataset's class names; None if it knows no classes."""
        return None


def as_pictures(images: Tensor) -> Tensor:
    """Images in [-1, 1] as a file would hold them: of 256 levels, float32, on the CPU.

    Raises DivergedError for numbers that are not finite.
    """
    images = images.detach().float().cpu()
    if bad := count_not_finite(images):
        raise DivergedError(
            f"found {bad} of {len(images)} images with numbers that are not finite, expected [-1, 1]; "
            "the generator has diverged: evaluate an earlier checkpoint"
        )
    return images.add(1).mul_(127.5).round_().clamp_(0, 255).div_(127.5).sub_(1)
