"""Standing statistics of BatchNorm (Brock et al., 2019, https://arxiv.org/abs/1809.11096, appendix C.1)."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

SAMPLES = 32  # of one minibatch

Draw = Callable[[nn.Module, int, torch.Generator], Tensor]  # the network, a number of samples, random numbers


@torch.no_grad()
def with_standing_statistics(generator: nn.Module, draw: Draw, minibatches: int) -> nn.Module:
    """A copy of a generator whose BatchNorm has the mean of the statistics of many minibatches, in evaluation mode.

    Those of a training are of untruncated noise and of weights that still moved. The result is a function of the
    generator and of what is drawn alone: the random numbers have a seed of their own.

    Args:
        draw: draws samples from the copy.
    """
    network = copy.deepcopy(generator).eval()
    norms = [layer for layer in network.modules() if isinstance(layer, _BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # PyTorch's name for the plain mean of all minibatches
        norm.train()
    rng = torch.Generator().manual_seed(0)
    for _ in range(minibatches if norms else 0):
        draw(network, SAMPLES, rng)
    return network.eval()
