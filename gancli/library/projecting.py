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
    gan: GAN, network: nn.Module, digest: str, classes: Sequence[int], options: Mapping[str, Any], **settings: Any
) -> tuple[Search, Objective]:
    """What finds the latent of an image, and what says how far an image is from another.

    Args:
        digest: of the weights that draw.
        classes: that are tried.
        options: of the model's sampler, unchecked.
        settings: as ``Search`` takes them.
    """
    objective = Objective(without_data(gan.data), next(network.parameters()).device)
    checked = sampling_options(gan, options)
    return Search(gan, network, objective, list(classes), options=checked, digest=digest, **settings), objective
