"""The game of BigGAN (Brock et al., 2019, https://arxiv.org/abs/1809.11096)."""

from collections.abc import Callable
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gan_biggan.standing import with_standing_statistics
from gan_biggan.truncation import truncated
from gancli import ConditionalGAN, Inputs

Truncation = Annotated[float, Field(gt=0)] | None


class BigGAN(ConditionalGAN):
    """The conditional GAN, ``cgan``, that can be sampled with truncated noise and standing statistics.

    It trains as ``cgan`` does, to the bit; a checkpoint of it can be sampled with two more options.
    """

    def sampler(
        self,
        generator: nn.Module,
        *,
        truncation: Truncation = None,
        standing_statistics: Annotated[int, Field(ge=0, le=10_000)] = 0,
    ) -> Callable[[Inputs], Tensor]:
        """A function that draws samples.

        Args:
            generator: stays as it is.
            truncation: no number of the noise lies beyond this threshold, in units of the prior's scale: fewer
                different samples, and more typical ones. None: all of the noise.
            standing_statistics: BatchNorm normalises with the mean statistics of so many minibatches, drawn at this
                truncation once a command; the paper has 100. 0: those of the training.
        """

        def sample(network: nn.Module, inputs: Inputs) -> Tensor:
            assert inputs.z is not None
            z = inputs.z if truncation is None else truncated(inputs.z, truncation, self.latent)
            return self.generate(network, Inputs(z, inputs.y))

        def draw(network: nn.Module, n: int, rng: torch.Generator) -> Tensor:
            y = torch.randint(self.num_classes, (n,), generator=rng)
            return sample(network, Inputs(self.latent.sample(n, rng=rng), y).to(self._device))

        if standing_statistics:
            generator = with_standing_statistics(generator, draw, standing_statistics)
        return lambda inputs: sample(generator, inputs)
