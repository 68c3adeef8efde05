"""The truncation trick (Brock et al., 2019, https://arxiv.org/abs/1809.11096, section 3.1)."""

import math

import torch
from torch import Tensor

from gancli import LatentPrior


def truncated(z: Tensor, threshold: float, prior: LatentPrior) -> Tensor:
    """Noise with no number beyond ``threshold`` times the prior's scale, of the shape of ``z``.

    The paper draws every number that lies beyond again. Here ``z`` is drawn already, and each number goes through its
    own distribution function and the inverse of the truncated one's: F⁻¹(Φ(z)). The result has the same distribution
    as one that is drawn again, it is a function of ``z`` alone, so sample i stays sample i, and it keeps the order of
    the numbers: a sample resembles the one without truncation.

    Args:
        z: from ``prior``, normal or uniform.
        threshold: in units of the prior's scale.
    """
    if prior.prior == "uniform":
        return z * min(threshold, 1.0)
    # Both distributions are symmetric around 0, where Φ is (1 + erf(z / √2)) / 2. In double precision, on the CPU as
    # some devices have none, since erf is near 1 at large z.
    inner = torch.erf(z.cpu().double() / (prior.scale * math.sqrt(2))) * math.erf(threshold / math.sqrt(2))
    limit = threshold * prior.scale
    mapped = prior.scale * math.sqrt(2) * torch.erfinv(inner)
    return mapped.to(z).clamp(-limit, limit)
