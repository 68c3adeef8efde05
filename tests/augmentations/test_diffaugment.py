"""DiffAugment's ranges, on images where each change can be read off."""

import pytest
import torch

from gancli.augmentations import DiffAugment
from gancli.augmentations.diffaugment import color, cutout, translation


def test_color_of_one_flat_colour_moves_its_brightness_by_up_to_a_half() -> None:
    torch.manual_seed(0)
    x = torch.full((4000, 1, 2, 2), 0.25)
    shift = (color(x) - x)[:, 0]
    assert shift.std(dim=(1, 2)).max() < 1e-6  # contrast and saturation have nothing to scale
    assert shift.min() >= -0.5
    assert shift.max() <= 0.5
    assert shift.mean().item() == pytest.approx(0, abs=0.02)
    assert shift.var().item() == pytest.approx(1 / 12, rel=0.05)


def test_contrast_is_scaled_by_a_half_to_one_and_a_half() -> None:
    torch.manual_seed(0)
    x = torch.tensor([-0.5, 0.5]).reshape(1, 1, 1, 2).expand(4000, 1, 1, 2)
    spread = color(x).diff(dim=-1).flatten()
    assert spread.min() >= 0.5
    assert spread.max() <= 1.5
    assert spread.mean().item() == pytest.approx(1, abs=0.02)


def test_saturation_is_scaled_by_0_to_2_and_keeps_the_grey() -> None:
    torch.manual_seed(0)
    x = torch.tensor([-0.3, 0.0, 0.3]).reshape(1, 3, 1, 1).expand(4000, 3, 1, 1)
    changed = color(x).flatten(1)
    ratio = (changed[:, 2] - changed[:, 0]) / 0.6  # saturation times contrast
    assert 0 <= ratio.min() < 0.05
    assert 2 < ratio.max() <= 3
    assert ratio.mean().item() == pytest.approx(1, abs=0.04)
    torch.testing.assert_close(changed[:, 1], changed.mean(1))


def test_translation_moves_by_every_whole_number_up_to_an_eighth_and_fills_with_0() -> None:
    torch.manual_seed(0)
    x = torch.zeros(3000, 1, 16, 32)
    x[:, :, 8, 16] = 1
    places = translation(x).nonzero()
    assert len(places) == 3000
    assert places[:, 2].unique().tolist() == [6, 7, 8, 9, 10]
    assert places[:, 3].unique().tolist() == list(range(12, 21))
    counts = places[:, 2].bincount()[6:]
    assert (counts - 600).abs().max() < 4 * (600 * 0.8) ** 0.5  # all as likely
    ones = translation(torch.ones(1000, 1, 16, 32))
    assert set(ones.unique().tolist()) == {0, 1}
    assert ones.mean().item() == pytest.approx((1 - 1.2 / 16) * (1 - (2 * (1 + 2 + 3 + 4) / 9) / 32), abs=0.005)


@pytest.mark.parametrize(("height", "width"), [(16, 32), (15, 14)])
def test_cutout_removes_a_rectangle_of_half_of_each_side(height: int, width: int) -> None:
    torch.manual_seed(0)
    holes = 1 - cutout(torch.ones(2000, 3, height, width))
    assert torch.equal(holes[:, 0], holes[:, 2])
    assert (holes.amax(3).sum(2).max(), holes.amax(2).sum(2).max()) == (height // 2, width // 2)
    assert torch.equal(holes, holes.amax(3, keepdim=True) * holes.amax(2, keepdim=True))
    assert holes.amax(0).all()  # every pixel is cut sometime


def test_the_policy_is_what_is_done() -> None:
    x = torch.rand(4, 3, 16, 16)
    assert torch.equal(DiffAugment(policy=())(x), x)
    torch.manual_seed(0)
    expected = cutout(translation(x))
    torch.manual_seed(0)
    assert torch.equal(DiffAugment(policy=("translation", "cutout"))(x), expected)
    assert DiffAugment().policy == ("color", "translation", "cutout")
