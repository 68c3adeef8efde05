"""The names of a new package, all of which follow from one, and what is asked of it."""

import keyword
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from gancli import registry
from gancli.errors import UsageError
from gancli.names import canonical_name
from gancli.recipe import listed_recipes
from gancli.recipe.schema import PLAYERS
from gancli.scaffold.kinds import Kind

PREFIX = "gan-"  # of a plugin's package, so that no other kind of package has its name
MAX_NAME = 40  # characters


@dataclass(frozen=True)
class Names:
    """The names of a component, and of everything that is made for it."""

    kind: Kind
    component: str  # in a recipe: ``soft-hinge``

    @property
    def package(self) -> str:
        """As pip knows it: ``gan-soft-hinge``."""
        return PREFIX + self.component

    @property
    def module(self) -> str:
        """As Python imports it: ``gan_soft_hinge``."""
        return self.package.replace("-", "_")

    @property
    def class_name(self) -> str:
        """``SoftHinge``."""
        return "".join(word.capitalize() for word in self.component.split("-"))

    @property
    def recipe(self) -> str:
        """As ``gan train`` knows it: ``soft_hinge``."""
        return self.component.replace("-", "_")


def choose(name: str, kind: Kind) -> Names:
    """The names that follow from one, with or without ``gan-`` before it.

    Raises UsageError for a name that cannot be used, or that is taken.
    """
    if not re.fullmatch(r"[A-Za-z]([A-Za-z0-9._-]*[A-Za-z0-9])?", name) or len(name) > MAX_NAME:
        raise _refusal(name, f"expected at most {MAX_NAME} letters, digits and '-', a letter first, as in soft-hinge")
    names = Names(kind, canonical_name(name).removeprefix(PREFIX))
    if not names.component[0].isalpha():
        raise _refusal(name, f"expected a letter after '{PREFIX}', as in gan-soft-hinge")
    if problem := _unusable(names) or _taken(names):
        raise _refusal(name, f"{problem}; choose another name, such as {names.component}-2")
    return names


def _refusal(name: str, problem: str) -> UsageError:
    return UsageError(f"found the name {name!r}; {problem}")


def _unusable(names: Names) -> str:
    """The reason why no component can have this name; empty if it can."""
    if keyword.iskeyword(names.component) or keyword.iskeyword(names.class_name):
        return "it is a word of Python itself"
    if names.component in PLAYERS:
        return "it is the name of a player"
    return ""


def _taken(names: Names) -> str:
    """Who has one of the names already; empty if they are free."""
    if rivals := registry.claims(registry.installed(), names.kind, names.component):
        owner = "is built in" if rivals[0].is_ours else f"{rivals[0].package} {rivals[0].version} has installed"
        return f"there is a {names.kind} of this name, which {owner}"
    if any(path.stem == names.recipe for _, path in listed_recipes()):
        return f"there is a recipe {names.recipe!r} ('gan recipe list')"
    try:
        return f"the package {names.package} {version(names.package)} is installed"
    except PackageNotFoundError:
        return ""
