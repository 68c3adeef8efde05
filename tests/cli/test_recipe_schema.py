"""``gan recipe schema``, what it accepts, and the page that is made from it."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Gan = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"
LOSS = """
from gancli import AdversarialLoss
class X(AdversarialLoss):
    '''A loss of a test.

    Args:
        margin: how far apart logits are.
    '''
    def __init__(self, *, margin: float = 1.0) -> None: ...
    def discriminator(self, real_logits, fake_logits): ...
    def generator(self, fake_logits, real_logits=None): ...
"""


def errors(schema: dict[str, Any], **changes: Any) -> list[str]:
    recipe = {"dataset": "ring", "architecture": "mlp"} | changes
    return [error.message for error in Draft202012Validator(schema).iter_errors(recipe)]


def test_plugins_are_in_it_and_a_broken_one_is_left_open(gan: Gan, install: Callable[..., None]) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:X"}, "raise RuntimeError('no')")
    install("gan-whole", "gancli.losses", {"whole": "gan_whole:X"}, LOSS)
    result = gan("recipe", "schema")
    assert result.exit_code == 0
    assert "loss 'broken' of gan-broken 1.0 cannot be imported: RuntimeError: no" in result.stderr
    schema = json.loads(result.stdout)
    assert errors(schema, loss="broken") == errors(schema, loss={"name": "gan-broken/broken", "x": [1]}) == []
    assert errors(schema, loss={"name": "gan-whole/whole", "margin": 2}) == []
    assert errors(schema, loss={"name": "whole", "margin": "2"})
    assert errors(schema, loss={"name": "hinge", "x": 1})
    option = schema["$defs"]["loss.whole"]["properties"]["margin"]
    assert option == {"type": "number", "default": 1.0, "description": "how far apart logits are."}


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "gancli/hinge", "optimizer": "torch/sgd"},
        {"optimizer": {"name": "adam", "lr": {"from": 1, "to": 0, "after": 0.5}, "generator": {"lr": 1e-3}}},
        {"optimizer": {"name": "adam", "generator": {"name": "sgd", "momentum": 0.9}}},
        {"dataset": {"name": "edges", "of": {"name": "folder", "root": "x", "size": [32, 48]}}},
        {"dataset": {"name": "domains", "of": "mnist", "classes": [3, 8]}},
        {"penalties": ["r1", {"name": "gradient-penalty", "every": 4}]},
        {"train": {"patience": 2, "evaluate_every": 100}},
    ],
)
def test_every_form_is_accepted(schema: dict[str, Any], gan: Gan, changes: dict[str, Any]) -> None:
    assert errors(schema, **changes) == []
    Path("r.yaml").write_text(json.dumps({"dataset": "ring", "architecture": "mlp"} | changes))
    assert gan("recipe", "check", "r.yaml").exit_code == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": {"name": "adam", "lr": {"from": 1, "to": 0, "shape": "exponential"}}},
        {"optimizer": {"name": "adam", "amsgrad": {"from": 1, "to": 0}}},
        {"optimizer": {"name": "adam", "generator": {"momentum": 0.9}}},
        {"dataset": {"name": "edges", "of": {"name": "mnist", "sourc": "full"}}},
        {"dataset": {"name": "edges", "of": "folder"}},
        {"train": {"patience": 2}},
    ],
)
def test_mistakes_below_the_surface_are_refused_by_both(
    schema: dict[str, Any], gan: Gan, changes: dict[str, Any]
) -> None:
    assert errors(schema, **changes)
    Path("r.yaml").write_text(json.dumps({"dataset": "ring", "architecture": "mlp"} | changes))
    assert gan("recipe", "check", "r.yaml").exit_code == 2


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    from gancli.json_schema import document

    return document().schema


def test_it_is_written_beside_a_recipe(gan: Gan) -> None:
    result = gan("recipe", "schema", "--out", "gan-recipe.schema.json")
    assert result.stdout == "gan-recipe.schema.json\n"
    assert gan("recipe", "schema", "--out", "gan-recipe.schema.json").exit_code == 0  # made again
    assert json.loads(Path("gan-recipe.schema.json").read_text())["required"] == ["dataset", "architecture"]
    assert "gan recipe schema --out gan-recipe.schema.json" in gan("recipe", "show", "ring").stderr


def test_the_page_has_the_reference_of_this_version() -> None:
    page = runpy.run_path(str(DOCS / "make_recipes.py"))["page"]()
    assert (DOCS / "recipes.md").read_text() == page, "run: python docs/make_recipes.py"
