"""The text of an explanation: 80 columns, plain Unicode, readable from top to bottom."""

from collections import Counter
from collections.abc import Iterable

from gancli.errors import plural
from gancli.explanation.component_text import LETTERS, notation, reference, sentence
from gancli.explanation.explanation import Explanation
from gancli.explanation.layer_table import table
from gancli.explanation.layout import INDENT, Page
from gancli.explanation.networks import Networks
from gancli.explanation.objectives import Objective, Term
from gancli.explanation.options import written
from gancli.explanation.run_text import add_run
from gancli.registry.docstrings import Paper

WORDS = {"discriminator": "The discriminator D", "generator": "The generator G"}


def text(explanation: Explanation) -> str:
    """The whole explanation."""
    page, papers = Page(), _Papers()
    page.title(f"{explanation.name}: what is trained, and how")
    if explanation.run is not None:
        add_run(page, explanation.run)
    page.heading("Data")
    page.paragraph(explanation.data)
    page.heading("Parts")
    for part in explanation.parts:
        page.item(f"{part.kind} {part.name}: {part.summary or 'no description'}{papers.marks(part.papers)}")
    for objective in explanation.objectives:
        _objective(page, objective, papers)
    _notation(page, explanation)
    page.heading("Each step")
    for number, step in enumerate(explanation.procedure, 1):
        page.item(step, f"{number}.")
    page.blank()
    page.pairs(explanation.settings)
    if explanation.networks is not None:
        _networks(page, explanation.networks)
    if explanation.needs is not None:
        page.heading("Time and memory here")
        page.paragraph(sentence(str(explanation.needs)) + ".")
    if papers.found:
        page.heading("Papers")
        page.pairs([(f"[{number}]", reference(paper)) for number, paper in enumerate(papers.found.values(), 1)])
    return str(page)


class _Papers:
    """Papers by their addresses, numbered in the order in which they are named."""

    def __init__(self) -> None:
        self.found: dict[str, Paper] = {}

    def marks(self, papers: Iterable[Paper]) -> str:
        """`` [1, 3]``; empty without papers."""
        for paper in papers:
            self.found.setdefault(paper.url, paper)
        order = list(self.found)
        numbers = sorted({order.index(paper.url) + 1 for paper in papers})
        return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _objective(page: Page, objective: Objective, papers: _Papers) -> None:
    several = len(objective.terms) > 1
    page.heading(f"{WORDS[objective.player]} minimises{' the sum of' if several else ''}")
    for term in objective.terms:
        page.paragraph(term.formula or "(its docstring has no formula)", INDENT * 3)
        page.paragraph(f"{_about(term)}{papers.marks(term.papers)}", INDENT * 4, f"{INDENT * 3}— ")
    if objective.effect:
        page.paragraph(f"{LETTERS[objective.player]} {objective.effect}")


def _about(term: Term) -> str:
    """Which component it is of, its weights, and how often it is due."""
    named = "" if term.component.endswith(f" {term.name}") else f", '{term.name}' in the log"
    weights = f", {', '.join(f'{letter} = {written(value)}' for letter, value in term.weights.items())}" * bool(
        term.weights
    )
    lazy = f"; at every {term.every:,}th step, and then times {term.every:,}" if term.every > 1 else ""
    return f"{term.component}{named}{weights}{lazy}"


def _notation(page: Page, explanation: Explanation) -> None:
    letters = notation(term.formula for objective in explanation.objectives for term in objective.terms)
    if letters:
        page.blank()
        page.paragraph(letters)
    if explanation.equilibrium:
        page.heading("At the equilibrium")
        page.paragraph(sentence(explanation.equilibrium))


def _networks(page: Page, networks: Networks) -> None:
    for player in ("generator", "discriminator"):
        page.heading(f"{WORDS[player]}: {networks.parameters(player):,} parameters")
        page.lines(table(networks.layers[player]))
        page.blank()
        page.paragraph(_normalised(networks, player))
    page.paragraph("A ReLU, a tanh or a resampling that is called as a function, and not as a module, is not listed.")


def _normalised(networks: Networks, player: str) -> str:
    """Which layers are normalised, and how."""
    counts = Counter(layer.normalisation for layer in networks.layers[player] if layer.normalisation)
    listed = [f"{kind} in {count} {plural('layer', count)}" for kind, count in counts.items()]
    return f"Normalisation: {', '.join(listed)}." if listed else "No module is a normalisation."
