"""The contract of a model: lazy terms, augmentation, state, records, mixing, source images."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gancli import Augmentation, Critic, DataSpec, Inputs, Losses, Penalty, Regulariser, Source
from gancli.architectures import DCGAN, MLP, Architecture
from gancli.losses import NonSaturating, Wasserstein
from gancli.models import GAN, LatentPrior, VanillaGAN
from gancli.penalties import DRAGAN, R1, R2, GradientPenalty, ScoredOnce, squared_gradient_norm

SMALL = MLP(generator_hidden=(8,), discriminator_hidden=(8,))
IMAGES = DataSpec((1, 28, 28))


def vanilla(
    data: DataSpec = IMAGES,
    architecture: Architecture = SMALL,
    penalties: Mapping[str, Penalty] | None = None,
    regularisers: Mapping[str, Regulariser] | None = None,
    augmentation: Augmentation | None = None,
) -> VanillaGAN:
    torch.manual_seed(0)
    latent = LatentPrior(4)
    return VanillaGAN(data, architecture, NonSaturating(), penalties or {}, regularisers or {}, augmentation, latent)


class Counting(nn.Module, Penalty):
    """A penalty that counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = nn.Buffer(torch.zeros((), dtype=torch.long))

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        self.calls += 1
        return 0.25 * critic(real).square().mean()


