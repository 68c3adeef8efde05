"""The kernel distance of KID (Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401)."""

from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.fidelity import fidelity


def subset_size(real: Tensor, fake: Tensor, size: int = 1000) -> int:
    """How many examples a subset has in ``kernel_distance``: ``size``, or all there are; part of its protocol."""
    return min(size, len(real), len(fake))


def kernel_distance(real: Tensor, fake: Tensor, *, subsets: int = 100, size: int = 1000, seed: int = 0) -> float:
    """The unbiased MMD² with the kernel (x·y/d + 1)³ of features of shape (N, d), a mean over subsets.

    It is KID only on Inception's features. Unbiased: its expectation is 0 where the distributions are the same,
    at any N, and single values fall below 0. Subsets overlap, so their deviation says nothing about the error: repeat
    with other seeds. With fewer than ``size`` examples the subsets are of ``subset_size(real, fake, size)``; if
    that is all of both, there is one.

    Raises:
        ValueError: fewer than 2 examples (or ``size`` < 2), ``subsets`` < 1, different d, or not finite.
        UsageError: torch-fidelity cannot be imported.
    """
    real, fake = checks.features("real", real, least=2), checks.features("fake", fake, least=2)
    checks.same_space(real=real, fake=fake)
    if subsets < 1 or size < 2:
        raise ValueError(f"{subsets} subsets of {size} examples; expected at least 1 of 2")
    metric, size = fidelity("kid"), subset_size(real, fake, size)
    if size == len(real) == len(fake):
        subsets = 1  # for each would be all there are
    found = metric.kid_features_to_metric(
        fake, real, kid_subsets=subsets, kid_subset_size=size, rng_seed=seed, verbose=False
    )
    return found[metric.KEY_METRIC_KID_MEAN]
