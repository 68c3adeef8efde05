"""ADA: each change on images where it can be read off, and p as it follows the discriminator."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import grid_sample, normalize

from gancli.augmentations import ADA
from gancli.augmentations.affine import random_affine, rotation, translation, warp
from gancli.augmentations.color import recolor
from gancli.augmentations.warping import sample_bilinear

OFF = {"flips": False, "blits": False, "geometry": False, "color": False}
ONE = torch.tensor(1.0)


def only(change: str, x: Tensor, p: float = 1.0) -> Tensor:
    return ADA(p=p, **OFF | {change: True})(x)


def test_at_p_0_nothing_is_touched_or_drawn() -> None:
    x, state = torch.rand(4, 3, 8, 8), torch.get_rng_state()
    for augmentation in (ADA(), ADA(p=0.0)):
        assert augmentation(x) is x
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("p", [0.3, 1.0])
def test_a_flip_mirrors_half_of_the_chosen_images(p: float) -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 3, 5, 8).expand(2000, -1, -1, -1)
    changed = only("flips", x, p)
    flipped = (changed - x.flip(3)).abs().amax((1, 2, 3)) < 1e-5
    same = (changed - x).abs().amax((1, 2, 3)) < 1e-5
    assert (flipped | same).all()
    assert flipped.float().mean().item() == pytest.approx(p / 2, abs=0.04)


def test_blits_are_quarter_turns_and_whole_pixels() -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 1, 16, 16)
    changed = only("blits", x.expand(200, -1, -1, -1))
    distance = (changed.reshape(-1, 1) - x.reshape(1, -1)).abs().amin(1)
    assert distance.max() < 1e-4  # no new values: nothing is blurred
    quarter = warp(x, rotation(torch.tensor([math.pi / 2])))
    torch.testing.assert_close(quarter, x.rot90(1, (2, 3)), rtol=0, atol=1e-5)


def test_a_map_says_where_a_pixel_comes_from() -> None:
    x = torch.rand(1, 1, 6, 10)
    right, down = (warp(x, translation(torch.tensor([offset]))) for offset in ([3.0, 0.0], [0.0, 1.0]))
    torch.testing.assert_close(right[..., :-3], x[..., 3:], rtol=0, atol=1e-5)
    torch.testing.assert_close(right[..., -3:], x[..., -3:].flip(3), rtol=0, atol=1e-5)  # mirrored
    torch.testing.assert_close(down[..., :-1, :], x[..., 1:, :], rtol=0, atol=1e-5)


def test_the_gradient_is_that_of_torch() -> None:
    x = torch.rand(2, 3, 6, 10, requires_grad=True)
    grid, weight = torch.rand(2, 6, 10, 2) * 3 - 1.5, torch.rand(2, 3, 6, 10)
    expected = grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    assert torch.equal(sample_bilinear(x, grid), expected)
    found = torch.autograd.grad((sample_bilinear(x, grid) * weight).sum(), x)
    torch.testing.assert_close(found, torch.autograd.grad((expected * weight).sum(), x))


def test_the_maps_have_the_papers_spreads() -> None:
    torch.manual_seed(0)
    x = torch.zeros(20_000, 1, 16, 32)
    maps = random_affine(x, ONE, flips=False, blits=True, geometry=False)
    assert maps[:, 0, 2].abs().max() <= 4 + 4  # an eighth of the width, however it is turned
    maps = random_affine(x, ONE, flips=False, blits=False, geometry=True)
    singular = torch.linalg.svdvals(maps[:, :2, :2]).log2()
    assert (singular.sum(1) / 2).std().item() == pytest.approx(0.2, rel=0.03)  # the isotropic scale
    assert ((singular[:, 0] - singular[:, 1]) / 2).square().mean().sqrt().item() == pytest.approx(0.2, rel=0.03)
    inverse = torch.linalg.inv(maps)[:, :2, 2]
    assert inverse.std(0).tolist() == pytest.approx([4, 2], rel=0.03)  # an eighth of the width and of the height
    for p in (0.0, 0.25):
        moved = random_affine(x, torch.tensor(p), flips=False, blits=False, geometry=True)
        turned = (moved[:, 0, 1] != 0).float().mean().item()
        assert turned == pytest.approx(p, abs=0.02)
    assert torch.equal(random_affine(x, torch.tensor(0.0), flips=True, blits=True, geometry=True)[0], torch.eye(3))


def test_colours_of_grey_are_scaled_inverted_and_shifted() -> None:
    torch.manual_seed(0)
    x = torch.tensor([0.0, 1.0]).reshape(1, 1, 1, 2).expand(20_000, 1, 1, 2)
    changed = recolor(x, ONE).flatten(1)
    slope = changed[:, 1] - changed[:, 0]
    assert (slope < 0).float().mean().item() == pytest.approx(0.5, abs=0.02)
    assert slope.abs().log2().std().item() == pytest.approx(0.5, rel=0.03)
    assert (changed[:, 0] / slope).std().item() == pytest.approx(0.2, rel=0.03)


def test_colours_of_three_channels_keep_hue_and_grey_apart() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 3, 1, 2).expand(20_000, 3, 1, 2)
    changed = recolor(x, ONE)
    (grey, hue), (changed_grey, changed_hue) = (
        (image.mean(1)[:, 0], (image - image.mean(1, keepdim=True))[:, :, 0, 0]) for image in (x, changed)
    )
    contrast = (changed_grey.diff(dim=1) / grey.diff(dim=1))[:, 0].abs()
    assert contrast.log2().std().item() == pytest.approx(0.5, rel=0.03)
    saturation = changed_hue.norm(dim=1) / hue.norm(dim=1) / contrast
    assert saturation.log2().std().item() == pytest.approx(1, rel=0.03)
    assert normalize(changed_hue, dim=1).mean(0).norm() < 0.03  # every hue
    torch.testing.assert_close(recolor(x, torch.tensor(0.0)), x, rtol=0, atol=1e-6)


def test_p_follows_the_sign_of_the_real_logits() -> None:
    ada = ADA(target=0.6, speed=400, interval=2)
    for _ in range(2):
        ada.observe(torch.ones(10))
    assert ada.p.item() == pytest.approx(20 / 400)  # r = 1 > 0.6: up, by the images since
    ada.observe(torch.ones(10))
    assert ada.p.item() == pytest.approx(20 / 400)  # not yet
    ada.observe(torch.tensor([1.0, -1.0] * 5))
    assert ada.p.item() == pytest.approx(0)  # r = 0.5 < 0.6: down
    for _ in range(2):
        ada.observe(-torch.ones(10))
    assert ada.p.item() == 0  # and no further
    for _ in range(100):
        ada.observe(torch.ones(10, 1, 3, 3))
    assert ada.p.item() == 1


def test_logits_of_every_shape_count_images() -> None:
    for shape in ((10,), (10, 3), (10, 1, 4, 4)):
        ada = ADA(interval=1, speed=100)
        ada.observe(torch.ones(shape))
        assert ada.p.item() == pytest.approx(0.1)


def test_a_fixed_p_stays() -> None:
    ada = ADA(p=0.3, interval=1, speed=1)
    ada.observe(torch.ones(10))
    assert ada.p.item() == pytest.approx(0.3)


def test_all_that_it_remembers_is_state() -> None:
    ada, other = ADA(interval=3, speed=100), ADA(interval=3, speed=100)
    for _ in range(4):
        ada.observe(torch.ones(7))
    assert set(ada.state_dict()) == {"p", "signs", "images", "steps"}
    other.load_state_dict(ada.state_dict())
    for augmentation in (ada, other):
        for _ in range(2):
            augmentation.observe(torch.ones(7))
    assert ada.p == other.p == pytest.approx(0.42)


def test_the_constants_are_the_papers() -> None:
    ada = ADA()
    assert (ada.target, ada.interval, ada.speed, ada.p.item()) == (0.6, 4, 500_000, 0)
