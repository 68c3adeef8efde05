"""Every loss against numbers worked out by hand, and what all of them share."""

from math import exp, log

import pytest
import torch
from torch import Tensor

from gancli import registry
from gancli.losses import AdversarialLoss, Hinge, LeastSquares, Minimax, NonSaturating, Wasserstein

ALL = [plugin.name for plugin in registry.plugins() if plugin.kind == "loss" and plugin.package == "gancli"]
# σ(0) = 1/2, σ(ln 3) = 3/4: D(x) is 1/2 and 3/4; D(G(z)) is 1/2 and 1/4.
REAL, FAKE = torch.tensor([0.0, log(3)]), torch.tensor([0.0, -log(3)])


def test_the_built_in_losses_are_the_five_of_the_papers() -> None:
    assert set(ALL) == {"minimax", "non-saturating", "least-squares", "hinge", "wasserstein"}


@pytest.mark.parametrize(
    ("loss", "real", "fake", "discriminator", "generator"),
    [
        (Minimax(), REAL, FAKE, -(log(1 / 2) + log(3 / 4)), (log(1 / 2) + log(3 / 4)) / 2),
        (NonSaturating(), REAL, FAKE, -(log(1 / 2) + log(3 / 4)), -(log(1 / 2) + log(1 / 4)) / 2),
        (
            Minimax(label_smoothing=0.1),
            REAL,
            FAKE,
            -(log(1 / 2) + 0.9 * log(3 / 4) + 0.1 * log(1 / 4)) / 2 - (log(1 / 2) + log(3 / 4)) / 2,
            (log(1 / 2) + log(3 / 4)) / 2,
        ),
        (
            NonSaturating(label_smoothing=0.1),
            REAL,
            FAKE,
            -(log(1 / 2) + 0.9 * log(3 / 4) + 0.1 * log(1 / 4)) / 2 - (log(1 / 2) + log(3 / 4)) / 2,
            -(log(1 / 2) + log(1 / 4)) / 2,
        ),
        # ½ · (1² + 2²)/2 + ½ · (1² + 3²)/2 and ½ · (0² + 4²)/2
        (LeastSquares(), torch.tensor([0.0, 3.0]), torch.tensor([1.0, -3.0]), 1.25 + 2.5, 4.0),
        # ½ · (0.9² + 2.1²)/2 + 2.5
        (LeastSquares(label_smoothing=0.1), torch.tensor([0.0, 3.0]), torch.tensor([1.0, -3.0]), 1.305 + 2.5, 4.0),
        # (1 + 0)/2 + (2 + 0)/2
        (Hinge(), torch.tensor([0.0, 3.0]), torch.tensor([1.0, -3.0]), 1.5, 1.0),
        (Wasserstein(), torch.tensor([0.0, 3.0]), torch.tensor([1.0, -3.0]), -1 - 1.5, 1.0),
    ],
)
def test_closed_form(loss: AdversarialLoss, real: Tensor, fake: Tensor, discriminator: float, generator: float) -> None:
    assert loss.discriminator(real, fake).item() == pytest.approx(discriminator, rel=1e-6)
    assert loss.generator(fake).item() == pytest.approx(generator, rel=1e-6)


def test_smoothed_labels_put_the_optimum_of_a_real_logit_where_d_is_the_target() -> None:
    logit = torch.tensor([log(9.0)], requires_grad=True)  # σ = 0.9
    Minimax(label_smoothing=0.1).discriminator(logit, torch.zeros(1)).backward()
    assert logit.grad.item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ALL)
class TestEveryLoss:
    @pytest.fixture
    def loss(self, name: str) -> AdversarialLoss:
        return registry.load("loss", name)()

    def test_d_raises_real_logits_and_lowers_fake_ones_and_g_raises_fake_ones(self, loss: AdversarialLoss) -> None:
        real, fake = torch.tensor([0.2, 0.4], requires_grad=True), torch.tensor([0.3, 0.5], requires_grad=True)
        by_real, by_fake = torch.autograd.grad(loss.discriminator(real, fake), (real, fake))
        (by_generator,) = torch.autograd.grad(loss.generator(fake), fake)
        assert (by_real < 0).all()
        assert (by_fake > 0).all()
        assert (by_generator < 0).all()

    def test_is_a_mean_so_the_batch_size_is_no_learning_rate(self, loss: AdversarialLoss) -> None:
        torch.testing.assert_close(loss.discriminator(REAL.repeat(5), FAKE.repeat(5)), loss.discriminator(REAL, FAKE))
        torch.testing.assert_close(loss.generator(FAKE.repeat(5)), loss.generator(FAKE))

    def test_is_a_finite_scalar_at_extreme_logits(self, loss: AdversarialLoss) -> None:
        extreme = torch.tensor([-1e4, 1e4])
        for value in (loss.discriminator(extreme, extreme), loss.generator(extreme)):
            assert value.shape == ()
            assert value.isfinite()


@pytest.mark.parametrize("logit", [-15.0, -5.0, 0.0, 3.0])
def test_minimax_saturates_and_non_saturating_does_not(logit: float) -> None:
    """The slopes are −σ(l) and −σ(−l); their ratio is eˡ."""
    slopes = []
    for loss in (Minimax(), NonSaturating()):
        fake = torch.tensor([logit], requires_grad=True)
        loss.generator(fake).backward()
        slopes.append(fake.grad.item())
    assert slopes[0] / slopes[1] == pytest.approx(exp(logit), rel=1e-4)
    assert slopes[1] == pytest.approx(-1 / (1 + exp(logit)), rel=1e-5)


def test_minimax_is_one_game_of_sum_zero_in_the_fakes() -> None:
    """Without the real term, what D loses is what G wins: E[log(1 − D(G(z)))]."""
    no_real_term = torch.full((2,), 1e4)  # log D(x) = 0
    torch.testing.assert_close(Minimax().discriminator(no_real_term, FAKE), -Minimax().generator(FAKE))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("shape", [(6, 3), (6, 1, 4, 5)], ids=["several logits", "a map of patches"])
def test_several_logits_a_sample_count_as_so_many_samples(name: str, shape: tuple[int, ...]) -> None:
    loss = registry.load("loss", name)()
    real, fake = torch.randn(shape), torch.randn(shape)
    torch.testing.assert_close(loss.discriminator(real, fake), loss.discriminator(real.flatten(), fake.flatten()))
    torch.testing.assert_close(loss.generator(fake), loss.generator(fake.flatten()))
