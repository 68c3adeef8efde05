"""``KEY=VALUE`` arguments that change a recipe: its keys, and the values of each."""

from collections.abc import Sequence
from typing import Any

from gancli.completion import Candidates
from gancli.completion.keys import Key, keys
from gancli.completion.parts import next_parts
from gancli.completion.paths import folders
from gancli.recipe import locate, read, strict_yaml
from gancli.recipe.overrides import override


def overrides(recipe: str, earlier: Sequence[str], typed: str) -> Candidates:
    """What an override that begins as it is typed may become.

    Args:
        recipe: a path, or a listed name.
        earlier: the overrides before it, which may choose other components.

    Raises RecipeError for a recipe that cannot be read.
    """
    tree = strict_yaml.read(read(locate(recipe)), recipe)
    override(tree, earlier, _without_import)
    return settings(list(keys(tree.values)), typed)


def settings(known: Sequence[Key], typed: str) -> Candidates:
    """``KEY=`` for each key, or ``KEY=VALUE`` for each value if the key is complete or the only one."""
    by_word = {f"{key.name}=": key for key in known}
    name, equals, value = typed.partition("=")
    if equals:
        return _values(by_word.get(name + equals), value)
    found = next_parts({word: key.now for word, key in by_word.items()}, typed, ".")
    if len(found) > 1:
        return found
    return found | {word: "" for name in found for word in _values(by_word[name], "")}  # a shell adds a space to one


def _values(key: Key | None, typed: str) -> Candidates:
    if key is None:
        return {}
    values = [*key.values, *(folders(typed) if key.is_path else ())]
    return {f"{key.name}={value}": "" for value in values}


def _without_import(kind: str, name: str) -> Any:
    raise LookupError(f"the options of {kind} {name!r} are read from its source")
