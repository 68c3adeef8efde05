"""Parts that the commands for a trained generator share: checkpoint, class, sampling options, report."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancli import commands
from gancli.errors import UsageError
from gancli.files import file_name
from gancli.progress import task
from gancli.sampling.classes import class_index, listed
from gancli.storage import header
from gancli.terminal.output import STDOUT, note, print_json, print_path

if TYPE_CHECKING:
    from gancli.library.generator import Generator
    from gancli.projection.latent import Latent
    from gancli.storage.header import Facts


def early_facts(place: Path) -> "Facts | None":
    """The facts of a checkpoint, read before torch is imported; raises UsageError for a model that translates."""
    facts = header.facts(place)
    if facts and facts.translates:
        raise UsageError(
            f"{place}: this model translates images; it does not draw from noise. Give it a folder of images: "
            + commands.translate(place)
        )
    return facts


def load(place: Path, words: Sequence[str]) -> "tuple[Generator, dict[str, Any]]":
    """The generator of a checkpoint, and the sampling options among the words of the command."""
    moved, options = places_and_options(words)
    with task("reading the checkpoint"):
        from gancli import library

        return library.load(place, *moved, warn=note), options


def load_latents(paths: Sequence[Path]) -> "dict[Path, Latent]":
    """The latents of files of ``gan project``; raises DataError for another file."""
    from gancli.projection.latent import Latent

    return {path: Latent.load(path) for path in paths}


def places_and_options(words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """New places, which have a dotted key, and sampling options among the words of a command; raises UsageError."""
    from gancli.sampling.options import parse

    moved = [word for word in words if "." in word.partition("=")[0]]
    return moved, parse([word for word in words if word not in moved])


def option_words(options: dict[str, Any]) -> str:
    """Sampling options as a part of a file's name: ``-truncation-0.7``."""
    return "".join(f"-{file_name(f'{name}-{value}')}" for name, value in options.items())


def beside(place: Path) -> Path:
    """The default folder of pictures: the run, or the working directory for a lone file."""
    return place if place.is_dir() else Path()


def wanted_class(names: Sequence[str], digit: str | None, class_name: str | None, flag: str = "--class") -> int | None:
    """The number of the chosen class; None if no class is chosen. Raises UsageError if there is no such class."""
    if digit is not None and class_name is not None:
        raise UsageError("--digit and --class say the same thing; give one of them")
    if digit is None:
        return None if class_name is None else class_index(names, class_name, flag)
    if names and (digit not in names or not all(name.isdecimal() for name in names)):
        raise UsageError(f"--digit: found {digit!r}; the classes of this model are {listed(names)}")
    return class_index(names, digit, "--digit")


def report(path: Path, about: dict[str, Any], *, as_json: bool) -> None:
    """Print where a picture is, unless it went to stdout itself."""
    if path == STDOUT:
        return
    if as_json:
        print_json({"path": str(path), **about})
    else:
        print_path(path)


def show_in_terminal(pixels: Any) -> None:
    """Draw a picture on stderr."""
    from gancli.terminal.preview import show

    show(pixels)
