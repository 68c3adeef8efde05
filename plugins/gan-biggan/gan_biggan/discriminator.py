"""The discriminator of BigGAN (Brock et al., 2019, https://arxiv.org/abs/1809.11096, figure 15)."""

import itertools

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from gan_biggan.attention import SelfAttention
from gan_biggan.spectral import convolution, spectral
from gancli import DataSpec, LabelEmbedding, check_shape
from gancli.architectures.sizes import Size, doubling_channels, strides


class Discriminator(nn.Module):
    """Residual blocks that halve the image, a sum over all places, and a linear layer; every layer is spectral.

    With a label, the projection of the features on the label's embedding is added (Miyato & Koyama, 2018,
    https://arxiv.org/abs/1802.05637). It returns logits of shape (N,), or (N, outputs) for more than one.

    Args:
        sizes: of the image on its way down, the image's own first.
        attention: the longer side of the maps that self-attention follows; None for none.
    """

    def __init__(
        self,
        data: DataSpec,
        num_classes: int,
        outputs: int,
        width: int,
        sizes: list[Size],
        attention: int | None,
    ) -> None:
        super().__init__()
        self.data = data
        channels = [data.shape[0], *doubling_channels(width, len(sizes))]
        steps = itertools.pairwise([*sizes, sizes[-1]])  # the last block does not halve
        self.blocks = nn.Sequential()
        for (inputs, outs), (larger, smaller) in zip(itertools.pairwise(channels), steps, strict=True):
            self.blocks.append(DownBlock(inputs, outs, larger, smaller, is_first=not len(self.blocks)))
            if larger != smaller and max(smaller) == attention:
                self.blocks.append(SelfAttention(outs))
        self.linear = spectral(nn.Linear(channels[-1], outputs))
        self.projection = spectral(LabelEmbedding(num_classes, channels[-1])) if num_classes else None

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        check_shape(x, self.data)
        features = self.blocks(x).relu().sum((2, 3))  # (N, C)
        logits = self.linear(features)  # (N, outputs)
        if self.projection is not None:
            logits = logits + (self.projection(y) * features).sum(1, keepdim=True)
        return logits.squeeze(1)


class DownBlock(nn.Module):
    """ReLU, convolution, ReLU, convolution, the mean of 2 × 2 pixels; and a shortcut that is halved too.

    Args:
        is_first: leave out the first ReLU, next to the image.
    """

    def __init__(self, inputs: int, outputs: int, larger: Size, smaller: Size, *, is_first: bool) -> None:
        super().__init__()
        self.window = strides(larger, smaller)
        self.is_first = is_first
        self.first, self.second = convolution(inputs, outputs), convolution(outputs, outputs)
        # The paper has no convolution in a shortcut that changes nothing.
        self.shortcut = convolution(inputs, outputs, 1) if inputs != outputs or larger != smaller else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x if self.is_first else x.relu())
        h = self.second(h.relu())
        # A convolution of 1 × 1 gives the same after the halving as before it, in a quarter of the time.
        return self._halved(h) + self.shortcut(self._halved(x))

    def _halved(self, x: Tensor) -> Tensor:
        return avg_pool2d(x, self.window, ceil_mode=True) if max(self.window) > 1 else x  # odd sides are rounded up
