"""The games of Pix2Pix and CycleGAN: their losses are the papers' formulas, on networks of one linear layer."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from gan_translate import CycleGAN, Pix2Pix, UNet
from torch import Tensor, nn

from gancli import GAN, AdversarialLoss, Architecture, Augmentation, DataSpec, Inputs, LatentPrior, Penalty, Source
from gancli.augmentations import ADA, DiffAugment
from gancli.losses import LeastSquares, NonSaturating
from gancli.penalties import R1, GradientPenalty
from gancli.training.algorithm import descend

COLOURED = DataSpec((3, 8, 8), source=Source((1, 8, 8)))
SAME = DataSpec((3, 8, 8), source=Source((3, 8, 8), paired=False))
LOSSES: list[AdversarialLoss] = [LeastSquares(), NonSaturating()]


class Linear(Architecture):
    """A matrix at every pixel, for both players."""

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        assert data.source is not None
        return nn.Conv2d(data.source.shape[0], data.shape[0], 1)

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return nn.Conv2d(data.shape[0], 1, 1)


def game(
    kind: type[GAN],
    data: DataSpec,
    architecture: Architecture | None = None,
    loss: AdversarialLoss | None = None,
    penalties: Mapping[str, Penalty] | None = None,
    augmentation: Augmentation | None = None,
    **options: Any,
) -> Any:
    torch.manual_seed(0)
    parts: dict[str, Any] = {"data": data, "architecture": architecture or Linear(), "loss": loss or LeastSquares()}
    parts |= {"penalties": penalties or {}, "regularisers": {}, "augmentation": augmentation, "latent": LatentPrior(1)}
    return kind(**parts, **options)


def batch(data: DataSpec, n: int = 4) -> tuple[Tensor, Tensor]:
    assert data.source is not None
    torch.manual_seed(1)
    return torch.rand(n, *data.shape) * 2 - 1, torch.rand(n, *data.source.shape) * 2 - 1


@pytest.mark.parametrize("loss", LOSSES, ids=["least-squares", "non-saturating"])
def test_the_losses_of_pix2pix_are_its_formulas(loss: AdversarialLoss) -> None:
    gan, (y, x) = game(Pix2Pix, COLOURED, loss=loss, l1=7.0), batch(COLOURED)
    fake = gan.generator(x)
    real_logits, fake_logits = (gan.discriminator(torch.cat([x, image], 1)) for image in (y, fake))
    expected = {"discriminator": loss.discriminator(real_logits, fake_logits)}
    torch.testing.assert_close(gan.discriminator_losses((y, x)), expected)
    expected = {"generator": loss.generator(fake_logits), "l1": 7 * (y - fake).abs().mean()}
    torch.testing.assert_close(gan.generator_losses((y, x)), expected)


@pytest.mark.parametrize("loss", LOSSES, ids=["least-squares", "non-saturating"])
def test_the_losses_of_cyclegan_are_its_formulas(loss: AdversarialLoss) -> None:
    gan, (b, a) = game(CycleGAN, SAME, loss=loss, cycle=4.0, identity=0.25), batch(SAME)
    to_b, to_a = gan.generator["AtoB"], gan.generator["BtoA"]
    judge_a, judge_b = gan.discriminator["A"], gan.discriminator["B"]
    expected = {
        "discriminator.A": loss.discriminator(judge_a(a), judge_a(to_a(b))),
        "discriminator.B": loss.discriminator(judge_b(b), judge_b(to_b(a))),
    }
    torch.testing.assert_close(gan.discriminator_losses((b, a)), expected)
    expected = {
        "generator.A": loss.generator(judge_a(to_a(b))),
        "generator.B": loss.generator(judge_b(to_b(a))),
        "cycle": 4 * ((to_a(to_b(a)) - a).abs().mean() + (to_b(to_a(b)) - b).abs().mean()),
        "identity": 4 * 0.25 * ((to_b(b) - b).abs().mean() + (to_a(a) - a).abs().mean()),
    }
    torch.testing.assert_close(gan.generator_losses((b, a)), expected)


def test_the_cycle_of_an_identity_is_0() -> None:
    gan, images = game(CycleGAN, SAME), batch(SAME)
    for network in gan.generator.values():
        nn.init.dirac_(network.weight)
        nn.init.zeros_(network.bias)
    losses = gan.generator_losses(images)
    assert losses["cycle"].item() == losses["identity"].item() == 0


def test_the_cycle_of_a_bijection_is_0_and_its_identity_is_not() -> None:
    gan, images = game(CycleGAN, SAME), batch(SAME)
    for network in gan.generator.values():  # what inverts colours finds the way back
        nn.init.dirac_(network.weight)
        network.weight.data.neg_()
        nn.init.zeros_(network.bias)
    losses = gan.generator_losses(images)
    assert losses["cycle"].item() == 0
    assert losses["identity"].item() > 1


@pytest.mark.parametrize(("kind", "data"), [(Pix2Pix, COLOURED), (CycleGAN, SAME)])
def test_a_players_step_moves_that_player_alone(kind: type[GAN], data: DataSpec) -> None:
    gan, images = game(kind, data), batch(data)
    for player, other in (("discriminator", "generator"), ("generator", "discriminator")):
        before = {name: value.clone() for name, value in gan.state_dict().items()}
        optimizer = torch.optim.SGD(getattr(gan, player).parameters(), lr=0.1)
        descend(optimizer, getattr(gan, f"{player}_losses")(images))
        moved = {name for name, value in gan.state_dict().items() if not torch.equal(value, before[name])}
        assert {name for name, _ in gan.named_parameters() if name.startswith(player)} <= moved
        assert not any(name.startswith(other) for name in moved)
        assert all(parameter.grad is None for parameter in getattr(gan, other).parameters()) or player == "generator"


def test_l1_alone_converges_to_the_median_of_the_targets() -> None:
    """Of a black source the targets are −0.8, 0.2 and 0.4; of a white one −0.4, 0 and 0.9."""
    gan = game(Pix2Pix, DataSpec((1, 8, 8), source=Source((1, 8, 8))))
    x = torch.tensor([-1.0, -1, -1, 1, 1, 1]).reshape(6, 1, 1, 1).expand(-1, 1, 8, 8)
    y = torch.tensor([-0.8, 0.2, 0.4, -0.4, 0, 0.9]).reshape(6, 1, 1, 1).expand(-1, 1, 8, 8)
    optimizer = torch.optim.SGD(gan.generator.parameters(), lr=1.0)
    for step in range(400):
        optimizer.param_groups[0]["lr"] = 0.01 / (1 + step / 20)
        descend(optimizer, {"l1": gan.generator_losses((y, x))["l1"]})
    outputs = gan.generator(x)[:, 0, 0, 0]
    torch.testing.assert_close(outputs[[0, 3]], torch.tensor([0.2, 0.0]), rtol=0, atol=0.02)


def test_only_the_discriminator_sees_old_images_and_each_domain_has_its_own() -> None:
    gan, (b, a) = game(CycleGAN, SAME, pool=4), batch(SAME)
    made = {"A": gan.generator["BtoA"](b), "B": gan.generator["AtoB"](a)}
    gan.discriminator_losses((b, a))
    for domain, pool in gan.pools.items():
        torch.testing.assert_close(pool.images, made[domain])
    before = {name: value.clone() for name, value in gan.own_state().items()}
    gan.generator_losses((b, a))
    torch.testing.assert_close(gan.own_state(), before, rtol=0, atol=0)
    assert sorted(before) == [f"pools.{domain}.{name}" for domain in "AB" for name in ("count", "images")]


def test_directions() -> None:
    data = DataSpec((3, 8, 8), source=Source((1, 8, 8), paired=False))
    gan = game(CycleGAN, data, identity=0.0)
    b, a = batch(data)
    there, back = (gan.sampler(gan.generator, direction=direction) for direction in ("AtoB", "BtoA"))
    assert torch.equal(gan.generate(gan.generator, Inputs(x=a)), there(Inputs(x=a)))
    assert there(Inputs(x=a)).shape == b.shape
    assert back(Inputs(x=b)).shape == a.shape
    assert {"identity"} & gan.generator_losses((b, a)).keys() == set()
    assert {name: pool.images.shape[1] for name, pool in gan.pools.items()} == {"A": 1, "B": 3}


UNPAIRED = DataSpec((3, 8, 8), source=Source((1, 8, 8), paired=False))


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (Pix2Pix, UNPAIRED, "unpaired"),
        (Pix2Pix, DataSpec((3, 8, 8)), "no source images"),
        (CycleGAN, DataSpec((3, 8, 8)), "no source images"),
        (CycleGAN, UNPAIRED, "identity: found images of 1×8×8 and of 3×8×8"),
    ],
)
def test_data_that_do_not_fit_the_game_are_refused(kind: type[GAN], data: DataSpec, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        game(kind, data)


PLAYERS = ("discriminator", "generator")
SMALL = UNet(width=2, patch_layers=1)


def test_r1_is_a_mean_over_the_map_of_patches_and_takes_the_gradient_at_the_target() -> None:
    gan, (y, x) = game(Pix2Pix, COLOURED, SMALL, penalties={"r1": R1(gamma=3.0)}), batch(COLOURED)
    found = gan.discriminator_losses((y, x))["r1"]
    y = y.clone().requires_grad_()
    logits = gan.discriminator(torch.cat([x, y], 1))
    assert logits.shape[2:] == (2, 2)
    (gradient,) = torch.autograd.grad(logits.mean((1, 2, 3)).sum(), y)
    torch.testing.assert_close(found, 3 / 2 * gradient.square().sum((1, 2, 3)).mean())


def test_every_discriminator_has_its_penalties() -> None:
    penalties: dict[str, Penalty] = {"r1": R1(), "gradient-penalty": GradientPenalty()}
    gan, images = game(CycleGAN, SAME, SMALL, penalties=penalties), batch(SAME)
    losses = gan.discriminator_losses(images)
    assert list(losses) == [f"{name}.{domain}" for domain in "AB" for name in ("discriminator", *penalties)]
    weights = list(gan.discriminator.parameters())
    gradients = torch.autograd.grad(losses["r1.A"] + losses["r1.B"], weights, allow_unused=True)
    assert all(gradient.isfinite().all() for gradient in gradients if gradient is not None)


@pytest.mark.parametrize("augmentation", [DiffAugment(), ADA(p=0.9)], ids=["diffaugment", "ada"])
@pytest.mark.parametrize(("kind", "data"), [(Pix2Pix, COLOURED), (CycleGAN, SAME)])
def test_augmentations_and_penalties_work_together(kind: type[GAN], data: DataSpec, augmentation: Augmentation) -> None:
    gan = game(kind, data, SMALL, penalties={"r1": R1()}, augmentation=augmentation)
    for player in ("discriminator", "generator"):
        losses = getattr(gan, f"{player}_losses")(batch(data))
        gradients = torch.autograd.grad(sum(losses.values()), list(getattr(gan, player).parameters()))
        assert all(gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize("augmentation", [DiffAugment(), ADA(p=1.0)], ids=["diffaugment", "ada"])
def test_source_and_target_of_a_pair_are_augmented_alike(augmentation: Augmentation) -> None:
    """A target that is its source stays its source, for the discriminator."""
    data = DataSpec((3, 16, 16), source=Source((3, 16, 16)))
    gan, seen = game(Pix2Pix, data, augmentation=augmentation), []
    gan.discriminator.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    images = torch.rand(5, 3, 16, 16)
    gan.discriminator_losses((images, images))
    source, target = seen[0][:5].split(3, 1)
    torch.testing.assert_close(source, target)
    assert not torch.equal(source, images)


def test_the_order_of_the_samples_is_that_of_their_sources() -> None:
    gan, (y, x) = game(Pix2Pix, COLOURED, UNet(width=2, patch_layers=1, dropout=0)), batch(COLOURED)
    one_by_one = [gan.discriminator_losses((y[row : row + 1], x[row : row + 1]))["discriminator"] for row in range(4)]
    together = gan.discriminator_losses((y, x))["discriminator"]
    torch.testing.assert_close(together, torch.stack(one_by_one).mean())


def squares(n: int) -> Tensor:
    """Images of four squares each, of random grey."""
    return torch.randn(n, 1, 2, 2).tanh().repeat_interleave(4, 2).repeat_interleave(4, 3)


def test_a_small_unet_learns_pairs() -> None:
    """Targets are their sources with colours inverted."""
    gan = game(Pix2Pix, DataSpec((1, 8, 8), source=Source((1, 8, 8))), UNet(width=8, patch_layers=1, dropout=0))
    optimizers = [torch.optim.Adam(getattr(gan, player).parameters(), 5e-3, (0.5, 0.99)) for player in PLAYERS]
    for _ in range(60):
        source = squares(8)
        for player, optimizer in zip(PLAYERS, optimizers, strict=True):
            descend(optimizer, getattr(gan, f"{player}_losses")((-source, source)))
    source = squares(64)
    copied = (2 * source).abs().mean().item()
    distance = (gan.generator(source) + source).abs().mean().item()
    assert distance < copied / 4
