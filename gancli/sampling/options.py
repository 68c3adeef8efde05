"""The sampling options of a model: the annotated keywords of its ``sampler``, checked as a recipe's options are."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from gancli import registry
from gancli.errors import RecipeError, UsageError, plain
from gancli.models import GAN
from gancli.names import suggestion
from gancli.recipe import strict_yaml
from gancli.recipe.definitions import Definition

NOT_OPTIONS = ("self", "generator")


def sampling_options(gan: GAN, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given options as the types that the model's sampler annotates.

    Raises UsageError for an option that it does not take, or that has another type.
    """
    known = registry.options(gan.sampler, NOT_OPTIONS)
    for name in given:
        if name not in known:
            hint = suggestion(name, known) or f"; available: {', '.join(sorted(known)) or 'no options'}"
            raise UsageError(f"{name}: is not a sampling option of this model{hint}")
    try:
        return Definition(gan.sampler, None, known).typed(dict(given))
    except ValidationError as error:
        detail = error.errors()[0]
        name = ".".join(map(str, detail["loc"]))
        expected = plain(detail["msg"])
        raise UsageError(f"{name}: found {detail['input']!r}, {expected[0].lower()}{expected[1:]}") from None
    except TypeError as error:  # a value of the library's user that is not a plain one
        raise UsageError(f"the sampling options must be plain values: {error}") from None


def parse(words: Sequence[str]) -> dict[str, Any]:
    """Options from words, ``OPTION=VALUE`` each, with values as in a recipe; raises UsageError."""
    found = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not (equals and name.isidentifier()):
            raise UsageError(f"found {word!r}; expected OPTION=VALUE, for example truncation=0.7")
        try:
            found[name] = strict_yaml.read(f"value: {text}".encode(), word).values["value"]
        except RecipeError as error:
            raise UsageError("; ".join(error.problems)) from None
    return found
