"""The words for runs that went well, collapsed, or diverged; from histories that are made up."""

import math
from typing import Any

import pytest

from gancli.explanation.losses_in_words import paragraphs
from gancli.explanation.warnings_in_words import MEANINGS, warnings_of
from gancli.losses import AdversarialLoss, Hinge, LeastSquares, Minimax, NonSaturating, Wasserstein
from gancli.monitoring.warning_texts import WARNINGS


def history(discriminator: float, generator: float, rows: int = 100, **others: float) -> list[dict[str, Any]]:
    losses = {"discriminator": discriminator, "generator": generator, **others}
    return [{"step": 10 * (row + 1), **losses, "seconds": 0.1 * row} for row in range(rows)]


def words(loss: AdversarialLoss, rows: list[dict[str, Any]]) -> str:
    return " ".join(paragraphs(loss, rows))


def test_a_game_at_its_equilibrium_hardly_tells_real_from_fake() -> None:
    found = words(NonSaturating(), history(math.log(4), math.log(2)))
    assert "1.39 in the median" in found
    assert "100% of the way between" in found
    assert "it hardly tells real samples from fakes" in found
    assert "With an undecided D it is 0.693; this is about the same." in found


@pytest.mark.parametrize("loss", [Minimax(), NonSaturating(), Hinge()], ids=lambda loss: type(loss).__name__)
def test_a_discriminator_near_0_is_no_success(loss: AdversarialLoss) -> None:
    found = words(loss, history(1e-5, 9.0))
    assert "it classifies every sample correctly" in found
    assert "G learns little or nothing from it" in found


@pytest.mark.parametrize("loss", [NonSaturating(), LeastSquares()], ids=lambda loss: type(loss).__name__)
def test_the_loss_of_one_that_is_always_right_is_a_plain_0(loss: AdversarialLoss) -> None:
    assert "one that is always right 0;" in words(loss, history(0.3, 0.3))


def test_a_training_in_its_usual_state() -> None:
    found = words(NonSaturating(), history(0.9, 1.4, r1=0.05))
    assert "right more often than not and still makes mistakes, as it should" in found
    assert "higher: D recognises its fakes" in found
    assert "r1 0.05" in found
    assert "neither has pulled ahead" in found
    assert "gan evaluate" in found


def test_a_discriminator_that_is_worse_than_a_coin() -> None:
    assert "wrong more often than a coin" in words(NonSaturating(), history(2.5, 0.3))


def test_minus_the_wasserstein_loss_is_a_lead_that_shrinks() -> None:
    rows = history(-8.0, 1.0, rows=50) + [row | {"step": row["step"] + 500} for row in history(-2.0, 1.0, rows=50)]
    found = words(Wasserstein(), rows)
    assert "no lower bound" in found
    assert "was 8 at first and is 2 now: it shrinks, as it does while G comes nearer" in found
    assert "Its level means nothing here" in found


def test_a_critic_that_scores_fakes_higher_gives_no_direction() -> None:
    assert "it gives G no direction" in words(Wasserstein(), history(3.0, 1.0))


@pytest.mark.parametrize("late", [5e4, 1e9])
def test_a_training_that_diverged_is_said_to_have(late: float) -> None:
    rows = history(1.3, 0.7, rows=50) + [row | {"step": row["step"] + 500} for row in history(late, -late, rows=50)]
    (found,) = paragraphs(NonSaturating(), rows)
    assert found.startswith("The training diverged: the loss 'discriminator' had a size of about 1.3 at first")


def test_losses_that_were_huge_from_the_first_line_on_have_diverged_too() -> None:
    (found,) = paragraphs(Wasserstein(), history(-3e9, 2e9, rows=10))
    assert found.startswith("The training diverged")


def test_a_player_that_pulls_ahead_is_named() -> None:
    def game(first: float, last: float) -> str:
        rows = history(first, 1.0, rows=50)
        return words(NonSaturating(), rows + [row | {"step": row["step"] + 500} for row in history(last, 1.0, rows=50)])

    assert "D has pulled ahead of G" in game(1.2, 0.4)
    assert "G has caught up with D" in game(0.4, 1.2)


def test_a_lazy_term_that_is_not_in_the_last_line_is_shown() -> None:
    rows = history(1.0, 1.0, rows=20)
    rows[-2]["r1"] = 0.25
    assert "r1 0.25" in words(NonSaturating(), rows)


def test_a_history_without_losses_says_nothing() -> None:
    assert paragraphs(NonSaturating(), []) == []
    assert paragraphs(NonSaturating(), [{"step": 0, "origin": "started from x"}]) == []


def test_every_discriminator_has_a_sentence_of_its_own() -> None:
    rows = [
        {"step": step, "discriminator.A": 0.9, "discriminator.B": 1e-6, "generator.A": 1.0} for step in range(1, 60)
    ]
    found = paragraphs(NonSaturating(), rows)
    assert any("'discriminator.A'" in text and "still makes mistakes" in text for text in found)
    assert any("'discriminator.B'" in text and "every sample correctly" in text for text in found)


def test_every_kind_of_warning_has_its_meaning() -> None:
    assert set(MEANINGS) == {text.name for text in WARNINGS.values()}


def test_warnings_are_told_once_with_all_their_steps() -> None:
    collapse = WARNINGS["low_diversity"].fill({"of_classes": ""})
    rows = [{"step": 10, "discriminator": 1.0}, {"step": 20, "warning": collapse}, {"step": 90, "warning": collapse}]
    (found,) = warnings_of(rows)
    assert (found.name, found.steps, found.text) == ("diversity collapsed", (20, 90), collapse)
    assert found.meaning.startswith("This is mode collapse")


def test_a_warning_of_another_version_is_shown_as_it_is() -> None:
    (found,) = warnings_of([{"step": 5, "warning": "something new: nobody knows"}])
    assert (found.meaning, found.text) == ("", "something new: nobody knows")
