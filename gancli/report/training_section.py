"""What was trained, and how: the recipe in words, and the resolved recipe itself."""

from collections.abc import Iterable

from gancli.explanation.component_text import by_player, notation, reference, sentence
from gancli.explanation.data_in_words import classes, shape
from gancli.registry.docstrings import Paper
from gancli.report.elements import Child, Markup, element, folded, pairs, section, table
from gancli.report.facts import RunFacts
from gancli.report.recipe_in_words import PartInWords


def training(run: RunFacts, level: int = 2) -> Markup:
    """The section; papers are numbered in it."""
    words = run.words
    if words is None:
        return section("What was trained", element("p", _unread(run)), _recipe(run), level=level)
    papers: dict[str, Paper] = {}
    parts = [_part(part, papers) for part in words.parts]
    letters = notation(formula for part in words.parts for formula in part.documentation.formula.values())
    return section(
        "What was trained, and how",
        element("p", f"The data: {_data(run)}."),
        table(["part", "what it is"], parts, "The parts of the recipe"),
        element("p", letters, class_="note") if letters else None,
        element("p", "Each step:"),
        element("ol", [element("li", step) for step in words.procedure]),
        pairs(words.settings.items()),
        _papers(papers),
        _recipe(run),
        level=level,
    )


def _unread(run: RunFacts) -> str:
    if not run.recipe_text:
        return f"The run has no {run.folder.recipe.name}, and no checkpoint that would have its recipe."
    return "The recipe cannot be read by this version of gan; this is its text."


def _data(run: RunFacts) -> str:
    name = str(run.recipe["dataset"]["name"])
    return f"{name}, {shape(run.saved.data)}{classes(run.saved.data)}" if run.saved else name


def _part(part: PartInWords, papers: dict[str, Paper]) -> list[Child]:
    documented = part.documentation
    formulas = [element("div", element("code", f"{name}: {text}" if name else text)) for name, text in
                by_player(documented.formula)]  # fmt: skip
    options = element("div", element("code", part.options), class_="pale") if part.options else None
    summary = sentence(documented.summary) or "Its package is not here, or says nothing of it."
    return [f"{part.kind} {part.name}", [f"{summary}{_marks(documented.papers, papers)}", formulas, options]]


def _marks(cited: Iterable[Paper], papers: dict[str, Paper]) -> str:
    """`` [1, 3]``; empty without papers."""
    for paper in cited:
        papers.setdefault(paper.url, paper)
    numbers = sorted(list(papers).index(paper.url) + 1 for paper in cited)
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _papers(papers: dict[str, Paper]) -> Markup | None:
    """Addresses are texts: the page refers to nothing outside."""
    if not papers:
        return None
    return folded("Papers", element("ol", [element("li", reference(paper)) for paper in papers.values()]))


def _recipe(run: RunFacts) -> Markup | None:
    if not run.recipe_text:
        return None
    return folded("The resolved recipe, with every default", element("pre", run.recipe_text))
