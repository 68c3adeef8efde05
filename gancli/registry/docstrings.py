"""The one place that reads the docstrings of components: first sentence, formula, effect, equilibrium, papers.

CONTRIBUTING.md has the convention. A docstring that does not follow it is read as far as it goes.
"""

import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECTION = re.compile(r"^(Formula|Effect|Equilibrium|Args|Raises|Attributes|Returns):$")
ENTRY = re.compile(r"^(\w[\w.]*)(?: \([^)]*\))?:(?: (.*))?$")
DIRECTIVE = re.compile(r"^\s*\.\. ", re.MULTILINE)  # of Sphinx, as in torch's docstrings: formulas in TeX, notes
SENTENCE = re.compile(r"(.*?[.!?])(?=\s+[^a-z\s]|$)", re.DOTALL)  # "et al. (2014" ends none, for it goes on in small
CITATION = re.compile(r"\(([^()]*https?://[^()]*)\)")
AUTHORS = re.compile(r"((?:[A-Z]\w* (?:&|and) )?[A-Z]\w*(?: et al\.)?)\s\((\d{4}\b)")  # before the brackets
ADDRESS = re.compile(r"https?://[^\s,;()<>`]*[^\s,;()<>`.]")
ARXIV = re.compile(r"https?://arxiv\.org/abs/[\w./-]*\w")
SYMBOL = re.compile(r"^(\w)[.,]")


@dataclass(frozen=True)
class Paper:
    """A paper as a docstring names it: ``Lim & Ye, 2017``, and its address."""

    text: str
    url: str


@dataclass(frozen=True)
class Documentation:
    """What a component's docstring says.

    Attributes:
        summary: the first sentence; empty without a docstring.
        remarks: the further sentences, a text each paragraph.
        formula: by the name of the loss, or of the player, that it is of; under "" if it is a single one.
        effect: what each player is pushed to, likewise.
        equilibrium: the values that the losses have at the end of an ideal game.
        options: descriptions by the option's name.
        papers: with their addresses.
    """

    summary: str = ""
    remarks: tuple[str, ...] = ()
    formula: Mapping[str, str] = field(default_factory=dict)
    effect: Mapping[str, str] = field(default_factory=dict)
    equilibrium: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()

    def symbol(self, option: str) -> str:
        """The letter that stands for an option in the formula: the first word of its description; else its name."""
        found = SYMBOL.match(self.options.get(option, ""))
        return found[1] if found else option


def documentation(component: Any) -> Documentation:
    """The documentation of a class, or of a function that makes an instance; of its own docstring, not of a parent's.

    Papers are looked for in the docstring of its module too.
    """
    module = getattr(sys.modules.get(getattr(component, "__module__", "")), "__doc__", None) or ""
    return of_texts(getattr(component, "__doc__", None) or "", module)


def of_texts(docstring: str, module: str) -> Documentation:
    """The documentation of a docstring, and of that of its module."""
    own = inspect.cleandoc(docstring)
    sections = _sections(own)
    first, _, rest = DIRECTIVE.split(sections.get("", ""))[0].partition("\n\n")
    summary, more = _first_sentence(_flowing(first))
    paragraphs = [more, *map(_flowing, rest.split("\n\n"))]
    return Documentation(
        summary=summary,
        remarks=tuple(filter(None, paragraphs)),
        formula=_entries(sections.get("Formula", "")),
        effect=_entries(sections.get("Effect", "")),
        equilibrium=_flowing(sections.get("Equilibrium", "")),
        options=_entries(sections.get("Args", "")),
        papers=_papers(f"{inspect.cleandoc(module)}\n\n{own}"),
    )


def _sections(text: str) -> dict[str, str]:
    """The text of each section by its heading, dedented; under "" what comes before the first, or between them."""
    found: dict[str, list[str]] = {"": []}
    heading = ""
    for line in text.splitlines():
        if match := SECTION.match(line):
            heading = match[1]
        elif heading and line and not line.startswith(" "):
            heading = ""
        found.setdefault(heading, []).append("" if SECTION.match(line) else line)
    return {name: inspect.cleandoc("\n".join(lines)).strip() for name, lines in found.items()}


def _entries(text: str) -> dict[str, str]:
    """``name: text`` by the name, a further line of each indented; a text without a name is under ""."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if not line.startswith(" ") and (match := ENTRY.match(line)):
            name, line = match[1], match[2] or ""
        found.setdefault(name, []).append(line)
    return {name: _flowing("\n".join(lines)) for name, lines in found.items()}


def _first_sentence(text: str) -> tuple[str, str]:
    match = SENTENCE.match(text)
    return (match[1], text[match.end() :].strip()) if match else (text, "")


def _flowing(text: str) -> str:
    """A paragraph in one line, without the marks of code, and without the default that torch's docstrings repeat."""
    return re.sub(r" \(default: .*\)$", "", " ".join(text.replace("``", "").split()))


def _papers(text: str) -> tuple[Paper, ...]:
    """Each address once: of citations in brackets, and any of arXiv."""
    found: dict[str, Paper] = {}
    for match in CITATION.finditer(AUTHORS.sub(r"(\1, \2", text)):
        for part in re.split(r";\s", _flowing(match[1])):
            for url in ADDRESS.findall(part):
                words = " ".join(ADDRESS.sub("", part).replace(" ,", ",").split()).strip(" ,;")
                found.setdefault(url, Paper(re.sub(r",\s*,", ",", words), url))
    for url in ARXIV.findall(text):
        found.setdefault(url, Paper("", url))
    return tuple(found.values())
