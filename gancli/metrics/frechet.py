"""The Fréchet distance of FID (Heusel et al., 2017, https://arxiv.org/abs/1706.08500, equation 6)."""

from torch import Tensor

from gancli.metrics import checks
from gancli.metrics.fidelity import fidelity


def frechet_distance(real: Tensor, fake: Tensor) -> float:
    """|μ − μ'|² + tr(Σ + Σ' − 2 (Σ Σ')^½) of the means and covariances of features of shape (N, d).

    It is FID only on Inception's features. It is biased: two halves of the same data are about d²/N apart, with a
    factor that depends on the features, so compare at the same N and with that baseline (Chong & Forsyth, 2020,
    https://arxiv.org/abs/1911.07023). The formula also holds for N ≤ d, where that baseline is high, and for constant
    features, of covariance 0.

    Raises:
        ValueError: fewer than 2 examples (no covariance), different d, or not finite.
        UsageError: torch-fidelity cannot be imported.
    """
    real, fake = checks.features("real", real, least=2), checks.features("fake", fake, least=2)
    checks.same_space(real=real, fake=fake)
    metric = fidelity("fid")
    statistics = [metric.fid_features_to_statistics(features) for features in (real, fake)]
    for moments in statistics:
        moments["sigma"] = moments["sigma"].reshape(
            real.shape[1], -1
        )  # numpy makes a scalar of the covariance for d = 1
    distance = metric.fid_statistics_to_metric(*statistics, verbose=False)[metric.KEY_METRIC_FID]
    return max(0.0, distance)  # rounding takes that of a set to itself below 0
