"""The synthesis network: from styles to an image, with skip connections (Karras et al., 2020, section 4.1)."""

import itertools

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gan_stylegan2.equalised import activation
from gan_stylegan2.modulated import ModulatedConv2d
from gan_stylegan2.noise import Noise
from gancli.architectures.sizes import Size


class Synthesis(nn.Module):
    """Images of shape (N, C, H, W) from styles of shape (N, ``num_layers``, w_dim).

    Every layer is a modulated convolution. After the first, and then after every second one, what it has is made into
    an image, and added to the image of half the size, doubled. Features and images are doubled by bilinear
    interpolation, which is the paper's filter: zeros between the pixels, and then a convolution by [1, 3, 3, 1] / 4.

    Args:
        colours: channels of the image.
        channels: of every size, from the smallest on.
        sizes: from the smallest on.
        w_dim: numbers of a style.
        noisy: every layer adds noise.
        tanh: the image is the hyperbolic tangent of the sum, instead of the sum itself.
    """

    def __init__(
        self, colours: int, channels: list[int], sizes: list[Size], w_dim: int, *, noisy: bool, tanh: bool
    ) -> None:
        super().__init__()
        self.tanh = tanh
        self.start = nn.Parameter(torch.empty(1, channels[0], *sizes[0]))
        nn.init.normal_(self.start)
        self.layers = nn.ModuleList([Layer(channels[0], channels[0], sizes[0], w_dim, noisy=noisy)])
        for (before, after), size in zip(itertools.pairwise(channels), sizes[1:], strict=True):
            self.layers.append(Layer(before, after, size, w_dim, noisy=noisy))
            self.layers.append(Layer(after, after, size, w_dim, noisy=noisy))
        self.to_image = nn.ModuleList(ToImage(count, colours, w_dim) for count in channels)

    @property
    def num_layers(self) -> int:
        """How many styles there are: one a layer, and one for the last image."""
        return len(self.layers) + 1

    def forward(self, w: Tensor) -> Tensor:
        x, image = self.start.expand(w.shape[0], -1, -1, -1), None  # len(w) would fix the batch of an export
        for number, layer in enumerate(self.layers):
            x = layer(x, w[:, number])
            if number % 2 == 0:
                drawn = self.to_image[number // 2](x, w[:, number + 1])
                image = drawn if image is None else drawn + resized(image, drawn.shape[2:])
        assert image is not None
        if self.tanh:
            return image.tanh()
        # The contract's bounds; in training they would stop the gradient of what lies beyond.
        return image if self.training else image.clamp(-1, 1)


class Layer(nn.Module):
    """A modulated convolution at one size, noise, a bias, and the leaky ReLU."""

    def __init__(self, inputs: int, outputs: int, size: Size, w_dim: int, *, noisy: bool) -> None:
        super().__init__()
        self.size = size
        self.convolution = ModulatedConv2d(inputs, outputs, 3, w_dim)
        self.noise = Noise(size) if noisy else nn.Identity()
        self.bias = nn.Parameter(torch.empty(outputs, 1, 1))
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        x = self.convolution(resized(x, self.size), w)
        return activation(self.noise(x) + self.bias)  # (N, C, H, W)


class ToImage(nn.Module):
    """The image that is in some features: a modulated convolution of one pixel, without demodulation."""

    def __init__(self, inputs: int, colours: int, w_dim: int) -> None:
        super().__init__()
        self.convolution = ModulatedConv2d(inputs, colours, 1, w_dim, demodulated=False)
        self.bias = nn.Parameter(torch.empty(colours, 1, 1))
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        return self.convolution(x, w) + self.bias  # (N, colours, H, W)


def resized(x: Tensor, size: tuple[int, ...]) -> Tensor:
    """Images or features at their own or twice their size, by bilinear interpolation."""
    return x if x.shape[2:] == size else interpolate(x, size, mode="bilinear")
