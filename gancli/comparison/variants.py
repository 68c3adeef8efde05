"""Variants of a recipe: one for every value of a key, or for every combination of the values of several keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from gancli.errors import RecipeError, UsageError
from gancli.files import file_name
from gancli.recipe import strict_yaml

EXAMPLE = "for example --vary loss=minimax,hinge"


@dataclass(frozen=True)
class Variant:
    """What is changed in a recipe, as overrides; nothing for the recipe as it is."""

    overrides: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``loss=hinge``."""
        return " ".join(self.overrides)

    def described(self, problem: str) -> str:
        """A problem of this variant with its name, unless it names one of its overrides already."""
        is_named = not self.overrides or any(repr(override) in problem for override in self.overrides)
        return problem if is_named else f"{problem} (of {self.name})"

    @property
    def folder(self) -> str:
        """A name that does not depend on the order of the keys; empty for the recipe as it is."""
        return file_name("_".join(override.replace("=", "-", 1) for override in sorted(self.overrides)))


def variants(vary: Sequence[str]) -> list[Variant]:
    """Every combination of the values of ``KEY=VALUE,VALUE,…`` arguments; one without changes if there are none.

    Raises UsageError for an argument that is something else, for a repeated value, and for a repeated key.
    """
    by_key: dict[str, list[str]] = {}
    for argument in vary:
        key, values = _read(argument)
        if key in by_key:
            raise UsageError(f"--vary {key}: is given twice; give all of its values at once, {EXAMPLE}")
        by_key[key] = [f"{key}={value}" for value in values]
    return [Variant(overrides) for overrides in product(*by_key.values())]


def _read(argument: str) -> tuple[str, list[str]]:
    key, equals, text = argument.partition("=")
    if not (key and equals and text.strip()):
        raise UsageError(f"--vary: found {argument!r}, expected KEY=VALUE,VALUE,…, {EXAMPLE}")
    if key == "seed":
        raise UsageError("--vary seed: every row has several seeds already; choose their number with --seeds")
    try:
        values = strict_yaml.parse(f"[{text}]", f"argument '--vary {argument}'").values[""]
    except RecipeError as error:
        raise UsageError("; ".join(error.problems)) from None
    written = [strict_yaml.in_one_line(value) for value in values]
    if repeated := next((value for value in written if written.count(value) > 1), None):
        raise UsageError(f"--vary {key}: the value {repeated} is given twice")
    return key, written
