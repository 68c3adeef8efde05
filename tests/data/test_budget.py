"""Numbers of examples are budgets of values: the usual number up to 32×32×3, fewer of larger ones, never too few."""

import pytest

from gancli.data.budget import Budget


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((2,), 256), ((1, 28, 28), 256), ((3, 32, 32), 256), ((1, 64, 64), 192), ((3, 64, 64), 64), ((3, 256, 256), 64)],
)
def test_the_number_of_examples_of_a_shape(shape: tuple[int, ...], expected: int) -> None:
    assert Budget(most=256, least=64).examples(shape) == expected
