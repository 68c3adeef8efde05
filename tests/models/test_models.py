"""The games: whose samples each player sees, and under which label."""

import pytest
import torch
from torch import Tensor, nn

from gancli import Architecture, DataSpec
from gancli.architectures import DCGAN, MLP
from gancli.losses import NonSaturating, Wasserstein
from gancli.models import ConditionalGAN, LatentPrior, VanillaGAN
from gancli.penalties import R1, GradientPenalty

IMAGES = DataSpec((1, 28, 28), 3, ("a", "b", "c"))
SMALL = MLP(generator_hidden=(8,), discriminator_hidden=(8,))


class LabelGenerator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return 10.0 * y[:, None] + self.weight


class LabelDiscriminator(nn.Module):
    """Remembers what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.seen: list[tuple[Tensor, Tensor]] = []

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        self.seen.append((x.detach(), y))
        return (self.weight * x).squeeze(1)


class LabelArchitecture(Architecture):
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        return LabelGenerator()

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return LabelDiscriminator()


def test_fakes_take_the_labels_of_the_real_minibatch_and_are_scored_under_them() -> None:
    gan = ConditionalGAN(
        DataSpec((1,), 3, ("a", "b", "c")), LabelArchitecture(), Wasserstein(), {}, {}, None, LatentPrior(1)
    )
    y = torch.tensor([2, 0, 1])
    gan.discriminator_losses((torch.tensor([[-1.0], [-2.0], [-3.0]]), y))
    gan.generator_losses((torch.zeros(3, 1), y))
    shown = torch.cat([torch.stack([x[:, 0], labels], dim=1) for x, labels in gan.discriminator.seen])
    expected = [[-1, 2], [-2, 0], [-3, 1], [20, 2], [0, 0], [10, 1], [20, 2], [0, 0], [10, 1]]
    assert shown.tolist() == expected


def test_a_conditional_game_needs_labels() -> None:
    with pytest.raises(ValueError, match="no labels"):
        ConditionalGAN(DataSpec((2,)), SMALL, NonSaturating(), {}, {}, None, LatentPrior(2))


def test_a_vanilla_game_looks_at_no_labels() -> None:
    gan = VanillaGAN(IMAGES, SMALL, NonSaturating(), {}, {}, None, LatentPrior(2))
    assert gan.num_classes == 0
    losses = gan.discriminator_losses((torch.zeros(4, 1, 28, 28), torch.tensor([0, 1, 2, 99])))
    assert losses["discriminator"].isfinite()


def test_penalties_are_named_entries_of_the_discriminators_losses() -> None:
    penalties = {"gradient-penalty": GradientPenalty(), "r1": R1()}
    gan = ConditionalGAN(IMAGES, SMALL, NonSaturating(), penalties, {}, None, LatentPrior(2))
    batch = torch.randn(4, 1, 28, 28), torch.tensor([0, 1, 2, 0])
    assert list(gan.discriminator_losses(batch)) == ["discriminator", "gradient-penalty", "r1"]
    assert list(gan.generator_losses(batch)) == ["generator"]


def test_real_and_fake_in_one_pass_are_scored_as_in_two() -> None:
    gan = VanillaGAN(IMAGES, DCGAN(width=2, discriminator_norm="none"), Wasserstein(), {}, {}, None, LatentPrior(2))
    gan.generator.eval()
    real = torch.randn(4, 1, 28, 28)
    torch.manual_seed(1)
    found = gan.discriminator_losses((real,))["discriminator"]
    torch.manual_seed(1)
    fake = gan.generator(gan.latent.sample(4))
    expected = gan.discriminator(fake).mean() - gan.discriminator(real).mean()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


def test_with_batch_norm_real_and_fake_go_apart() -> None:
    gan = VanillaGAN(IMAGES, DCGAN(width=2), Wasserstein(), {}, {}, None, LatentPrior(2))
    sizes = []
    gan.discriminator.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    gan.discriminator_losses((torch.randn(4, 1, 28, 28),))
    assert sizes == [4, 4]


def test_the_prior_has_the_moments_that_it_says() -> None:
    normal = LatentPrior(4, "normal", 3.0).sample(50_000)
    uniform = LatentPrior(4, "uniform", 3.0).sample(50_000)
    assert normal.shape == uniform.shape == (50_000, 4)
    assert normal.std().item() == pytest.approx(3, rel=0.01)
    assert uniform.std().item() == pytest.approx(3 / 3**0.5, rel=0.01)
    assert normal.mean().item() == pytest.approx(0, abs=0.03)
    assert uniform.mean().item() == pytest.approx(0, abs=0.03)
    assert -3 <= uniform.min() < -2.99
    assert 2.99 < uniform.max() <= 3
