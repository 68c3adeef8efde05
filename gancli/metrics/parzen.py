"""The Parzen-window log-likelihood of the first GAN papers (Breuleux et al., 2011; Goodfellow et al., 2014).

https://arxiv.org/abs/1406.2661, section 5, after the authors' https://github.com/goodfeli/adversarial/. For comparison
with papers of that time alone: it follows neither the true likelihood nor the quality of samples, and centroids of
k-means beat real images (Theis et al., 2016, https://arxiv.org/abs/1511.01844).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from gancli.metrics import checks

SIGMAS = tuple(10 ** (index / 9 - 1) for index in range(10))  # evenly spaced in their logarithm, from 0.1 to 1


class ParzenEstimate(NamedTuple):
    """The mean log-likelihood of the test examples in nats, and the ``sigma`` it was taken at.

    ``validation`` are the mean log-likelihoods by which sigma was chosen, one for each that was tried: where the best
    is the first or the last, there may be a better sigma beyond.
    """

    log_likelihood: float
    sigma: float
    validation: tuple[float, ...]


def parzen_log_likelihood(
    samples: Tensor, validation: Tensor, test: Tensor, *, sigmas: tuple[float, ...] = SIGMAS, chunk: int = 500
) -> ParzenEstimate:
    """log (1/N) Σ_i N(x; s_i, σ²I), a mean over test examples x, with the σ that is best on validation examples.

    As published: 10 000 samples, the first 1000 of the last 10 000 training images of MNIST to choose σ, and all 10 000
    test images. Images of any shape (N, …), with pixels in [0, 1]: at twice that range the result is D log 2 lower,
    543 nats for MNIST.

    Args:
        chunk: rows of the matrix of distances that are in memory at once; changes nothing.

    Raises:
        ValueError: pixels out of [0, 1], not finite, no samples, no validation or test example, different sizes, or a σ
            that is not above 0.
    """
    samples, validation = pixels("samples", samples), pixels("validation", validation)
    test = pixels("test", test)
    checks.same_space(samples=samples, validation=validation, test=test)
    if not sigmas or not all(sigma > 0 for sigma in sigmas) or chunk < 1:
        raise ValueError(f"sigmas {sigmas}, chunk = {chunk}; expected at least one, all above 0, and at least 1")
    tried = tuple(log_density(validation, samples, sigmas, chunk).mean(1).tolist())
    sigma = sigmas[tried.index(max(tried))]
    found = log_density(test, samples, (sigma,), chunk)
    return ParzenEstimate(
        log_likelihood=found.mean().item(),
        sigma=sigma,
        validation=tried,
    )


def log_density(x: Tensor, samples: Tensor, sigmas: tuple[float, ...], chunk: int) -> Tensor:
    """The log of the window's density at each of M examples, for each of S sigmas, of shape (S, M)."""
    n, dims = samples.shape
    blocks = []
    for block in x.split(chunk):
        squared = torch.cdist(block, samples).square()  # (chunk, N); once for all sigmas
        exponents = [(squared / (-2 * sigma**2)).logsumexp(1) for sigma in sigmas]
        blocks.append(torch.stack(exponents))
    volume = [math.log(n) + dims * math.log(sigma * math.sqrt(2 * math.pi)) for sigma in sigmas]
    return torch.cat(blocks, dim=1) - torch.tensor(volume, dtype=torch.float64).unsqueeze(1)


def pixels(name: str, images: Tensor) -> Tensor:
    """``images``, of shape (N, …), as rows of pixels in [0, 1]; ValueError if they are not."""
    rows = checks.features(name, images.flatten(1) if images.ndim > 2 else images)
    if rows.min() < 0 or rows.max() > 1:
        raise ValueError(
            f"{name}: pixels from {rows.min():g} to {rows.max():g}; expected [0, 1]: (x + 1) / 2 for those in [-1, 1]"
        )
    return rows
