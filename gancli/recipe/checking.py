"""Every problem of a recipe at once, in the order of the file: of its overrides, its schema and its components."""

import json
from collections.abc import Sequence

from pydantic import ValidationError

from gancli.errors import RecipeError
from gancli.recipe.components import named_components, optimizers
from gancli.recipe.overrides import override
from gancli.recipe.problems import Problem, explain, known_keys, problem_at, reading_order
from gancli.recipe.schema import Ramp, Recipe, Train
from gancli.recipe.strict_yaml import Tree


def check(tree: Tree, overrides: Sequence[str], name: str) -> Recipe:
    """The recipe of a tree after its overrides, with every default filled in.

    Raises RecipeError with one line a problem.
    """
    problems = override(tree, overrides) + _schema_problems(tree) + _ramp_problems(tree) + _repeated_penalties(tree)
    for component in named_components(tree):
        # Importing a component costs seconds (torch): after an error, only where it has options to be checked.
        problems += component.problems(tree, import_it=not problems or component.has_written_options(tree))
    if problems:
        raise RecipeError(*(line for _, line in sorted(problems, key=reading_order)))
    write_out_ramps(tree)
    recipe = Recipe.model_validate_json(json.dumps(tree.values))
    recipe._name, recipe._tree = name, tree
    return recipe


def _schema_problems(tree: Tree) -> list[Problem]:
    try:
        Recipe.model_validate_json(json.dumps(tree.values))
    except ValidationError as error:
        return [explain(tree, (), detail, known_keys(detail["loc"])) for detail in error.errors()]
    return []


def _ramp_problems(tree: Tree) -> list[Problem]:
    """Problems of the numbers of an optimizer that are written as a ramp."""
    problems: list[Problem] = []
    for path, options in optimizers(tree):
        for option, value in options.items():
            try:
                if isinstance(value, dict):
                    Ramp.model_validate_json(json.dumps(value))
            except ValidationError as error:
                known = [field.alias or key for key, field in Ramp.model_fields.items()]
                problems += [explain(tree, (*path, option), detail, known) for detail in error.errors()]
    return problems


def write_out_ramps(tree: Tree) -> None:
    """Give every ramp of an optimizer its length: the whole training, unless it has one of its own.

    So a run that is extended later keeps the ramp that it was trained with.
    """
    train = tree.values.get("train")
    steps = (train if isinstance(train, dict) else {}).get("steps", Train.model_fields["steps"].default)
    for _, options in optimizers(tree):
        for ramp in options.values():
            if isinstance(ramp, dict) and ramp.get("steps") is None:
                ramp["steps"] = steps


def _repeated_penalties(tree: Tree) -> list[Problem]:
    """A penalty's name is the name of its loss in the log, so it stands once."""
    named = [component for component in named_components(tree) if component.kind == "penalty"]
    first = {component.name: component.path for component in reversed(named)}
    return [
        problem_at(tree, it.path, f"the penalty {it.name!r} stands twice; add its weights up instead")
        for it in named
        if it.path != first[it.name]
    ]
