"""The balance of classes is counted right, and KL has the bias that is announced."""

import math
from statistics import mean

import pytest
import torch

from gancli.metrics import agreement, class_balance, kl_divergence, stacked_modes

TEN = torch.full((10,), 0.1)


def test_a_case_worked_out_by_hand() -> None:
    found = class_balance(torch.tensor([0, 0, 0, 1]), torch.tensor([0.5, 0.25, 0.25]))
    assert found.histogram.tolist() == [3, 1, 0]
    assert found.modes == 2
    assert found.kl == pytest.approx(0.75 * math.log(0.75 / 0.5))  # the second is as it should be


def test_the_datas_own_balance_has_all_modes_and_no_kl() -> None:
    found = class_balance(torch.arange(100) % 10, TEN)
    assert found.modes == 10
    assert 0 <= found.kl < 1e-7  # shares in float32 add up to more than 1, and would take it below 0


@pytest.mark.parametrize("dropped", range(1, 10))
def test_dropping_classes_is_counted(dropped: int) -> None:
    found = class_balance(torch.arange(2520) % (10 - dropped), TEN)
    assert found.modes == 10 - dropped
    assert found.kl == pytest.approx(math.log(10 / (10 - dropped)), abs=1e-5)


def test_a_class_that_the_real_data_has_not_is_no_mode_and_an_infinite_kl() -> None:
    found = class_balance(torch.tensor([0, 2]), torch.tensor([0.5, 0.5, 0.0]))
    assert found.modes == 1
    assert found.kl == math.inf


def test_one_class_and_one_sample_have_their_value() -> None:
    only = class_balance(torch.tensor([0, 0]), torch.tensor([1.0]))
    assert (only.modes, only.kl) == (1, 0)
    one = class_balance(torch.tensor([3]), TEN)
    assert (one.modes, one.kl) == (1, pytest.approx(math.log(10)))


def test_the_order_is_nothing_and_so_is_the_type_of_integer() -> None:
    predicted = torch.arange(50) % 7
    expected = class_balance(predicted, TEN)
    for other in (predicted.flip(0), predicted.to(torch.uint8), predicted.to(torch.int32)):
        assert class_balance(other, TEN)[1:] == expected[1:]


def test_kl_of_perfect_samples_is_the_bias_that_is_announced() -> None:
    rng = torch.Generator().manual_seed(0)
    found = mean(class_balance(torch.randint(10, (200,), generator=rng), TEN).kl for _ in range(300))
    assert found == pytest.approx(9 / 400, rel=0.1)  # the standard error is 2.7 %


def test_kl_divergence_takes_distributions_alone() -> None:
    half, quarter = torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])
    assert kl_divergence(half, quarter) == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))
    assert kl_divergence(half, half) == 0
    for wrong in (torch.tensor([0.5, 0.6]), torch.tensor([1.5, -0.5]), torch.tensor([math.nan, 1.0]), torch.ones(1, 1)):
        with pytest.raises(ValueError, match="q: "):
            kl_divergence(half, wrong)
    with pytest.raises(ValueError, match="shares of 2 and of 1 classes"):
        kl_divergence(half, torch.ones(1))


def test_agreement_is_counted_over_all() -> None:
    assert agreement(torch.tensor([0, 1, 1, 5]), torch.tensor([0, 0, 1, 3])) == 0.5
    assert agreement(torch.tensor([2]), torch.tensor([2])) == 1


def test_agreement_of_a_guess_is_one_in_ten_and_falls_with_every_wrong_one() -> None:
    rng = torch.Generator().manual_seed(0)
    asked, guessed = torch.arange(10_000) % 10, torch.randint(10, (10_000,), generator=rng)
    assert agreement(guessed, asked) == pytest.approx(0.1, abs=0.01)
    found = [agreement(torch.where(torch.arange(10_000) < n, guessed, asked), asked) for n in (0, 3000, 9000)]
    assert found == sorted(found, reverse=True)


def test_stacked_digits_are_one_mode_each() -> None:
    every = torch.cartesian_prod(*[torch.arange(10)] * 3)
    assert stacked_modes(every) == (1000, pytest.approx(0, abs=1e-12))
    assert stacked_modes(torch.tensor([[1, 2, 3], [3, 2, 1]])) == (2, pytest.approx(math.log(500)))
    assert stacked_modes(torch.tensor([[9, 9, 9]])) == (1, pytest.approx(math.log(1000)))


def test_stacks_of_other_numbers_of_channels_and_classes_have_modes_too() -> None:
    every = torch.cartesian_prod(torch.arange(4), torch.arange(4))
    assert stacked_modes(every, 4) == (16, pytest.approx(0, abs=1e-12))
    assert stacked_modes(every[:1], 4) == (1, pytest.approx(math.log(16)))


def test_26_000_perfect_stacks_have_all_modes_and_the_kl_of_the_oracle() -> None:
    digits = torch.randint(10, (26_000, 3), generator=torch.Generator().manual_seed(0))
    found = stacked_modes(digits)
    assert found.modes == 1000
    assert found.kl == pytest.approx(999 / 52_000, rel=0.15)  # sd √(2 · 999) / 2N, 4.5 %
    collapsed = stacked_modes(digits % torch.tensor([10, 10, 1]))
    assert collapsed.modes == 100
    assert collapsed.kl == pytest.approx(math.log(10), abs=0.01)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (torch.zeros(0, 3, dtype=torch.int64), "one example at least"),
        (torch.zeros(4, dtype=torch.int64), r"\(4,\); expected a class a channel, \(N, C\)"),
        (torch.full((2, 3), 10), "classes from 10 to 10; expected 0 to 9"),
        (torch.zeros(2, 3), "float32; expected classes as integers"),
    ],
)
def test_what_is_no_stack_of_digits_is_refused(wrong: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stacked_modes(wrong)


@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        (torch.tensor([], dtype=torch.int64), r"\(0,\).*one example at least"),
        (torch.zeros(4, 10), r"\(4, 10\).*expected \(N,\)"),
        (torch.tensor([0.0, math.nan]), "float32; expected classes as integers"),
        (torch.tensor([True]), "bool; expected classes as integers"),
        (torch.tensor([0, 10]), "classes from 0 to 10; expected 0 to 9"),
        (torch.tensor([-1, 3]), "classes from -1 to 3; expected 0 to 9"),
    ],
)
def test_wrong_predictions_are_refused(predicted: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        class_balance(predicted, TEN)


def test_wrong_pairs_for_agreement_are_refused() -> None:
    with pytest.raises(ValueError, match="2 predictions for 1 classes asked for"):
        agreement(torch.tensor([0, 1]), torch.tensor([0]))
    with pytest.raises(ValueError, match="asked: classes from -1 to -1; expected 0 and above"):
        agreement(torch.tensor([0]), torch.tensor([-1]))
