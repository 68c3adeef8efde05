"""Features that a measure cannot take are refused in plain words, by every measure alike."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gancli.metrics import authpct, density_coverage, frechet_distance, kernel_distance, nearest, precision_recall

GOOD = torch.randn(20, 4, generator=torch.Generator().manual_seed(0))
MEASURES = [frechet_distance, kernel_distance, precision_recall, density_coverage, nearest, authpct]
LEAST = {frechet_distance: 2, kernel_distance: 2, precision_recall: 4}


def with_a_wrong_value(value: float) -> Tensor:
    features = GOOD.clone()
    features[3, 1] = features[3, 2] = features[7, 0] = value
    return features


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (GOOD[:0], "0 examples; at least [1246] are needed"),
        (GOOD[0], r"shape \(4,\); expected one row an example, \(N, d\)"),
        (GOOD.reshape(20, 2, 2), r"shape \(20, 2, 2\); expected one row an example"),
        (GOOD[:, :0], "examples of no dimensions"),
        (GOOD[:, :3], r"dimensions differ \(.* has [34], .* has [34]\)"),
        (with_a_wrong_value(math.nan), "2 of 20 examples are not finite"),
        (with_a_wrong_value(math.inf), "2 of 20 examples are not finite"),
    ],
)
def test_on_either_side(measure: Callable[..., object], wrong: Tensor, message: str) -> None:
    for arguments in ((wrong, GOOD), (GOOD, wrong)):
        with pytest.raises(ValueError, match=message):
            measure(*arguments)


@pytest.mark.parametrize("measure", LEAST)
def test_one_example_less_than_needed_is_refused_and_just_enough_is_taken(measure: Callable[..., object]) -> None:
    least = LEAST[measure]
    for few in range(1, least):
        with pytest.raises(ValueError, match=f"{few} examples; at least {least} are needed"):
            measure(GOOD, GOOD[:few])
    measure(GOOD[:least], GOOD[-least:])


@pytest.mark.parametrize("measure", MEASURES)
def test_the_input_stays_as_it_was_and_gradients_are_no_matter(measure: Callable[..., object]) -> None:
    real, fake = GOOD.clone().requires_grad_(), GOOD.flip(0).clone()
    measure(real, fake)
    assert torch.equal(real, GOOD)
    assert torch.equal(fake, GOOD.flip(0))


@pytest.mark.parametrize("measure", [density_coverage, precision_recall, nearest])
def test_no_rows_at_once_are_refused(measure: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="chunk = 0"):
        measure(GOOD, GOOD, chunk=0)
