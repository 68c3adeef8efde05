"""Formulas in the letters of models that translate: G(x), and G_AB and G_BA in a game of two domains."""

from collections.abc import Callable
from typing import Any

import pytest

from gancli import registry
from gancli.explanation.letters import in_the_game_of

Gan = Callable[..., Any]
LOSS, R2 = "E[D(G(z))] − E[D(x)]", "γ/2 E[‖∇D(x̂)‖²], with x̂ = G(z)"
DRAGAN = "E[‖∇D(x + δ)‖ − 1]"
ONE_WAY = type("OneWay", (), {"translates": "domains"})


@pytest.mark.parametrize(
    ("model", "name", "formula", "expected"),
    [
        ("gan", "discriminator", LOSS, LOSS),
        ("gan", "r2", R2, R2),
        ("pix2pix", "discriminator", LOSS, "E[D(x, G(x))] − E[D(x, y)]"),
        ("pix2pix", "r2", R2, "γ/2 E[‖∇D(x, x̂)‖²], with x̂ = G(x)"),
        ("pix2pix", "dragan", DRAGAN, "E[‖∇D(x, y + δ)‖ − 1]"),
        ("cyclegan", "discriminator.A", LOSS, "E[D_A(G_BA(b))] − E[D_A(a)]"),
        ("cyclegan", "discriminator.B", LOSS, "E[D_B(G_AB(a))] − E[D_B(b)]"),
        ("cyclegan", "r2.B", R2, "γ/2 E[‖∇D_B(x̂)‖²], with x̂ = G_AB(a)"),
        (ONE_WAY, "discriminator", LOSS, "E[D(G(x))] − E[D(y)]"),
    ],
)
def test_a_formula_has_the_letters_of_its_game(model: Any, name: str, formula: str, expected: str) -> None:
    factory = registry.load("model", model) if isinstance(model, str) else model
    assert in_the_game_of(factory, formula, name) == expected


def test_a_recipe_that_translates_pairs_draws_from_no_noise(gan: Gan) -> None:
    shown = " ".join(gan("explain", "edges2digits", "penalties=[r1]").stdout.split())
    assert "−E[log σ(D(x, y))] − E[log(1 − σ(D(x, G(x))))] — loss non-saturating, 'discriminator' in the log" in shown
    assert "λ E[‖y − G(x)‖₁] — model pix2pix, 'l1' in the log, λ = 100.0" in shown
    assert "γ/2 E[‖∇D(x, y)‖²] — penalty r1" in shown
    assert "x a source image, y a real target, G(x) a translation, D(·) the discriminator's logit" in shown
    assert "G(z)" not in shown
    assert "z noise" not in shown


def test_a_recipe_of_two_domains_has_two_generators_and_discriminators(gan: Gan) -> None:
    digits = ("dataset.of=mnist", "dataset.classes=['0', '1']")
    shown = " ".join(gan("explain", "tshirt2pullover", *digits, "penalties=[r1]").stdout.split())
    assert "½ E[(D_A(a) − 1)²] + ½ E[D_A(G_BA(b))²] — loss least-squares, 'discriminator.A' in the log" in shown
    assert "½ E[(D_B(b) − 1)²] + ½ E[D_B(G_AB(a))²] — loss least-squares, 'discriminator.B' in the log" in shown
    assert "½ E[(D_A(G_BA(b)) − 1)²] — loss least-squares, 'generator.A' in the log" in shown
    assert "γ/2 E[‖∇D_B(b)‖²] — penalty r1, 'r1.B' in the log" in shown
    assert "λ (E[‖G_BA(G_AB(a)) − a‖₁] + E[‖G_AB(G_BA(b)) − b‖₁]) — model cyclegan, 'cycle' in the log" in shown
    assert "a and b real images of A and B, G_AB translates from A to B, G_BA back" in shown
    assert "G(z)" not in shown
    assert "z noise" not in shown
