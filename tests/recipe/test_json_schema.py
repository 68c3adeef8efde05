"""The JSON Schema of a recipe and 'gan recipe check' reject the same mistakes; the validator is another's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import tests.recipe.invalid_values
import tests.recipe.invalid_yaml  # noqa: F401 - both fill CASES
from gancli import json_schema
from gancli.errors import RecipeError
from gancli.recipe import load, strict_yaml
from tests.recipe.invalid import CASES, Invalid
from tests.recipe.shipped import needed, whole

Gan = Callable[..., Any]
Write = Callable[..., Path]
RECIPES = [
    path
    for folder in ("recipes", "plugins")
    for path in sorted(
        (Path(__file__).parents[2] / folder).rglob("recipes/**/*.yaml" if folder == "plugins" else "*.yaml")
    )
]

# What no JSON Schema can say, by the kind of mistake.
BEYOND = {
    "not_finite": "JSON has neither NaN nor infinity, so no keyword of its schemas speaks of them",
    "a_repeated_penalty": "an array's entries are unique as a whole, and not by the name inside them",
}
ACCEPTED = 9  # of these two kinds; the rest of them is refused by a range or by uniqueItems


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema.document().schema)


def values(case: Invalid) -> Any:
    return strict_yaml.read(case.text, "r.yaml").values


def test_the_schema_is_one(validator: Draft202012Validator) -> None:
    Draft202012Validator.check_schema(validator.schema)
    assert json_schema.document().broken == ()


def test_wrong_recipes_are_refused_by_both(validator: Draft202012Validator) -> None:
    """Those of ``test_invalid`` that are a mapping; for what is none, an editor has its own reader of YAML."""
    mappings = [case for case in CASES if not case.structural]
    accepted = [case for case in mappings if validator.is_valid(values(case))]
    unforeseen = [case for case in accepted if case.kind not in BEYOND]
    assert unforeseen == []
    assert len(mappings) > 200
    assert len(accepted) == ACCEPTED
    assert {case.kind for case in accepted} == set(BEYOND)


def test_what_is_no_mapping_is_refused_by_the_reader_of_yaml() -> None:
    structural = [case for case in CASES if case.structural]
    for case in structural:
        with pytest.raises(RecipeError):
            values(case)
    assert len(structural) > 100


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_satisfy_it_and_lead_an_editor_to_it(validator: Draft202012Validator, path: Path) -> None:
    written = strict_yaml.read(whole(path).encode(), "r.yaml").values
    assert [error.message for error in validator.iter_errors(written)] == []
    # Written out, with every default, as it is in a run.
    filled = load(path, needed(path)).values()
    assert [error.message for error in validator.iter_errors(filled)] == []
    assert json_schema.MODELINE in path.read_text().splitlines()
