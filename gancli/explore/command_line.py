"""The command line that makes the same picture."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import join
from typing import Any

from gancli.errors import UsageError
from gancli.explore.requests import Samples, Translation, Walk
from gancli.sampling.classes import joined
from gancli.sampling.options import parse


def sample(place: Path, asked: Samples, names: Sequence[str], words: Sequence[str]) -> str:
    """The command of some samples; ``names`` are the classes, ``words`` options and places."""
    chosen = [] if asked.label is None else ["--class", names[asked.label]]
    return _command("sample", place, words, [*chosen, "--n", str(asked.n), "--seed", str(asked.seed)])


def interpolate(place: Path, asked: Walk, names: Sequence[str], words: Sequence[str]) -> str:
    """The command of a walk."""
    flags = ["--seeds", ",".join(stop.noise for stop in asked.stops), "--steps", str(asked.steps)]
    if names:
        labels = [stop.label or 0 for stop in asked.stops]
        same = len(set(labels)) == 1
        flags += ["--class", names[labels[0]]] if same else ["--classes", joined([names[label] for label in labels])]
    flags += ["--loop"] * asked.loop
    if asked.form in ("gif", "webp"):  # without --out, it is a strip of the run
        flags += ["--out", f"walk.{asked.form}"]
    return _command("interpolate", place, words, flags)


def translate(place: Path, asked: Translation, words: Sequence[str]) -> str:
    """The command of a translation."""
    name = Path(asked.name).name or "picture.png"
    return _command("translate", place, [_not_a_flag(name), *words], ["--out", f"{Path(name).stem}-translated.png"])


def option_words(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    """``OPTION=VALUE`` of each that differs from its default."""
    return [f"{name}={_text(name, value)}" for name, value in options.items() if value != defaults.get(name)]


def _text(name: str, value: Any) -> str:
    """A value as the command line reads it: a string without quotes where it is one without them too."""
    try:
        if isinstance(value, str) and parse([f"{name}={value}"])[name] == value:
            return value
    except UsageError:
        pass
    return json.dumps(value, ensure_ascii=False)


def _command(command: str, place: Path, words: Sequence[str], flags: Sequence[str]) -> str:
    return join(["gan", command, _not_a_flag(str(place)), *words, *flags])


def _not_a_flag(word: str) -> str:
    return f"./{word}" if word.startswith("-") else word
