"""Completion of a command line in bash, zsh and fish: what each argument offers, found without torch.

``gan --install-completion`` is Typer's own. A broken recipe, run or package offers nothing; no error is ever shown.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from gancli.completion import Candidates
from gancli.completion.shell import BREAKS, Typed, fitting, typed, word_before

Completer = Callable[[typer.Context, str], list[tuple[str, str]]]
Find = Callable[[dict[str, Any], Typed], Candidates]


def completer(find: Find, *words: str) -> Completer:
    """What Typer calls: ``find`` with the parameters that are there already, and the line up to the cursor.

    Args:
        words: the parameters whose words stand before it, in their order.
    """

    def complete(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            # Behind an option that lacks its value, words are not parsed any more.
            line = typed(_words(ctx.params, words) or ctx.args, incomplete)
            return fitting(find(ctx.params, line), line)
        except Exception:  # a message would stand in the middle of the line
            return []

    return complete


def _words(given: dict[str, Any], names: Sequence[str]) -> list[str]:
    values = [given.get(name) or () for name in names]
    return [str(word) for value in values for word in ([value] if isinstance(value, str | Path) else value)]


def _recipes(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.paths import recipes

    return recipes(line.word)


def _checkpoints(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.paths import checkpoints

    return checkpoints(line.word)


def _recipes_and_checkpoints(given: dict[str, Any], line: Typed) -> Candidates:
    return _checkpoints(given, line) | _recipes(given, line)


def _overrides(given: dict[str, Any], line: Typed) -> Candidates:
    """Those of the recipe that is named first; with --resume or --from, of the run's own."""
    from gancli.completion.overrides import overrides
    from gancli.storage.run_folder import RunFolder

    words, run = line.earlier, given.get("resume") or given.get("start_from")
    first, *earlier = [str(run), *words] if run and (not words or "=" in words[0]) else words
    folder = RunFolder(Path(first))
    return overrides(str(folder.recipe) if folder.is_run else first, earlier, line.word)


def _first_of_training(given: dict[str, Any], line: Typed) -> Candidates:
    """A recipe, unless a run is resumed; an override of a run's own recipe."""
    run = given.get("resume") or given.get("start_from")
    found = {} if given.get("resume") else _recipes(given, line)
    return found | (_overrides(given, line) if run else {})


def _varied(given: dict[str, Any], line: Typed) -> Candidates:
    """The keys of the recipe that is named first, and their values one after the other."""
    from gancli.completion.overrides import overrides

    key, equals, values = line.word.partition("=")
    done = values[: values.rfind(",") + 1]
    found = overrides(line.earlier[0], [], key + equals)
    return {f"{key}={done}{word.partition('=')[2]}": text for word, text in found.items()} if equals else found


def _sampling_options(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.components import sampling_options
    from gancli.completion.keys import Key
    from gancli.completion.overrides import settings
    from gancli.storage import header

    facts = header.facts(Path(line.earlier[0]))
    options = sampling_options(facts.model) if facts else {}
    return settings([Key.of(name, option, {}) for name, option in options.items()], line.word)


def _inputs(given: dict[str, Any], line: Typed) -> Candidates:
    """Pictures to translate, or to find the noise of; or the sampling options of the model."""
    from gancli.completion.paths import pictures

    options = _sampling_options(given, line)
    return pictures(line.word) | {word: text for word, text in options.items() if not word.startswith("direction=")}


def _classes(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.storage import header

    facts = header.facts(Path(line.earlier[0]))
    return dict.fromkeys(facts.class_names, "") if facts else {}


def _components(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.components import KINDS, names

    found: Candidates = {}
    for kind in KINDS if given.get("kind") is None else (given["kind"],):
        found |= {name: ", ".join(filter(None, [found.get(name), kind])) for name in names(kind)}
    return found


def _kinds(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.components import KINDS

    return dict.fromkeys(KINDS, "")


def _extractors(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.components import names

    return dict.fromkeys(names("extractor"), "")


def _metrics(given: dict[str, Any], line: Typed) -> Candidates:
    """Names behind commas, each once."""
    from gancli.completion.components import metrics

    done = line.word[: line.word.rfind(",") + 1]
    return {done + name: "" for name in metrics() if name not in done.split(",")}


def _loggers(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.completion.components import names

    return dict.fromkeys(names("logger"), "")


def _packages(given: dict[str, Any], line: Typed) -> Candidates:
    from gancli.registry import installed

    return {plugin.package: plugin.version for plugin in installed()}


RECIPE = completer(_recipes)
CHECKPOINT = completer(_checkpoints)
RECIPE_OR_CHECKPOINT = completer(_recipes_and_checkpoints)
RECIPE_OR_OVERRIDE = completer(_first_of_training)
SAMPLING_OPTION = completer(_sampling_options, "place", "words")
INPUT = completer(_inputs, "place", "words")
CLASS = completer(_classes, "place")
COMPONENT = completer(_components)
KIND = completer(_kinds)
EXTRACTOR = completer(_extractors)
METRICS = completer(_metrics)
LOGGER = completer(_loggers)
PACKAGE = completer(_packages)
VARIED = completer(_varied, "words")


def compared(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Recipes and runs; in bash also the values of --vary, which Typer takes for words behind it."""
    words, vary = list(ctx.params.get("words") or ()), ctx.params.get("vary")
    if not (vary and words and word_before() == "--vary"):
        return RECIPE_OR_CHECKPOINT(ctx, incomplete)
    ctx.params["words"] = [words[0], vary[-1], *(word for word in words[-1:] if word in BREAKS)]
    return VARIED(ctx, incomplete)


def override_of(place: str) -> Completer:
    """Overrides of the recipe, or of the run, that the argument ``place`` names."""
    return completer(_overrides, place, "overrides")
