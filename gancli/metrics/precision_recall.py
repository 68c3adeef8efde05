"""Improved precision and recall (Kynkäänniemi et al., 2019, https://arxiv.org/abs/1904.06991)."""

from typing import NamedTuple

from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.fidelity import fidelity


class PrecisionRecall(NamedTuple):
    """Both from 0 to 1. Real data scores less than 1 against real data: put that row beside it."""

    precision: float
    recall: float


def precision_recall(real: Tensor, fake: Tensor, *, k: int = 3, chunk: int = 1000) -> PrecisionRecall:
    """The share of fakes inside the manifold of the real features, and of real ones inside that of the fakes.

    The manifold of features of shape (N, d) is the union of balls around them, each as wide as the distance to the
    ``k``-th nearest other; on the rim is inside (≤). Right for constant features, whose balls have radius 0.

    Args:
        chunk: rows of the matrix of distances that are in memory at once; changes nothing.

    Raises:
        ValueError: not more than ``k`` examples, ``k`` < 1, different d, or not finite.
        UsageError: torch-fidelity cannot be imported.
    """
    if k < 1 or chunk < 1:
        raise ValueError(f"k = {k}, chunk = {chunk}; expected at least 1 each")
    real, fake = checks.features("real", real, least=k + 1), checks.features("fake", fake, least=k + 1)
    checks.same_space(real=real, fake=fake)
    origin = real[0]  # distances go through matrix products, which lose digits far from the origin
    metric = fidelity("prc")
    found = metric.prc_features_to_metric(
        fake - origin, real - origin, prc_neighborhood=k, prc_batch_size=chunk, save_cpu_ram=True, verbose=False
    )
    return PrecisionRecall(found[metric.KEY_METRIC_PRECISION], found[metric.KEY_METRIC_RECALL])
