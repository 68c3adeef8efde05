"""What a package promises: it is found, it fits, it clashes with nothing, and it imports nothing that is slow."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from gancli import registry
from gancli.errors import RecipeError, plural
from gancli.names import canonical_name
from gancli.recipe import load
from gancli.recipe.schema import is_name
from gancli.registry import GROUPS, Plugin, mistyped_groups
from gancli.testing.imports import Imports, imports
from gancli.testing.promises import Broken, NotTried
from gancli.testing.versions import check_installed, check_python

SLOW_SECONDS = 0.2  # of another package's modules, from which they are named


@dataclass(frozen=True)
class Package:
    """An installed package, and what it registers."""

    name: str
    plugins: tuple[Plugin, ...]

    @cached_property
    def distribution(self) -> Distribution:
        """Its metadata."""
        return distribution(self.name)

    @cached_property
    def imported(self) -> Imports:
        """What its import does in a new process."""
        return imports({plugin.entry_point.module for plugin in self.plugins if plugin.kind != "recipe"})

    def requirements(self) -> list[Requirement]:
        """What it needs here, without its extras."""
        found = [Requirement(text) for text in self.distribution.requires or ()]
        return [wanted for wanted in found if wanted.marker is None or wanted.marker.evaluate({"extra": ""})]


def registers_in_groups_that_exist(package: Package) -> None:
    """Components are registered in the groups of entry points that the table names."""
    for group, hint in mistyped_groups(package.distribution):
        raise Broken(f"the group {group!r}{hint}", f"choose one of {', '.join(sorted(GROUPS.values()))}")


def has_names_that_a_recipe_can_write(package: Package) -> None:
    """A name has letters, digits, - and _, and at most 64 of them."""
    for plugin in package.plugins:
        if plugin.kind != "recipe" and not is_name(plugin.name):
            raise Broken(f"the {plugin.kind} {plugin.name!r}", "change its name in pyproject.toml")


def takes_no_name_of_another_package(package: Package) -> None:
    """Nobody takes the name of a built-in component, or of another installed package's."""
    for plugin in package.plugins:
        status = registry.status(plugin)
        if plugin.kind != "recipe" and status != "ok":
            raise Broken(f"the {plugin.kind} {plugin.name!r} {status}", "give it a name of its own")


def fits_what_is_installed(package: Package) -> None:
    """A package names gancli among its dependencies, and the versions of it, of Python and of others that it needs."""
    if package.name == "gancli":
        return
    try:
        wanted = package.requirements()
    except InvalidRequirement as error:
        raise Broken(f"a dependency that cannot be read: {error}", "correct it in pyproject.toml") from error
    if not any(canonical_name(requirement.name) == "gancli" for requirement in wanted):
        raise Broken("no dependency on gancli", 'write dependencies = ["gancli>=0.1"] in pyproject.toml')
    check_python(package.distribution)
    for requirement in wanted:
        check_installed(requirement)


def imports_without_an_error(package: Package) -> str:
    """A package can be imported in a new process, and prints nothing on stdout, which is for results."""
    found = package.imported
    if found.error:
        raise Broken(found.error, "mend its import, and name what it needs among its dependencies")
    if found.printed:
        raise Broken(f"the output {found.printed!r}", "print nothing, or to stderr")
    return f"{found.seconds:.2f} s besides what gan imports"


def imports_nothing_slow(package: Package) -> str:
    """A package imports what is slow inside the function that needs it, so that a recipe is checked at once."""
    slow = {name: seconds for name, seconds in package.imported.others.items() if seconds >= SLOW_SECONDS}
    if not slow:
        return "nothing heavy"
    named = ", ".join(f"{name} ({seconds:.2f} s)" for name, seconds in slow.items())
    return f"it imports {named}; import it inside the function that needs it"


def brings_its_recipes(package: Package) -> str:
    """Recipes are a folder of YAML files in the package, and all of them are right."""
    if not any(plugin.kind == "recipe" for plugin in package.plugins):
        raise NotTried("it registers none")
    folders = [folder for plugin, folder in registry.recipe_folders() if plugin in package.plugins]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.yaml"))]
    if not paths:
        way = "let the build backend pack them: with setuptools, as package-data; hatchling does it by itself"
        raise Broken("no YAML file in the installed package", way)
    for path in paths:
        _check_recipe(path)
    return f"{len(paths)} {plural('recipe', len(paths))}"


def _check_recipe(path: Path) -> None:
    """A recipe may leave a folder to its user, and need another package."""
    try:
        load(path)
    except RecipeError as error:
        wrong = [problem for problem in error.problems if "say where your files are" not in problem]
        if any("no installed package provides" in problem for problem in wrong):
            raise NotTried(f"{path.stem} needs another package: {wrong[0]}") from error
        if wrong:
            raise Broken("; ".join(wrong), f"gan recipe check {path.stem}") from error


PACKAGE: tuple[Callable[[Package], str | None], ...] = (
    registers_in_groups_that_exist,
    has_names_that_a_recipe_can_write,
    takes_no_name_of_another_package,
    fits_what_is_installed,
    imports_without_an_error,
    imports_nothing_slow,
    brings_its_recipes,
)
