"""What a search has found, and what it is compared with."""

from dataclasses import dataclass, field

from torch import Tensor

from gancli.projection.latent import Latent
from gancli.projection.objective import Scores

FOUND, START, NEAREST, OTHERS = "projection", "best start", "nearest training picture", "other training pictures"


@dataclass(frozen=True)
class Projection:
    """The image of a generator that is nearest to a target.

    Attributes:
        latent: from which it is drawn.
        image: of shape (C, H, W), in [-1, 1], as it is drawn from the latent.
        scores: how far the image is from the target, and how far others are: ``best start`` is the nearest of the
            random samples that the search began from.
        history: the least distance after each step.
        seconds: that the search took.
    """

    latent: Latent
    image: Tensor
    scores: dict[str, Scores] = field(default_factory=dict)
    history: tuple[float, ...] = ()
    seconds: float = 0.0
