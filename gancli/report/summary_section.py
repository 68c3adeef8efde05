"""The first lines about a run: how far it is, how it went, and its main numbers."""

from gancli.errors import printable
from gancli.report.elements import Markup, element
from gancli.report.facts import RunFacts


def summary(run: RunFacts) -> Markup:
    """How it went in a sentence, and the main numbers."""
    return element(
        "div",
        element("p", outcome(run), class_="lead"),
        [element("p", sentence) for sentence in standing(run)],
        element("ul", [_number(name, value) for name, value in _numbers(run)], class_="numbers-of"),
    )


def outcome(run: RunFacts) -> str:
    """How the training went, in a sentence."""
    if run.verdict:
        return f"{run.verdict[:1].upper()}{run.verdict[1:]}."
    return "Nothing is known of how it went: there is no checkpoint that says it."


def standing(run: RunFacts) -> list[str]:
    """Whether the training is at its end, and if not, what that means."""
    found = [f"Its networks come from {run.saved.origin}."] if run.saved and run.saved.origin else []
    if run.step == 0:
        return [*found, "No step has been trained."]
    if run.saved is None:
        found.append(f"It has logged up to step {run.step:,}, and has not saved a checkpoint.")
    elif run.saved.ended:
        found.append(f"It ended at step {run.saved.step:,} by train.patience, as its evaluations did not get better.")
    elif run.steps is not None and run.saved.step < run.steps:
        found.append(
            f"It is not finished: {run.saved.step:,} of {run.steps:,} steps are saved. It was stopped, failed, "
            "or is still training."
        )
    if run.saved is not None and run.step > run.saved.step:
        found.append(f"Steps up to {run.step:,} are logged; a resume makes those after {run.saved.step:,} again.")
    return found


def _numbers(run: RunFacts) -> list[tuple[str, str]]:
    def name_of(section: str) -> str:
        part = run.recipe.get(section)
        return printable(str(part.get("name", ""))) if isinstance(part, dict) else ""

    length = f"{run.step:,}" + (f" of {run.steps:,}" if run.steps and run.step < run.steps else "")
    warned = len(run.events("warning"))
    found = [("steps", length), ("training", f"{run.seconds:,.0f} s")]
    found += [(section, name_of(section)) for section in ("dataset", "model", "architecture", "loss")]
    return [(name, value) for name, value in [*found, ("warnings", f"{warned:,}")] if value]


def _number(name: str, value: str) -> Markup:
    return element("li", element("strong", value), element("span", name))
