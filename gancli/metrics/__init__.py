"""How good samples are: one published measure a file, tensors in, numbers out.

Features come from whatever extractor the caller trusts, and a number means something only beside its name, the number
of examples and the score of real data against real data. No measure of these changes with the order of the examples,
save the kernel distance's choice of subsets.
"""

from gancli.metrics.bins import Bins, different_bins
from gancli.metrics.classes import ClassBalance, agreement, class_balance, kl_divergence
from gancli.metrics.coverage import DensityCoverage, density_coverage
from gancli.metrics.duplicates import (
    Pairs,
    authpct,
    closest_pairs,
    duplicate_threshold,
    near_duplicates,
)
from gancli.metrics.frechet import frechet_distance
from gancli.metrics.kernel import kernel_distance, subset_size
from gancli.metrics.l1 import l1_distance
from gancli.metrics.modes import MixtureModes, mixture_modes
from gancli.metrics.neighbours import Neighbours, nearest, nearest_others
from gancli.metrics.parzen import ParzenEstimate, parzen_log_likelihood
from gancli.metrics.precision_recall import PrecisionRecall, precision_recall
from gancli.metrics.ssim import structural_similarity
from gancli.metrics.stacked import StackedModes, stacked_modes

__all__ = [
    "Bins",
    "ClassBalance",
    "DensityCoverage",
    "MixtureModes",
    "Neighbours",
    "Pairs",
    "ParzenEstimate",
    "PrecisionRecall",
    "StackedModes",
    "agreement",
    "authpct",
    "class_balance",
    "closest_pairs",
    "density_coverage",
    "different_bins",
    "duplicate_threshold",
    "frechet_distance",
    "kernel_distance",
    "kl_divergence",
    "l1_distance",
    "mixture_modes",
    "near_duplicates",
    "nearest",
    "nearest_others",
    "parzen_log_likelihood",
    "precision_recall",
    "stacked_modes",
    "structural_similarity",
    "subset_size",
]
