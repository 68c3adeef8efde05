"""The game of StyleGAN2: style mixing in training, truncation in sampling (Karras et al., 2019 and 2020).

Mixing and truncation are of the first (https://arxiv.org/abs/1812.04948), the game of the second paper
(Karras et al., 2020, https://arxiv.org/abs/1912.04958)."""

from collections.abc import Callable
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from gan_stylegan2.generator import Generator, mixed
from gancli import Inputs, VanillaGAN


class StyleGAN2(VanillaGAN):
    """One generator of styles against one discriminator; labels are not used.

    Args:
        mixing: the share of the samples of a training whose finer layers have the style of another noise.

    Raises:
        ValueError: the architecture has no styles.
    """

    def __init__(self, *, mixing: Annotated[float, Field(ge=0, le=1)] = 0.9, **game: Any) -> None:
        super().__init__(**game)
        self.mixing = mixing
        if not isinstance(self.generator, Generator):
            raise ValueError("this model needs a generator of styles; architecture=stylegan2 has one")

    def sample_fakes(self, n: int, y: Tensor | None = None) -> Tensor:
        generator = self.generator
        assert isinstance(generator, Generator)
        w = generator.styles(self.latent.sample(n, self._device))
        if not self.mixing:
            return generator.synthesis(w)
        other = generator.styles(self.latent.sample(n, self._device))
        return generator.synthesis(mixed(w, other, self.mixing))

    def sampler(
        self, generator: nn.Module, *, truncation: Annotated[float, Field(ge=0, le=2)] = 1.0
    ) -> Callable[[Inputs], Tensor]:
        """A function that draws samples.

        Args:
            generator: stays as it is.
            truncation: how far every style is from the average one, relative to what it was: 0 draws one picture, 0.7
                more typical and less various pictures, 1 all that it has learned.
        """
        assert isinstance(generator, Generator)
        if truncation == 1:
            return lambda inputs: self.generate(generator, inputs)

        def sample(inputs: Inputs) -> Tensor:
            assert inputs.z is not None
            return generator.truncated(inputs.z, inputs.y, truncation)

        return sample

    def path(
        self, generator: nn.Module, start: Inputs, end: Inputs, *, truncation: float = 1.0, **_: Any
    ) -> Callable[[Tensor], Tensor]:
        """The way between two styles, which is a straight line: equal steps change an image about as much."""
        assert isinstance(generator, Generator)
        assert start.z is not None
        assert end.z is not None
        styles = generator.mapping(torch.cat([start.z, end.z]))
        first, last = generator.average.lerp(styles, truncation)
        return lambda along: generator.synthesis(first.lerp(last, along[:, :, None]))
