"""The residual discriminator with minibatch standard deviation (Karras et al., 2020, section 4.1)."""

import itertools
import math

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from gan_stylegan2.equalised import EqualisedConv2d, EqualisedLinear, activation
from gancli import DataSpec, LabelEmbedding, check_shape
from gancli.architectures import MinibatchDeviation
from gancli.architectures.sizes import Size


class Discriminator(nn.Module):
    """Logits of shape (N,), or (N, outputs); with a label, plus the projection of the features on its embedding.

    Args:
        data: facts about the images.
        num_classes: 0 for no labels.
        outputs: a sample.
        channels: of every size, from the largest on.
        size: the smallest.
        group: samples whose standard deviation is taken together.
    """

    def __init__(
        self, data: DataSpec, num_classes: int, outputs: int, channels: list[int], size: Size, group: int
    ) -> None:
        super().__init__()
        self.data, last = data, channels[-1]
        self.from_image = EqualisedConv2d(data.shape[0], channels[0], 1)
        self.blocks = nn.Sequential(*(Block(before, after) for before, after in itertools.pairwise(channels)))
        self.deviation = MinibatchDeviation(group)
        self.last = EqualisedConv2d(last + 1, last, 3)
        self.features = EqualisedLinear(last * math.prod(size), last)
        self.linear = EqualisedLinear(last, outputs)
        self.projection = LabelEmbedding(num_classes, last) if num_classes else None

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        check_shape(x, self.data)
        x = self.blocks(activation(self.from_image(x)))  # (N, C, H, W), small
        x = activation(self.last(self.deviation(x)))
        features = activation(self.features(x.flatten(1)))  # (N, F)
        logits = self.linear(features)
        if self.projection is not None:
            projected = (self.projection(y) * features).sum(1, keepdim=True)
            logits = logits + projected / math.sqrt(features.shape[1])
        return logits.squeeze(1)


class Block(nn.Module):
    """Two convolutions that halve the image, beside one of a single pixel; sizes are halved by means of four pixels."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = EqualisedConv2d(inputs, inputs, 3)
        self.second = EqualisedConv2d(inputs, outputs, 3)
        self.skip = EqualisedConv2d(inputs, outputs, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y = activation(self.second(avg_pool2d(activation(self.first(x)), 2)))
        return (y + self.skip(avg_pool2d(x, 2))) / math.sqrt(2)  # (N, C_out, H / 2, W / 2)
