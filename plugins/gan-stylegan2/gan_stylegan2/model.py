"""The game of StyleGAN2: style mixing in training, truncation in sampling (Karras et al., 2019 and 2020).

Mixing and truncation are of the first (https://arxiv.org/abs/1812.04948), the game of the second paper
(Karras et al., 2020, https://arxiv.org/abs/1912.04958)."""

from collections.abc import Callable
from typing import Annotated, Any

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
        return lambda inputs: self._synthesised(generator, inputs, truncation)

    def generate(self, generator: nn.Module, inputs: Inputs) -> Tensor:
        return self._synthesised(generator, inputs)

    def mapped(self, generator: nn.Module, inputs: Inputs) -> Inputs:
        """One style for all layers, of shape (N, 1, w_dim), as the projection of StyleGAN2 has it."""
        return Inputs(y=inputs.y, w=self._styles(generator, inputs)[:, :1])

    def path(
        self, generator: nn.Module, start: Inputs, end: Inputs, *, truncation: float = 1.0, **_: Any
    ) -> Callable[[Tensor], Tensor]:
        """The way between two styles, which is a straight line: equal steps change an image about as much."""
        first, last = (self._styles(generator, inputs)[0] for inputs in (start, end))
        return lambda along: self._synthesised(generator, Inputs(w=first.lerp(last, along[:, :, None])), truncation)

    def _synthesised(self, generator: nn.Module, inputs: Inputs, truncation: float = 1.0) -> Tensor:
        assert isinstance(generator, Generator)
        w = self._styles(generator, inputs)
        return generator.synthesis(w) if truncation == 1 else generator.truncated(w, truncation)

    def _styles(self, generator: nn.Module, inputs: Inputs) -> Tensor:
        """Of shape (N, layers, w_dim): those that are given, or those of the noise."""
        assert isinstance(generator, Generator)
        if inputs.w is not None:
            return inputs.w.expand(-1, generator.synthesis.num_layers, -1)
        assert inputs.z is not None
        return generator.styles(inputs.z, inputs.y)
