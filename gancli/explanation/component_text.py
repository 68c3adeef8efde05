"""The text of a component: formula, effect, equilibrium, papers, options."""

from collections.abc import Iterable, Mapping

from gancli.explanation.components import ComponentDescription
from gancli.explanation.layout import INDENT, Page
from gancli.explanation.options import written
from gancli.recipe.components import LISTS
from gancli.registry.docstrings import Paper

LETTERS = {"discriminator": "D", "generator": "G"}
TERMS = {"penalty": "A term of what D minimises", "regulariser": "A term of what G minimises"}
SAMPLES = {"x a real sample": "(x", "z noise": "(z", "G(z) a fake": "G(z"}
PAIRS = {"x a source image": "x", "y a real target": "y", "G(x) a translation": "G(x"}
DOMAINS = {"a and b real images of A and B": "(a", "G_AB translates from A to B": "G_AB", "G_BA back": "G_BA"}
NOTATION = {  # what the letters of formulas stand for, and how they are found
    "D(·) the discriminator's logit": "D(",
    "D_A and D_B the discriminators' logits": "D_A(",
    "∇D the slope of D": "∇D",
    "σ(t) = 1 / (1 + exp(−t)) the probability of a logit": "σ(",
}


def text(component: ComponentDescription) -> str:
    """A component, for a reader."""
    page, documented = Page(), component.documentation
    page.title(f"{component.kind} {component.name}, of {component.package} {component.version}")
    page.paragraph(" ".join([documented.summary or "Its docstring says nothing.", *documented.remarks[:1]]), "")
    for remark in documented.remarks[1:]:
        page.blank()
        page.paragraph(remark, "")
    _section(page, _heading(component), by_player(documented.formula))
    if letters := notation(documented.formula.values()):
        page.blank()
        page.paragraph(letters)
    _section(page, "Effect", by_player(documented.effect))
    if documented.equilibrium:
        page.heading("At the equilibrium")
        page.paragraph(sentence(documented.equilibrium))
    if documented.papers:
        page.heading("Paper" if len(documented.papers) == 1 else "Papers")
        page.lines(map(reference, documented.papers))
    _options(page, component)
    return str(page)


def by_player(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Texts under D for the discriminator, G for the generator, and the name of any other loss."""
    return [(LETTERS.get(name, name), text) for name, text in texts.items()]


def notation(formulas: Iterable[str]) -> str:
    """What the letters of formulas stand for; empty for letters that only their own text explains."""
    shown = " ".join(formulas)
    images = DOMAINS if "G_AB(" in shown else PAIRS if "G(x)" in shown else SAMPLES
    letters = {"E[·] is the mean over a minibatch": "E["} | images | NOTATION
    known = [meaning for meaning, sign in letters.items() if sign in shown]
    return f"Here {', '.join(known)}." if known else ""


def sentence(text: str) -> str:
    """A text that begins with a capital letter, if it begins with a word."""
    return text[:1].upper() + text[1:] if text[:2].isalpha() else text


def reference(paper: Paper) -> str:
    """A paper in one line."""
    return f"{paper.text}: {paper.url}" if paper.text else paper.url


def _heading(component: ComponentDescription) -> str:
    if component.kind == "loss":
        return "What each player minimises"
    return TERMS.get(component.kind, "Formula")


def _section(page: Page, heading: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    page.heading(heading)
    if [name for name, _ in rows] == [""]:
        page.paragraph(sentence(rows[0][1]))
    else:
        page.pairs(rows)


def _options(page: Page, component: ComponentDescription) -> None:
    if component.kind == "extractor":
        page.heading("On the command line")
        page.lines([f"gan evaluate RUN --extractor {component.name}"])
        return
    page.heading("Options")
    for option in component.options:
        default = "required" if option.required else f"default {written(option.default)}"
        page.lines([option.name])
        page.paragraph(f"{option.type}; {default}", INDENT * 3)
        if len(option.description) > 2:  # "γ." is only its letter
            page.paragraph(option.description, INDENT * 3)
    if not component.options:
        page.lines(["none"])
    page.heading("In a recipe")
    page.lines([recipe_line(component)])


def recipe_line(component: ComponentDescription) -> str:
    """The line of a recipe that names it, with the options that must be given."""
    required = {option.name: "…" for option in component.options if option.required}
    named = written({"name": component.name} | required) if required else component.name
    section = LISTS.get(component.kind)
    return f"{section}: [{named}]" if section else f"{component.kind}: {named}"
