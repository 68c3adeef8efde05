"""What every augmentation promises: shapes, gradients of both orders, seeds, and no points."""

import pytest
import torch
from torch import Tensor

from gancli.augmentations import ADA, Augmentation, DiffAugment

ALL = [DiffAugment(), ADA(p=0.9)]


def seeded(augmentation: Augmentation, x: Tensor, seed: int = 0) -> Tensor:
    torch.manual_seed(seed)
    return augmentation(x)


@pytest.mark.parametrize("augmentation", ALL)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 28, 28), (3, 24, 40), (1, 17, 31)])
def test_shapes_stay_and_a_seed_is_a_change(augmentation: Augmentation, shape: tuple[int, ...]) -> None:
    x = torch.rand(5, *shape) * 2 - 1
    before = x.clone()
    changed = seeded(augmentation, x)
    assert changed.shape == x.shape
    assert torch.equal(changed, seeded(augmentation, x))
    assert not torch.equal(changed, seeded(augmentation, x, seed=1))
    assert torch.equal(x, before)


@pytest.mark.parametrize("augmentation", ALL)
@pytest.mark.parametrize("channels", [1, 3])
def test_it_can_be_differentiated_twice(augmentation: Augmentation, channels: int) -> None:
    x = torch.randn(1, channels, 4, 8, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: seeded(augmentation, x), (x,))
    assert torch.autograd.gradgradcheck(lambda x: seeded(augmentation, x), (x,))


@pytest.mark.parametrize("augmentation", ALL)
def test_samples_are_changed_each_on_its_own(augmentation: Augmentation) -> None:
    x = torch.rand(4, 3, 16, 16)
    other = x.clone()
    other[2] = torch.rand(3, 16, 16)
    same = (seeded(augmentation, x) == seeded(augmentation, other)).flatten(1).all(1)
    assert same.tolist() == [True, True, False, True]
    assert not torch.equal(*seeded(augmentation, x[:1].expand(2, -1, -1, -1)))


@pytest.mark.parametrize("augmentation", ALL)
def test_half_precision_stays_half(augmentation: Augmentation) -> None:
    assert augmentation(torch.rand(2, 3, 16, 16, dtype=torch.bfloat16)).dtype == torch.bfloat16


@pytest.mark.parametrize("augmentation", ALL)
def test_points_are_refused(augmentation: Augmentation) -> None:
    with pytest.raises(ValueError, match=r"augments images of shape \(C, H, W\); found samples of shape \(2,\)"):
        augmentation(torch.randn(4, 2))
