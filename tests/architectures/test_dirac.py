"""The Dirac-GAN's networks are a point and a linear function, in any number of dimensions."""

import pytest
import torch

from gancli import DataSpec
from gancli.architectures import Dirac


@pytest.mark.parametrize("dimensions", [1, 3])
def test_one_point_whatever_the_noise_and_a_linear_function(dimensions: int) -> None:
    data = DataSpec((dimensions,))
    generator, discriminator = Dirac().generator(data, 7), Dirac().discriminator(data)
    assert torch.equal(generator(torch.randn(4, 7)), torch.ones(4, dimensions))
    x = torch.randn(4, dimensions)
    torch.testing.assert_close(discriminator(x), x.sum(1))
    torch.testing.assert_close(
        discriminator(2 * x - 3 * x.flip(0)), 2 * discriminator(x) - 3 * discriminator(x.flip(0))
    )


@pytest.mark.parametrize(
    ("data", "num_classes", "outputs", "message"),
    [
        (DataSpec((1, 28, 28)), 0, 1, "points without labels"),
        (DataSpec((1,), 2, ("a", "b")), 2, 1, "points without labels"),
        (DataSpec((1,)), 0, 3, "one logit"),
    ],
)
def test_what_it_cannot_play_is_refused(data: DataSpec, num_classes: int, outputs: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Dirac().discriminator(data, num_classes, outputs)
