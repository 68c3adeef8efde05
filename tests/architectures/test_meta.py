"""Networks without values have the names, shapes and types of those with values."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from gancli import build
from gancli.architectures.meta import without_values
from gancli.data import DataSpec, Source
from gancli.recipe import listed_recipes, load
from tests.recipe.shipped import needed


class Unusual(nn.Module):
    """Computations that a third party may do in its constructor."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(3, 4))
        self.bias = nn.Parameter(torch.randn(3, 4).sum(1) / 2)
        self.mask = nn.Buffer(torch.randn(3) > 0)
        self.steps = nn.Buffer(torch.arange(5) / 3)
        self.count = nn.Buffer(torch.arange(5) * 3)
        nn.init.orthogonal_(self.weight)
        nn.init.trunc_normal_(tensor=self.weight, std=0.1)
        self.weight.data.uniform_(-1, 1).clamp_(-0.5, 0.5)
        self.directions = nn.Buffer(nn.functional.normalize(torch.randn(3, 4), dim=1))
        self.product = nn.Buffer(torch.mv(torch.randn(2, 3), torch.randn(3)))


MODULES: dict[str, Callable[[], nn.Module]] = {
    "unusual": Unusual,
    "spectral": lambda: parametrizations.spectral_norm(nn.Conv2d(3, 4, 3)),
    "spectral of a transposed convolution": lambda: parametrizations.spectral_norm(nn.ConvTranspose2d(3, 4, 3), dim=1),
    "weight norm": lambda: parametrizations.weight_norm(nn.Linear(3, 4)),
    "attention": lambda: nn.MultiheadAttention(8, 2),
    "recurrent": lambda: nn.GRU(3, 4),
    "half": lambda: nn.Linear(3, 4, dtype=torch.float16),
}


def forms(module: nn.Module) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in module.state_dict().items()}


@pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
def test_the_forms_are_those_of_the_module(make: Callable[[], nn.Module]) -> None:
    with without_values():
        module = make()
    assert all(tensor.is_meta for tensor in module.state_dict().values())
    assert forms(module) == forms(make())


@pytest.mark.parametrize("path", [path for _, path in listed_recipes()], ids=lambda path: path.stem)
def test_so_are_those_of_every_shipped_recipe(path: Path) -> None:
    recipe = load(path, needed(path))
    architecture = recipe.architecture.name
    data = DataSpec((1,)) if architecture == "dirac" or recipe.dataset.name == "gaussian" else DataSpec((2,))
    if recipe.dataset.name not in ("ring", "grid", "gaussian"):
        colours = recipe.dataset.name in ("stacked-mnist", "folder", "emoji", "torchvision")
        side = recipe.dataset.options.get("size") or (32 if recipe.dataset.name == "torchvision" else 28)
        data = DataSpec((3 if colours else 1, side, side), 10, tuple("0123456789"))
    if recipe.dataset.name in ("edges", "domains"):
        data = DataSpec((1, 28, 28), source=Source((1, 28, 28), paired=recipe.dataset.name == "edges"))
    with without_values():
        game = build.gan(recipe, data)
    assert forms(game) == forms(build.gan(recipe, data))


def test_nothing_is_drawn_and_nothing_is_changed_outside() -> None:
    weight: Tensor = torch.zeros(3)
    before = torch.get_rng_state()
    with without_values():
        nn.init.normal_(weight)  # has values already, so it is initialised
        after = torch.get_rng_state()
        nn.Linear(3, 4)
    assert weight.any()
    assert not torch.equal(before, after)
    assert torch.equal(after, torch.get_rng_state())
    assert not nn.Linear(3, 4).weight.is_meta