class Length(Regulariser):
    """The mean square of what is generated."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Buffer(torch.zeros(()))

    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        self.seen += len(z)
        return generator(z).square().mean()


class Shifted(Augmentation):
    """A shift, which is logged."""

    recorded = ("shift",)

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Buffer(torch.tensor(0.5))
        self.observed: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        return x + self.shift

    def observe(self, real_logits: Tensor) -> None:
        self.observed.append(real_logits)


def lazy(term: Any, every: int) -> Any:
    term.every = every
    return term


def test_a_lazy_term_is_due_at_every_nth_step_and_then_weighs_n() -> None:
    penalty, regulariser = lazy(Counting(), 4), lazy(Length(), 3)
    gan = vanilla(penalties={"count": penalty}, regularisers={"length": regulariser})
    batch = (torch.randn(5, 1, 28, 28),)
    found: dict[str, list[int]] = {"count": [], "length": []}
    for gan.step in range(12):
        losses = gan.discriminator_losses(batch) | gan.generator_losses(batch)
        for name in found.keys() & losses.keys():
            found[name].append(gan.step + 1)
    assert found == {"count": [4, 8, 12], "length": [3, 6, 9, 12]}
    torch.manual_seed(1)
    once = penalty(gan._critic, *batch, *batch)
    torch.testing.assert_close(gan.penalty_losses(gan._critic, *batch, *batch)["count"], 4 * once)


@pytest.mark.parametrize("make", [R1, R2, GradientPenalty, DRAGAN])
def test_a_penalty_is_in_fp32_although_the_networks_are_in_bf16(make: Callable[[], Penalty]) -> None:
    gan, real = vanilla(penalties={"penalty": make()}), torch.rand(16, 1, 28, 28)
    fake = gan.sample_fakes(16).detach()
    with torch.autocast("cpu", torch.bfloat16):
        exact = gan.penalty_losses(gan._critic, real, fake.bfloat16().float())["penalty"]
        found = gan.penalty_losses(gan._critic, real, fake.bfloat16())["penalty"]
    assert found.dtype == exact.dtype == torch.float32
    if make in (R1, R2):  # the others draw random points
        assert found.item() == exact.item()


def test_the_state_of_every_part_belongs_to_the_model() -> None:
    gan = vanilla(penalties={"train": Counting()}, regularisers={"length": Length()}, augmentation=Shifted())
    gan.discriminator_losses((torch.randn(5, 1, 28, 28),))
    gan.generator_losses((torch.randn(5, 1, 28, 28),))
    state = gan.own_state()
    assert {name: tensor.item() for name, tensor in state.items()} == {
        "penalties.train.calls": 1,
        "regularisers.length.seen": 5,
        "augmentation.shift": 0.5,
    }
    assert state["penalties.train.calls"].data_ptr() == gan.penalties["train"].calls.data_ptr()  # type: ignore[attr-defined]


def test_real_and_fake_of_both_players_are_augmented_and_what_is_looked_at_is_not() -> None:
    gan = vanilla(augmentation=Shifted())
    seen: list[Tensor] = []
    gan.discriminator.network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))  # type: ignore[operator, union-attr]
    real = torch.zeros(3, 1, 28, 28)
    gan.discriminator_losses((real,))
    gan.generator_losses((real,))
    assert torch.equal(seen[0][:3], torch.full((3, 784), 0.5))
    assert (seen[0][3:] > -0.5).all()  # images are above -1
    assert (seen[1] > -0.5).all()
    gan.discriminator.eval()
    gan.discriminator(real)
    assert torch.equal(seen[2], torch.zeros(3, 784))


def test_the_augmentation_observes_the_real_logits_once_a_step_of_the_discriminator() -> None:
    augmentation = Shifted()
    gan = vanilla(augmentation=augmentation)
    real = torch.randn(3, 1, 28, 28)
    gan.discriminator_losses((real,))
    gan.generator_losses((real,))
    (observed,) = augmentation.observed
    torch.testing.assert_close(observed, gan.discriminator(real).detach())
    assert not observed.requires_grad
    assert {name: value.item() for name, value in gan.records.items()} == {"augmentation.shift": 0.5}


def test_a_copy_of_a_model_has_an_augmentation_of_its_own() -> None:
    gan = vanilla(augmentation=Shifted())
    twin = copy.deepcopy(gan)
    assert isinstance(twin.augmentation, Shifted)
    twin.augmentation.shift.fill_(9.0)
    x = torch.zeros(2, 1, 28, 28)
    assert torch.equal(gan.discriminator(x), vanilla(augmentation=Shifted()).discriminator(x))
    assert not torch.equal(gan.discriminator(x), twin.discriminator(x))


class Noisy(Augmentation):
    """A random shift of every sample."""

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.rand(len(x), 1, 1, 1)


class Joined(VanillaGAN):
    """A game whose discriminator sees an image of one channel and one of two, joined."""

    def joined_channels(self) -> tuple[int, ...]:
        return 1, 2


def test_joined_images_are_augmented_alike_and_random_numbers_go_on() -> None:
    gan = Joined(DataSpec((3, 8, 8)), SMALL, NonSaturating(), {}, {}, Noisy(), LatentPrior(4))
    seen: list[Tensor] = []
    gan.discriminator.network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))  # type: ignore[operator, union-attr]
    for _ in range(2):
        gan.discriminator(torch.zeros(5, 3, 8, 8))
    shifts = [x.unflatten(1, (3, 64))[:, :, 0] for x in seen]
    for shift in shifts:
        assert torch.equal(shift, shift[:, :1].expand(5, 3))
        assert len(shift.unique()) == 5
    assert not torch.equal(*shifts)
    assert vanilla().joined_channels() == ()


class Spread(nn.Module):
    """The standard deviation over the batch, as a feature of every sample (Karras et al., 2018)."""

    mixes_batch = True

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x.std(0, unbiased=False).mean().expand(len(x), 1)], dim=1)


class WithSpread(Architecture):
    """Networks for points whose discriminator sees how far a batch is spread."""

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        return nn.Linear(latent_dim, *data.shape)

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return nn.Sequential(Spread(), nn.Linear(data.shape[0] + 1, outputs), nn.Flatten(0))


def test_a_layer_that_looks_across_the_batch_sees_real_and_fake_apart() -> None:
    gan = vanilla(DataSpec((2,)), WithSpread())
    sizes: list[int] = []
    gan.discriminator.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    gan.discriminator_losses((torch.randn(6, 2),))
    assert sizes == [6, 6]


@pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 1, 4, 4)], ids=["a logit", "three", "a map"])
def test_the_gradient_of_a_map_of_patches_weighs_as_much_as_one_logit(shape: tuple[int, ...]) -> None:
    x, weight = torch.randn(5, 7), torch.randn(7)
    found = squared_gradient_norm(lambda x: (x @ weight).reshape(5, *[1] * (len(shape) - 1)).expand(shape), x)
    torch.testing.assert_close(found, weight.square().sum().expand(5))


def test_r1_shares_the_forward_pass_of_the_loss_where_real_and_fake_go_apart() -> None:
    gan = vanilla(architecture=DCGAN(width=2), penalties={"r1": R1(gamma=3.0)})
    sizes: list[int] = []
    gan.discriminator.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    real = torch.randn(4, 1, 28, 28)
    torch.manual_seed(1)
    found = gan.discriminator_losses((real,))
    assert sizes == [4, 4]
    weights = list(gan.discriminator.parameters())
    gradients = torch.autograd.grad(sum(found.values()), weights)  # type: ignore[arg-type]
    torch.manual_seed(1)
    fake = gan.sample_fakes(4).detach()
    apart = gan.loss.discriminator(gan.discriminator(real), gan.discriminator(fake))
    penalty = R1(gamma=3.0)(gan.discriminator, real, fake)
    torch.testing.assert_close(found["discriminator"], apart)
    torch.testing.assert_close(found["r1"], penalty)
    for gradient, expected in zip(gradients, torch.autograd.grad(apart + penalty, weights), strict=True):
        torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-6)


def test_a_critic_scores_its_batch_once_and_others_as_often_as_asked() -> None:
    calls: list[Tensor] = []

    def score(x: Tensor) -> Tensor:
        calls.append(x)
        return x.sum(1)

    batch, other = torch.ones(2, 3), torch.ones(2, 3)
    critic = ScoredOnce(score, batch)
    assert critic(batch) is critic(batch)
    critic(other)
    critic(other)
    assert len(calls) == 3


class Recording(VanillaGAN):
    """A game that logs a number that is not minimised."""

    def generator_losses(self, batch: Any) -> Losses:
        self.record("one", torch.ones((), requires_grad=True))
        return super().generator_losses(batch)


def test_what_is_recorded_is_no_loss() -> None:
    gan = Recording(IMAGES, SMALL, Wasserstein(), {}, {}, None, LatentPrior(2))
    assert list(gan.generator_losses((torch.zeros(2, 1, 28, 28),))) == ["generator"]
    assert gan.records["one"].item() == 1
    assert not gan.records["one"].requires_grad


class Translating(GAN):
    """A game whose generator takes images."""

    translates = "pairs"

    def discriminator_losses(self, batch: Any) -> Losses:
        raise NotImplementedError

    generator_losses = discriminator_losses


PAIRS = DataSpec((3, 8, 8), source=Source((1, 8, 8), ("edges", "photo")))


class Convolution(Architecture):
    """One convolution from the source to the target."""

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        assert data.source is not None
        return nn.Conv2d(data.source.shape[0], data.shape[0], 3, padding=1)

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return nn.Flatten()


def test_a_model_that_translates_is_given_images() -> None:
    gan = Translating(PAIRS, Convolution(), NonSaturating(), {}, {}, None, LatentPrior(2))
    x = torch.randn(2, 1, 8, 8)
    assert torch.equal(gan.sampler(gan.generator)(Inputs(x=x)), gan.generator(x))


UNPAIRED = DataSpec((3, 8, 8), source=Source((1, 8, 8), paired=False))


@pytest.mark.parametrize(
    ("make", "data", "words"),
    [
        (Translating, IMAGES, "this dataset has no source images"),
        (VanillaGAN, PAIRS, "this dataset has source images"),
        (Translating, UNPAIRED, "unpaired"),
    ],
)
def test_data_of_another_kind_are_refused(make: Callable[..., GAN], data: DataSpec, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(data, SMALL, NonSaturating(), {}, {}, None, LatentPrior(2))


def test_the_other_direction_of_data() -> None:
    back = PAIRS.reversed()
    assert back == DataSpec((1, 8, 8), source=Source((3, 8, 8), ("photo", "edges")))
    assert back.reversed() == PAIRS
    with pytest.raises(ValueError, match="no source images"):
        IMAGES.reversed()
