"""The words of a command line as a shell hands them over, and candidates as it takes them."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gancli.completion import Candidates

BREAKS = ("=", ":")  # of COMP_WORDBREAKS: bash makes a word of each
UNFIT = re.compile(r"[\\\"'`$]")  # a shell may obey them, and names come from strangers' files


@dataclass(frozen=True)
class Typed:
    """A command line up to the cursor."""

    earlier: list[str]
    word: str  # as far as it is typed
    kept: str = ""  # its beginning, which is no part of what the shell replaces


def typed(words: Sequence[str], incomplete: str) -> Typed:
    """The words as a person typed them: bash hands over ``loss=hinge`` as three, and Typer leaves out a last ``=``."""
    joined: list[str] = []
    goes_on = False
    for word in (*words, *(["="] if _current_word() == "=" else []), incomplete):
        if joined and (goes_on or word in BREAKS):
            joined[-1] += word
        else:
            joined.append(word)
        goes_on = word in BREAKS
    return Typed(joined[:-1], joined[-1], joined[-1].removesuffix(incomplete))


def word_before() -> str:
    """The whole word before that at the cursor; empty for another shell than bash."""
    words = _words_of_bash()
    line = typed(words[:-1], "" if words[-1:] == ["="] else words[-1]) if words else Typed([], "")
    return line.earlier[-1] if line.earlier else ""


def _current_word() -> str | None:
    """The word at the cursor as bash has it, with its quotes; None for another shell."""
    words = _words_of_bash()
    return words[-1] if words else None


def _words_of_bash() -> list[str]:
    words, index = os.environ.get("COMP_WORDS", "").split("\n"), os.environ.get("COMP_CWORD", "")
    return words[: int(index) + 1] if index.isdecimal() else []


def fitting(candidates: Candidates, line: Typed) -> list[tuple[str, str]]:
    """Those that go on from what is typed, without its part that the shell keeps, and as the shell takes them."""
    found = [
        (word.removeprefix(line.kept), _shown(text))
        for word, text in candidates.items()
        if word.startswith(line.word) and word.isprintable() and not UNFIT.search(word)
    ]
    return [(_escaped(word), text) for word, text in found]


def _shown(text: str) -> str:
    """What a shell shows beside a candidate; brackets would be marks of Rich."""
    return UNFIT.sub("", text).replace("[", "(").replace("]", ")") if text.isprintable() else ""


def _escaped(word: str) -> str:
    """For bash, which inserts a word as it is; other shells escape it themselves."""
    current = _current_word()
    if current is None or current[:1] in ("'", '"'):
        return word
    return re.sub(r"([^\w@%+=:,./{}-])", r"\\\1", word)
