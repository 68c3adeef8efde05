"""The answer to each request: its picture, and the command line that makes the same one."""

from pathlib import Path
from typing import Any

from gancli.explore import command_line, drawing
from gancli.explore.drawing import Answer, Check
from gancli.explore.facts import defaults, facts
from gancli.explore.requests import Asked, Samples, Translation, Walk
from gancli.explore.session import Session
from gancli.library.generator import Generator


class Answers:
    """Answers requests, one at a time.

    Args:
        session: what is explored.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def facts(self) -> dict[str, Any]:
        """What the page is built from."""
        return facts(self._session)

    def samples(self, asked: Samples, check: Check) -> bytes | Answer:
        generator, path, words = self._found(asked)
        drawn = drawing.samples(generator, asked, asked.options, check)
        return _with(drawn, command_line.sample(path, asked, generator.class_names, words))

    def walk(self, asked: Walk, check: Check) -> bytes | Answer:
        generator, path, words = self._found(asked)
        drawn = drawing.walk(generator, asked, asked.options, check)
        return _with(drawn, command_line.interpolate(path, asked, generator.class_names, words))

    def translation(self, asked: Translation) -> bytes | Answer:
        generator, path, words = self._found(asked)
        return _with(drawing.translation(generator, asked, asked.options), command_line.translate(path, asked, words))

    def _found(self, asked: Asked) -> tuple[Generator, Path, list[str]]:
        """The generator, its file, and the words of the command line that places and options are."""
        generator = self._session.generator(asked.checkpoint)
        generator.check_options(asked.options)  # none of them is another keyword of the functions that draw
        words = [*self._session.moved, *command_line.option_words(asked.options, defaults(generator))]
        return generator, self._session.saved(asked.checkpoint).path, words


def _with(drawn: bytes | Answer, command: str) -> bytes | Answer:
    return drawn if isinstance(drawn, bytes) else drawn | {"command": command}
