"""A plan: every component of a recipe is found, imported and read once, and its options have their types."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build, recipe, registry
from gancli.errors import PluginError
from gancli.recipe import Recipe, definitions

Load = Callable[..., Recipe]
Install = Callable[..., None]

LEAST = "dataset: ring\narchitecture: mlp\n"
LOSS = """
from gancli.losses import NonSaturating

class Odd(NonSaturating):
    def __init__(self, *, option: {annotation} = {default}):
        super().__init__()
"""


def test_options_have_the_types_of_the_signature(load: Load) -> None:
    plan = load(LEAST + "optimizer: {name: adam, lr: 1, betas: [0.5, 0.9]}\n").plan
    assert plan.architecture.options["generator_hidden"] == (256, 512, 1024)
    options = plan.optimizers["generator"].component.options
    assert options == {"lr": 1.0, "betas": (0.5, 0.9)}
    assert isinstance(options["lr"], float)


def test_a_ramp_starts_with_its_first_value(load: Load) -> None:
    plan = load(LEAST + "optimizer: {name: sgd, lr: {from: 0.4, to: 0}, generator: {lr: 0.1}}\n").plan
    assert plan.optimizers["discriminator"].component.options == {"lr": 0.4}
    assert plan.optimizers["discriminator"].ramps["lr"].steps == 5000
    assert plan.optimizers["generator"].component.options == {"lr": 0.1}
    assert plan.optimizers["generator"].ramps == {}


def test_every_component_knows_who_provides_it(load: Load) -> None:
    plan = load(LEAST + "penalties: [r1]\noptimizer: {name: adam, generator: {name: sgd}}\n").plan
    assert {component.key: str(component.plugin) for component in plan if component.plugin} == {
        "dataset": "dataset 'ring' of gancli 0.1.0",
        "model": "model 'gan' of gancli 0.1.0",
        "architecture": "architecture 'mlp' of gancli 0.1.0",
        "loss": "loss 'non-saturating' of gancli 0.1.0",
        "penalties.0": "penalty 'r1' of gancli 0.1.0",
    }
    optimizers = [plan.optimizers[player].component for player in ("discriminator", "generator")]
    assert [optimizer.factory for optimizer in optimizers] == [torch.optim.Adam, torch.optim.SGD]
    assert plan.third_parties() == {}


def test_a_component_is_loaded_once_from_the_file_to_the_networks(
    write: Callable[..., Path], digits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions._read_once.cache_clear()  # of the tests before
    calls: Counter[str] = Counter()
    for module, name in ((registry, "load_with_plugin"), (registry, "options")):
        real = getattr(module, name)

        def counted(*arguments: Any, name: str = name, real: Callable[..., Any] = real) -> Any:
            calls[name] += 1
            return real(*arguments)

        monkeypatch.setattr(module, name, counted)
    build.training(recipe.load(write(digits + "optimizer: {name: adam, lr: 1e-3, generator: {lr: 2e-3}}\n")))
    assert calls == {"load_with_plugin": 5, "options": 5}  # dataset, model, architecture, loss, optimizer


def test_another_name_of_a_run_keeps_the_plan(load: Load) -> None:
    found = load(LEAST)
    assert found.named("other").plan is found.plan


@pytest.mark.parametrize(
    ("annotation", "default", "says"),
    [
        ("int", "None", "the default of its option 'option' is not what its annotation says: Input should be a valid"),
        ("object", "object()", "its option 'option' has the default <object object at"),
        ("float", "float('nan')", "the default of its option 'option' is not what its annotation says: "),
    ],
)
def test_a_default_that_no_recipe_can_hold_is_the_plugins_mistake(
    install: Install, load: Load, annotation: str, default: str, says: str
) -> None:
    install("gan-odd", "gancli.losses", {"odd": "gan_odd:Odd"}, LOSS.format(annotation=annotation, default=default))
    with pytest.raises(PluginError) as caught:
        load(LEAST + "loss: odd\n")
    assert str(caught.value).startswith(f"loss 'odd' of gan-odd 1.0: {says}")


def test_a_default_need_not_have_the_type_of_its_annotation_in_a_recipe(install: Install, load: Load) -> None:
    install(
        "gan-odd",
        "gancli.losses",
        {"odd": "gan_odd:Odd"},
        LOSS.format(annotation="tuple[float, ...]", default="(1, 2)"),
    )
    found = load(LEAST + "loss: odd\n")
    assert found.values()["loss"] == {"name": "odd", "option": [1, 2]}
    assert found.plan.loss.options == {"option": (1.0, 2.0)}
