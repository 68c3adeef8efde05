"""What every component promises before it computes anything: it can be named in a recipe, and made."""

import inspect
import json
from typing import Any

from gancli.build import CONTRACTS, check_contract
from gancli.errors import PluginError
from gancli.recipe import Recipe, from_values, strict_yaml
from gancli.recipe.components import defaults
from gancli.recipe.definitions import Definition, define
from gancli.testing.promises import Broken, NotTried
from gancli.testing.subject import Subject


def extends_its_contract(subject: Subject) -> None:
    """A component is a class that extends the contract of its kind, or a function that makes an instance of one."""
    component, contract = subject.component, CONTRACTS[subject.kind]
    if not callable(component):
        raise Broken(f"{component!r:.60}", f"name a class, or a function: MODULE:CLASS, at {_entry(subject)}")
    if inspect.isclass(component) and not issubclass(component, contract):
        bases = ", ".join(base.__name__ for base in component.__bases__)
        raise Broken(f"a class of the bases {bases}", f"write class {component.__name__}({contract.__name__})")
    if missing := sorted(getattr(component, "__abstractmethods__", ())):
        raise Broken(f"no method {', '.join(missing)}", f"define it, as {contract.__name__} says")


def takes_annotated_options(subject: Subject) -> None:
    """Options are the constructor's annotated keyword arguments."""
    if subject.kind == "extractor":
        return
    definition = _definition(subject)
    defaults(definition)  # as a recipe would write them
    if "name" in definition.options:
        raise Broken("an option 'name', which in a recipe is the name of the component", "call it something else")


def is_made_as_its_contract_says(subject: Subject) -> None:
    """A component can be made of its defaults, and its methods take what the contract says."""
    if subject.kind in ("model", "optimizer", "extractor"):  # made of other things; a first step tries them
        return
    required = [name for name, option in _definition(subject).options.items() if option.required]
    if missing := [name for name in required if name not in subject.options]:
        raise NotTried(f"it needs an option: check_{subject.kind}({subject.component.__name__}, {missing[0]}=…)")
    options = subject.typed_options()
    try:
        made = subject.component(**options)
    except ValueError as error:
        if subject.kind == "dataset" and not subject.written:  # which may need one of several options
            raise NotTried(f"it needs options: {error}") from error
        raise Broken(f"ValueError: {error}", "give options that it accepts, or let the defaults be such") from error
    if options != subject.typed_options():
        raise Broken("options that the constructor has changed", "work on copies of lists")
    try:
        check_contract(subject.kind, made)
    except TypeError as error:
        raise Broken(str(error), "give the method the signature of the contract") from error


def survives_the_recipe(subject: Subject) -> None:
    """A recipe that was written out names the same component with the same options."""
    if subject.kind == "extractor":
        return
    try:
        recipe = subject.host
    except PluginError as error:
        raise Broken(str(error), "let every default be what its annotation says") from error
    again = from_values(strict_yaml.read(recipe.to_yaml().encode(), "the recipe").values, recipe.name)
    before, after = _options(subject, recipe), _options(subject, again)
    if before != after or again.values() != recipe.values():
        raise Broken(f"{before} before, and {after} after", "annotate options as numbers, texts, or lists of these")
    json.dumps(recipe.values(), allow_nan=False)


def accepts_some_data(subject: Subject) -> None:
    """A ValueError refuses data that do not fit; some points or images fit."""
    if subject.kind != "extractor" and not subject.accepted:
        refusals = list(dict.fromkeys(subject.refusals))
        found = refusals[-1] if refusals else "no recipe that names it"
        raise Broken(f"a refusal of points and of images of 16 and 32 pixels, the last: {found}", "accept some of them")


def _definition(subject: Subject) -> Definition:
    return define(subject.kind, subject.name)


def _options(subject: Subject, recipe: Recipe) -> Any:
    return [part.options for part in recipe.plan if (part.kind, part.name) == (subject.kind, subject.name)]


def _entry(subject: Subject) -> str:
    return subject.plugin.entry_point.value


COMPONENT = (extends_its_contract, takes_annotated_options)
MADE = (is_made_as_its_contract_says,)
IN_A_RECIPE = (accepts_some_data, survives_the_recipe)
