"""Structural similarity (Wang et al., 2004, https://doi.org/10.1109/TIP.2003.819861), by torchmetrics."""

from importlib import import_module

from torch import Tensor

from gancli.errors import UsageError
from gancli.metrics import checks

WINDOW = 11  # pixels: a Gaussian of σ = 1.5, as in the paper


def structural_similarity(images: Tensor, targets: Tensor) -> Tensor:
    """SSIM of each image and its target, of shape (N,): 1 for the same image, down to -1.

    It compares mean, variance and covariance under a Gaussian window of 11 pixels, K₁ = 0.01 and K₂ = 0.03, in every
    channel; where the window is not inside the image it is not counted.

    Args:
        images: in [0, 1], of shape (N, C, H, W), of at least 11 pixels a side.
        targets: likewise.

    Raises:
        ValueError: different shapes, no images, values that are not in [0, 1], or a side below 11 pixels.
        UsageError: torchmetrics cannot be imported.
    """
    images, targets = checks.image_pairs(images, targets)
    if min(images.shape[2:]) < WINDOW:
        raise ValueError(f"images of shape {tuple(images.shape)}; expected at least {WINDOW} pixels a side")
    try:
        found = import_module("torchmetrics.functional.image")  # takes as long as importing torch
    except (ImportError, OSError, RuntimeError) as error:
        way_out = "install it anew: pip install --force-reinstall torchmetrics"
        raise UsageError(f"SSIM needs torchmetrics, which cannot be imported ({error}); {way_out}") from error
    similar = found.structural_similarity_index_measure(images, targets, data_range=1.0, reduction="none")
    return similar.reshape(len(images))  # of a single image, torchmetrics returns a number
