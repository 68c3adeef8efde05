"""Orthogonal regularisation against its definition, β‖WᵀW ⊙ (1 − I)‖²."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gancli.architectures import LabelEmbedding
from gancli.regularisers import Orthogonal

Z = torch.zeros(1, 2)


def defined(columns: Tensor) -> float:
    """Equation 3 without β, for W of shape (D, F), a filter a column."""
    products = columns.T @ columns
    return (products * (1 - torch.eye(len(products)))).square().sum().item()


def term(network: nn.Module, **options: object) -> float:
    return Orthogonal(weight=1, **options)(network, Z, None).item()  # type: ignore[arg-type]


def test_two_filters_by_hand() -> None:
    layer = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert term(layer) == pytest.approx(2 * (1 * 3 + 2 * 4) ** 2)
    assert Orthogonal()(layer, Z, None).item() == pytest.approx(1e-4 * 242)


@pytest.mark.parametrize(("inputs", "outputs"), [(5, 3), (3, 5), (4, 4), (1, 1)])
def test_a_linear_layer_with_more_or_fewer_filters_than_inputs(inputs: int, outputs: int) -> None:
    layer = nn.Linear(inputs, outputs)
    assert term(layer) == pytest.approx(defined(layer.weight.T), rel=1e-5, abs=1e-5)


def test_filters_of_convolutions_are_those_of_one_output() -> None:
    plain, transposed = nn.Conv2d(2, 5, 3), nn.ConvTranspose2d(2, 5, 3)
    assert term(plain) == pytest.approx(defined(plain.weight.flatten(1).T), rel=1e-5)
    assert term(transposed) == pytest.approx(defined(transposed.weight.transpose(0, 1).flatten(1).T), rel=1e-5)
    spectral = spectral_norm(nn.ConvTranspose2d(2, 5, 3), dim=1)
    original = spectral.parametrizations.weight.original
    assert term(nn.Sequential(spectral)) == pytest.approx(defined(original.transpose(0, 1).flatten(1).T), rel=1e-5)


def test_filters_that_are_orthogonal_cost_nothing_whatever_their_norms() -> None:
    layer = nn.Linear(6, 3)
    nn.init.orthogonal_(layer.weight)
    with torch.no_grad():
        layer.weight.mul_(torch.tensor([[1.0], [2.0], [3.0]]))
    assert term(layer) == pytest.approx(0, abs=1e-8)


def test_the_slope_is_four_times_the_products_times_the_filters() -> None:
    for inputs, outputs in ((5, 3), (3, 5)):
        layer = nn.Linear(inputs, outputs)
        Orthogonal(weight=0.5)(layer, Z, None).backward()
        w = layer.weight.detach()
        expected = 0.5 * 4 * ((w @ w.T) * (1 - torch.eye(outputs))) @ w
        torch.testing.assert_close(layer.weight.grad, expected, rtol=1e-4, atol=1e-5)
        assert layer.bias.grad is None


def test_embeddings_biases_normalisation_and_names_passed_are_left_out() -> None:
    network = nn.ModuleDict(
        {"first": nn.Linear(3, 4), "label": LabelEmbedding(5, 4), "norm": nn.BatchNorm1d(4), "second": nn.Linear(4, 2)}
    )
    first, second = (defined(network[name].weight.T) for name in ("first", "second"))
    assert term(network) == pytest.approx(first + second, rel=1e-5)
    assert term(network, exclude=("first",)) == pytest.approx(second, rel=1e-5)
    assert term(network, exclude=("second.weight", "first")) == 0
    with pytest.raises(ValueError, match="found 'secon', which the generator does not have; it has first, label, norm"):
        term(network, exclude=("secon",))
