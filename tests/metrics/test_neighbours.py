"""Nearest neighbours are the nearest, a copy is at 0, and neither memory nor order changes anything."""

import pytest
import torch
from torch import Tensor

from gancli.metrics import nearest, nearest_others


def gaussian(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_they_are_the_nearest_of_all() -> None:
    samples, reference = gaussian(200, 7, 0), gaussian(300, 7, 1)
    distances = (samples[:, None] - reference[None]).norm(dim=2)
    found = nearest(samples, reference)
    assert torch.equal(found.indices, distances.argmin(1))
    torch.testing.assert_close(found.distances, distances.min(1).values)


def test_nobody_is_its_own_neighbour() -> None:
    samples = torch.tensor([[0.0], [1.0], [3.0], [3.0]])
    found = nearest_others(samples)
    assert found.indices.tolist() == [1, 0, 3, 2]
    assert found.distances.tolist() == [1, 1, 0, 0]


def test_one_that_is_none_of_the_others_has_all_of_them() -> None:
    reference = torch.tensor([[0.0], [1.0], [3.0]])
    found = nearest(torch.tensor([[0.0], [0.2]]), reference, own=torch.tensor([0, -1]))
    assert found.indices.tolist() == [1, 0]


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_a_copy_is_at_exactly_0_wherever_the_features_lie(offset: float) -> None:
    reference = gaussian(500, 64, 0) + offset
    found = nearest(reference[100:200].clone(), reference)
    assert found.indices.tolist() == list(range(100, 200))
    assert (found.distances == 0).all()
    assert (nearest_others(reference).distances > 5).all()


@pytest.mark.parametrize("chunk", [1, 7, 64, 10_000])
def test_neither_the_chunk_nor_the_order_changes_a_digit(chunk: int) -> None:
    samples, reference = gaussian(200, 8, 0), gaussian(300, 8, 1)
    expected, found = nearest(samples, reference), nearest(samples, reference, chunk=chunk)
    assert torch.equal(found.indices, expected.indices)
    assert torch.equal(found.distances, expected.distances)
    turned = nearest(samples, reference.flip(0), chunk=chunk)
    assert torch.equal(299 - turned.indices, expected.indices)
    assert torch.equal(turned.distances, expected.distances)


def test_one_example_is_enough_unless_it_is_its_own_neighbour() -> None:
    assert nearest(torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])).distances.tolist() == [5]
    with pytest.raises(ValueError, match="1 examples; at least 2 are needed"):
        nearest_others(torch.zeros(1, 2))
