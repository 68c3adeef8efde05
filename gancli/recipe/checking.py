"""Every problem of a recipe at once, in the order of the file: of its overrides, its schema and its components."""

import json
from collections.abc import Sequence
from functools import cache

from pydantic import ValidationError

from gancli.errors import RecipeError
from gancli.recipe.components import TERMS, Named, listed, named_components, optimizers
from gancli.recipe.definitions import define
from gancli.recipe.overrides import override
from gancli.recipe.plan import resolve
from gancli.recipe.problems import Problem, described, known_keys, problem_at, reading_order
from gancli.recipe.schema import PLAYERS, Ramp, Recipe, Train
from gancli.recipe.tree import Tree


def check(tree: Tree, overrides: Sequence[str], name: str) -> Recipe:
    """The recipe of a tree after its overrides, with every default filled in and every component resolved.

    Raises RecipeError with one line a problem, PluginError for a package that cannot be used.
    """
    define_once = cache(define)
    problems = override(tree, overrides, define_once) + _schema_problems(tree) + _ramp_problems(tree)
    problems += _repeated_losses(tree) + _repeated_loggers(tree) + _patience_problems(tree)
    for component in named_components(tree):
        # Importing a component costs seconds (torch): after an error, only where it has options to be checked.
        problems += component.problems(tree, define_once, import_it=not problems or component.has_written_options(tree))
    if problems:
        raise RecipeError(*(line for _, line in sorted(problems, key=reading_order)))
    write_out_ramps(tree)
    recipe = Recipe.model_validate_json(json.dumps(tree.values))
    recipe._name, recipe._tree, recipe._plan = name, tree, resolve(recipe, define_once)
    return recipe


def _schema_problems(tree: Tree) -> list[Problem]:
    try:
        Recipe.model_validate_json(json.dumps(tree.values))
    except ValidationError as error:
        return [described(tree, (), detail, known_keys(detail["loc"])) for detail in error.errors()]
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
                problems += [described(tree, (*path, option), detail, known) for detail in error.errors()]
    return problems


def _patience_problems(tree: Tree) -> list[Problem]:
    """Patience counts evaluations, so there must be some."""
    train = tree.values.get("train")
    settings = train if isinstance(train, dict) else {}
    wanted = settings.get("patience")
    is_negative = isinstance(wanted, int) and wanted < 0  # which is refused as such
    if not wanted or is_negative or settings.get("evaluate_every"):
        return []
    found = f"found {wanted}, which counts evaluations, and there are none"
    return [problem_at(tree, ("train", "patience"), f"{found}; expected train.evaluate_every too, such as 500")]


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


def _repeated_losses(tree: Tree) -> list[Problem]:
    """A penalty's or a regulariser's name is the name of its loss in the log, so no two losses may share one."""
    problems: list[Problem] = []
    first: dict[str, Named] = {}
    for term in listed(tree, *TERMS):
        if term.name in PLAYERS:
            problem = f"{term.name!r} is the name of a player's own loss in the log; a {term.kind} needs another name"
            problems.append(problem_at(tree, (*term.path, "name"), problem))
        elif (other := first.setdefault(term.name, term)) is not term:
            problems.append(problem_at(tree, term.path, _repetition(term, other)))
    return problems


def _repeated_loggers(tree: Tree) -> list[Problem]:
    """Two of one name would write the same files."""
    names = [logger.name for logger in listed(tree, "log")]
    return [
        problem_at(tree, logger.path, f"the logger {logger.name!r} is repeated; expected it once")
        for index, logger in enumerate(listed(tree, "log"))
        if logger.name in names[:index]
    ]


def _repetition(term: Named, other: Named) -> str:
    if term.kind == other.kind:
        return f"the {term.kind} {term.name!r} is repeated; add up its weights instead"
    return f"the {term.kind} {term.name!r} has the name of a {other.kind}; two losses of one name cannot be logged"
