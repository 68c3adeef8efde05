"""How the latent of a picture is searched for; imported when it is, for it needs an extractor."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from gancli.extractors import without_data
from gancli.models import GAN
from gancli.projection.objective import Objective
from gancli.projection.search import Search
from gancli.sampling.options import sampling_options


def search(
    gan: GAN,
    network: nn.Module,
    digest: str,
    classes: Sequence[int],
    options: Mapping[str, Any],
    *,
    seed: int,
    steps: int,
) -> tuple[Search, Objective]:
    """What finds the latent of an image, and what says how far an image is from another.

    Args:
        digest: of the weights that draw.
        classes: that are tried.
        options: of the model's sampler, unchecked.
        seed: of the random samples that the search begins from.
        steps: of the search.
    """
    objective = Objective(without_data(gan.data), next(network.parameters()).device)
    checked = sampling_options(gan, options)
    found = Search(gan, network, objective, list(classes), steps=steps, seed=seed, options=checked, digest=digest)
    return found, objective
