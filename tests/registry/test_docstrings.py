"""Docstrings of components: the convention of CONTRIBUTING.md, and what is read of those that do not follow it."""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gancli import losses
from gancli.losses import AdversarialLoss
from gancli.registry import GROUPS
from gancli.registry.docstrings import Documentation, Paper, documentation

ROOT = Path(__file__).parents[2]
PACKAGES = [ROOT / "pyproject.toml", *sorted(ROOT.glob("plugins/*/pyproject.toml"))]
WITH_FORMULA = ("loss", "penalty", "regulariser")
UNPUBLISHED = {"folder", "torchvision"}  # the user's own pictures, and any set of torchvision


class Tidy:
    """Does one thing. And (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661, section 3) says why.

    A second paragraph with ``code``.

    Formula:
        discriminator: E[D(x)]
            + E[D(G(z))]
        generator: −E[D(G(z))]

    Effect:
        D and G are pushed apart.

    Equilibrium: is not a section, since its text is on the line.

    Args:
        weight: λ, how much it counts.
        noise: how loud.
    """


def components() -> Iterator[tuple[str, str, str]]:
    """Kind, name and place of every component of this repository, without the recipes."""
    for path in PACKAGES:
        groups = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["entry-points"]
        for kind, group in GROUPS.items():
            if kind != "recipe":
                yield from ((kind, name, value) for name, value in groups.get(group, {}).items())


def documented(place: str) -> Documentation:
    module, _, name = place.partition(":")
    return documentation(getattr(pytest.importorskip(module), name))


def test_the_parts_of_a_docstring() -> None:
    found = documentation(Tidy)
    assert found.summary == "Does one thing."
    assert found.formula == {"discriminator": "E[D(x)] + E[D(G(z))]", "generator": "−E[D(G(z))]"}
    assert found.effect == {"": "D and G are pushed apart."}
    assert "A second paragraph with code." in found.remarks
    assert Paper("Goodfellow et al., 2014, section 3", "https://arxiv.org/abs/1406.2661") in found.papers
    assert (found.symbol("weight"), found.symbol("noise"), found.symbol("unknown")) == ("λ", "noise", "unknown")


def test_authors_may_stand_before_the_brackets() -> None:
    def component() -> None:
        """It is that of Johnson et al. (2016, https://arxiv.org/abs/1603.08155), as Lim & Ye (2017, https://x.org)."""

    assert documentation(component).papers == (
        Paper("Johnson et al., 2016", "https://arxiv.org/abs/1603.08155"),
        Paper("Lim & Ye, 2017", "https://x.org"),
    )


def test_what_has_no_docstring_has_an_empty_documentation_and_not_that_of_its_parent() -> None:
    class Bare(Tidy):
        pass

    assert documentation(Bare).summary == ""
    assert documentation(Bare).formula == {}


def test_a_docstring_of_torch_is_read_without_its_formulas_in_tex() -> None:
    found = documentation(torch.optim.Adam)
    assert found.summary == "Implements Adam algorithm."
    assert not any("math" in remark or "textbf" in remark for remark in found.remarks)
    assert found.options["betas"].startswith("coefficients")
    assert [paper.url for paper in found.papers] == ["https://arxiv.org/abs/1412.6980"]


@pytest.mark.parametrize(("kind", "name", "place"), list(components()), ids=lambda value: str(value).rpartition(":")[2])
def test_every_component_says_what_it_is_and_names_its_paper(kind: str, name: str, place: str) -> None:
    found = documented(place)
    assert found.summary.endswith((".", "!")), place
    if kind in WITH_FORMULA:
        assert found.formula, f"{place} has no formula"
        assert found.effect, f"{place} does not say what it does"
        assert found.equilibrium, f"{place} does not say where it ends"
    if kind not in ("extractor", "logger") and name not in UNPUBLISHED:
        assert any(paper.url for paper in found.papers), f"{place} names no paper"


@pytest.mark.parametrize("place", [place for kind, _, place in components() if kind == "loss"])
def test_a_loss_has_both_players_in_its_formula_and_in_its_effect(place: str) -> None:
    found = documented(place)
    assert found.formula.keys() == found.effect.keys() == {"discriminator", "generator"}
    assert all(text.startswith("pushes ") for text in found.effect.values())


@pytest.mark.parametrize(
    ("loss", "discriminator", "generator", "words"),
    [
        (losses.Minimax(), math.log(4), -math.log(2), ["ln 4 ≈ 1.386", "−ln 2 ≈ −0.693"]),
        (losses.NonSaturating(), math.log(4), math.log(2), ["ln 4 ≈ 1.386", "ln 2 ≈ 0.693"]),
        (losses.Hinge(), 2.0, 0.0, ["D's loss is 2", "about 0"]),
        (losses.Wasserstein(), 0.0, 0.0, ["D's loss is 0"]),
    ],
)
def test_the_equilibrium_of_a_docstring_is_what_its_code_gives(
    loss: AdversarialLoss, discriminator: float, generator: float, words: list[str]
) -> None:
    undecided = torch.zeros(4)
    assert float(loss.discriminator(undecided, undecided)) == pytest.approx(discriminator)
    assert float(loss.generator(undecided, undecided)) == pytest.approx(generator)
    text = documentation(type(loss)).equilibrium
    assert all(word in text for word in words)


def test_the_equilibrium_of_least_squares_is_at_a_half() -> None:
    loss, half = losses.LeastSquares(), torch.full((4,), 0.5)
    assert float(loss.discriminator(half, half)) == pytest.approx(1 / 4)
    assert float(loss.generator(half)) == pytest.approx(1 / 8)
    assert {"¼,", "⅛."} <= set(documentation(losses.LeastSquares).equilibrium.split())
