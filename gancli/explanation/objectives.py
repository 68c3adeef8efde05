"""What each player minimises: its terms, with formulas, weights, laziness and papers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gancli.explanation.letters import in_the_game_of
from gancli.explanation.options import plain
from gancli.recipe import PLAYERS, Plan, Recipe, ResolvedComponent
from gancli.registry.docstrings import Documentation, Paper, documentation


@dataclass(frozen=True)
class Term:
    """One named loss of a player."""

    name: str  # in the log
    component: str  # of which it is: ``loss hinge``
    formula: str  # empty if the docstring has none
    summary: str
    weights: Mapping[str, Any]  # the options, by their letter in the formula or by their name
    every: int  # 1: at every step; n: at every n-th, and then times n
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class Objective:
    """The sum that one player minimises, and what this pushes the player to."""

    player: str
    terms: tuple[Term, ...]
    effect: str


def objectives(recipe: Recipe, losses: Mapping[str, Sequence[str]] | None) -> list[Objective]:
    """The objectives of both players.

    Args:
        losses: the names of the losses of the model itself, by player; None if they are not known, since its data are
            not here: then the names are those of the contract.
    """
    names = losses or {player: [player] for player in PLAYERS}
    effect = documentation(recipe.plan.loss.factory).effect
    return [
        Objective(player, tuple(_terms(recipe.plan, player, names[player])), effect.get(player, ""))
        for player in PLAYERS
    ]


def _terms(plan: Plan, player: str, names: Sequence[str]) -> Iterator[Term]:
    loss, model = documentation(plan.loss.factory), documentation(plan.model.factory)
    adversarial = [name for name in names if name.partition(".")[0] in PLAYERS and name not in model.formula]
    for name in names:
        if name in adversarial:
            yield _term(plan.loss, name, in_the_game_of(plan.model.factory, _formula(loss, name), name))
        else:
            yield _term(plan.model, name, _formula(model, name))
    for component in plan.penalties if player == "discriminator" else plan.regularisers:
        written = _formula(documentation(component.factory), component.name)
        for name in _as_often(component.name, adversarial):
            yield _term(component, name, in_the_game_of(plan.model.factory, written, name))


def _as_often(term: str, adversarial: Sequence[str]) -> list[str]:
    """The names of a penalty: ``r1``, or ``r1.A`` and ``r1.B`` beside ``discriminator.A`` and ``discriminator.B``."""
    games = [game for name in adversarial if (game := name.partition(".")[2])]
    return [f"{term}.{game}" for game in games] or [term]


def _term(component: ResolvedComponent, name: str, formula: str) -> Term:
    documented = documentation(component.factory)
    letters = {documented.symbol(option): plain(value) for option, value in options_of(component).items()}
    return Term(
        name=name,
        component=f"{component.kind} {component.name}",
        formula=formula,
        summary=documented.summary,
        weights={letter: value for letter, value in letters.items() if len(letter) > 1 or letter in formula},
        every=component.every,
        papers=documented.papers,
    )


def _formula(documented: Documentation, name: str) -> str:
    """The formula of a loss by its name, by that of the player, or the only one there is; empty without one."""
    found = documented.formula
    return found.get(name) or found.get(name.partition(".")[0]) or found.get("", "")


def options_of(component: ResolvedComponent) -> dict[str, Any]:
    """The options of a component that say something: with a letter in its formula, or not at their defaults."""
    documented, options = documentation(component.factory), component.definition.options
    defaults = {name: option.default for name, option in options.items() if not option.required}
    return {
        name: value
        for name, value in (defaults | component.options).items()
        if documented.symbol(name) != name or value != defaults.get(name)
    }
