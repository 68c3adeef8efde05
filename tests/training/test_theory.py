"""What Goodfellow et al. (2014) and Mescheder et al. (2018) prove, seen in numbers."""

import itertools
from math import log

import pytest
import torch
from torch import Tensor
from torch.optim import LBFGS, SGD

from gancli import AdversarialLoss, DataSpec
from gancli.architectures import Dirac
from gancli.losses import Minimax, NonSaturating
from gancli.models import LatentPrior, VanillaGAN
from gancli.penalties import R1
from gancli.training.algorithm import train

# Five points, of which every one is drawn this often in twenty.
DATA, GENERATED = torch.tensor([8, 6, 2, 2, 2]), torch.tensor([2, 2, 4, 6, 6])


def optimal_logits(data: Tensor, generated: Tensor) -> Tensor:
    """A discriminator with a logit of its own for every point, trained to the end against fixed distributions."""
    logits = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    real, fake = torch.arange(5).repeat_interleave(data), torch.arange(5).repeat_interleave(generated)
    optimizer = LBFGS(
        [logits], max_iter=200, line_search_fn="strong_wolfe", tolerance_grad=1e-10, tolerance_change=1e-14
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = Minimax().discriminator(logits[real], logits[fake])
        value.backward()
        return value

    optimizer.step(loss)
    return logits.detach()


def kl(p: Tensor, q: Tensor) -> Tensor:
    return (p * (p / q).log()).sum()


def test_the_optimal_discriminator_is_the_share_of_the_data() -> None:
    """Proposition 1: D*(x) = p_data(x) / (p_data(x) + p_g(x))."""
    found = optimal_logits(DATA, GENERATED).sigmoid()
    torch.testing.assert_close(found, (DATA / (DATA + GENERATED)).double(), rtol=0, atol=1e-6)


def test_against_it_the_generator_minimises_the_jensen_shannon_divergence() -> None:
    """Theorem 1: C(G) = −log 4 + 2 · JSD(p_data ‖ p_g), which is least, −log 4, at p_g = p_data."""

    def cost(generated: Tensor) -> float:
        logits = optimal_logits(DATA, generated)
        real, fake = torch.arange(5).repeat_interleave(DATA), torch.arange(5).repeat_interleave(generated)
        return -Minimax().discriminator(logits[real], logits[fake]).item()

    p, q = DATA.double() / 20, GENERATED.double() / 20
    divergence = (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2
    assert cost(GENERATED) == pytest.approx(-log(4) + 2 * divergence.item(), abs=1e-8)
    assert cost(DATA) == pytest.approx(-log(4), abs=1e-8)


def dirac_gan(loss: AdversarialLoss, **penalties: R1) -> VanillaGAN:
    """All data is the point 0; the equilibrium is θ = ψ = 0."""
    return VanillaGAN(DataSpec((1,)), Dirac(), loss, penalties, {}, None, LatentPrior(1))


def distance(gan: VanillaGAN) -> float:
    return torch.stack([parameter.detach() for parameter in gan.parameters()]).norm().item()


BATCH = (torch.zeros(4, 1),)


def alternate(gan: VanillaGAN, steps: int) -> list[float]:
    players = (SGD(network.parameters(), 0.1) for network in (gan.discriminator, gan.generator))
    return [distance(gan) for _ in itertools.islice(train(gan, itertools.repeat(BATCH), *players), steps)]


def test_the_dirac_gan_circles_under_alternating_steps() -> None:
    distances = alternate(dirac_gan(Minimax()), 1000)
    assert min(distances[-200:]) > 0.5 * 2**0.5
    assert max(distances[-200:]) < 2 * 2**0.5


def test_the_dirac_gan_spirals_outwards_under_simultaneous_steps() -> None:
    gan = dirac_gan(Minimax())
    distances = []
    for _ in range(500):
        (by_psi,) = torch.autograd.grad(sum(gan.discriminator_losses(BATCH).values()), gan.discriminator.psi)
        (by_theta,) = torch.autograd.grad(sum(gan.generator_losses(BATCH).values()), gan.generator.theta)
        with torch.no_grad():
            gan.discriminator.psi -= 0.1 * by_psi
            gan.generator.theta -= 0.1 * by_theta
        distances.append(distance(gan))
    assert min(distances[-100:]) > max(distances[:100])


@pytest.mark.parametrize("loss", [Minimax(), NonSaturating()])
def test_r1_brings_the_dirac_gan_to_its_equilibrium(loss: AdversarialLoss) -> None:
    assert alternate(dirac_gan(loss, r1=R1(gamma=1)), 500)[-1] < 1e-6
