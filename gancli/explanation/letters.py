"""The letters of a formula in the game of its model: losses are written for samples x and fakes G(z)."""

import re
from collections.abc import Callable
from typing import Any

from gancli.models import GAN

FAKE = "\0"
REAL = re.compile("x(?!\u0302)")  # x̂ is neither real nor fake
CRITIC = re.compile(r"\bD\(([^()]*)\)")
DOMAINS = {"A": ("a", "G_BA(b)"), "B": ("b", "G_AB(a)")}  # what is real in each, and what is fake


def in_the_game_of(model: Callable[..., Any], formula: str, name: str) -> str:
    """The formula of a loss or a penalty with the letters of a model that translates; as it is for any other.

    ``D(G(z))`` is ``D(G(x))`` for source images x; ``D(x, G(x))`` if the discriminator sees them too; and, in a game of
    both directions, ``D_B(G_AB(a))`` in the term whose name ends with ``.B``.
    """
    translates = getattr(model, "translates", "")
    if not translates:
        return formula
    domain = name.rpartition(".")[2]
    if translates == "domains" and domain in DOMAINS:
        return _with(formula, f"D_{domain}", *DOMAINS[domain])
    joined = getattr(model, "joined_channels", GAN.joined_channels) is not GAN.joined_channels
    return _with(formula, "D", "y", "G(x)", "x, " if joined else "")


def _with(formula: str, critic: str, real: str, fake: str, beside: str = "") -> str:
    def scored(match: re.Match[str]) -> str:
        return f"{critic}({beside}{REAL.sub(real, match[1])})"

    return CRITIC.sub(scored, formula.replace("G(z)", FAKE)).replace(FAKE, fake)
