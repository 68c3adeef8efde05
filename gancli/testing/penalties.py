"""What a penalty promises."""

from functools import partial

import torch
from torch import Tensor, nn

from gancli.penalties import Critic
from gancli.shares import Share
from gancli.testing.promises import Broken
from gancli.testing.subject import Subject
from gancli.testing.values import (
    ROWS,
    check_device,
    check_finite,
    check_mean,
    check_scalar,
    check_seeded,
    check_shares,
    check_untouched,
)

SHAPES = ((6, 2), (6, 1, 4, 4), (6, 3, 4, 4))  # points, grey images, colour images
STEEPNESS = (1.0, 100.0)  # of a critic: a one-sided penalty is 0 where the slope is below its bound


def gives_one_number(subject: Subject) -> None:
    """A penalty returns the weighted scalar."""
    for shape in SHAPES:
        check_scalar(subject.make()(_critic(shape), torch.randn(shape), torch.randn(shape)), f"for samples {shape}")


def reaches_the_discriminator(subject: Subject) -> None:
    """A penalty has a gradient to the discriminator's parameters: it is a term of the discriminator's loss."""
    if not any(_has_gradient(subject, steepness) for steepness in STEEPNESS):
        raise Broken("no gradient to any parameter", "differentiate with create_graph=True, as squared_gradient_norm")


def _has_gradient(subject: Subject, steepness: float) -> bool:
    shape = SHAPES[0]
    critic = _critic(shape)
    value = subject.make()(_steep(critic, steepness), torch.randn(shape), torch.randn(shape))
    gradients = torch.autograd.grad(value, list(critic.parameters()), allow_unused=True)
    return any(gradient is not None and bool(gradient.any()) for gradient in gradients)


def weighs_a_map_as_one_logit(subject: Subject) -> None:
    """A penalty of a map of patches weighs as much as one of a single logit: it takes the mean over the map."""
    shape = SHAPES[1]
    critic, real, fake = _critic(shape), torch.randn(shape), torch.randn(shape)
    one, patches = (_value(subject, scored, real, fake) for scored in (critic, _as_a_map(critic)))
    if not torch.allclose(one, patches, rtol=1e-3, atol=1e-6):
        found = f"{one.item():.4g} for one logit, and {patches.item():.4g} for a map of 16 equal ones"
        raise Broken(found, "differentiate the mean of a sample's logits; gancli.squared_gradient_norm does")


def is_a_mean_over_the_batch(subject: Subject) -> None:
    """A penalty does not grow with the batch: a norm is that of one sample, over all of its pixels."""
    shape = SHAPES[1]
    critic, real, fake = _critic(shape), torch.randn(shape), torch.randn(shape)
    many = (tensor.repeat(8, 1, 1, 1) for tensor in (real, fake))
    check_mean("the penalty", _value(subject, critic, real, fake), _value(subject, critic, *many))


def is_the_mean_of_its_shares(subject: Subject) -> str | None:
    """A penalty of a minibatch is the mean of those of its shares, or says mixes_batch = True."""
    shape = (ROWS, *SHAPES[0][1:])
    real, fake, critic = torch.randn(shape), torch.randn(shape), _critic(shape)

    def penalties(share: Share) -> dict[str, Tensor]:
        return {
            f"the penalty of a critic of steepness {steepness:g}": subject.make()(
                _steep(critic, steepness), share.of(real), share.of(fake)
            )
            for steepness in STEEPNESS
        }

    return check_shares(subject.make(), penalties)


def is_finite_where_the_critic_is_flat(subject: Subject) -> None:
    """A penalty and its gradients are finite where the discriminator is flat."""
    shape = SHAPES[0]
    critic = _critic(shape)
    for parameter in critic.parameters():
        nn.init.zeros_(parameter)
    value = subject.make()(critic, torch.randn(shape), torch.randn(shape))
    check_finite("for a discriminator of zeros", value, *critic.parameters())


def draws_from_torch_alone(subject: Subject) -> None:
    """Random numbers come from torch's default generators."""
    shape = SHAPES[0]
    critic, real, fake = _critic(shape), torch.randn(shape), torch.randn(shape)
    check_seeded("the penalty", lambda: subject.make()(critic, real, fake).detach())


def leaves_the_samples_as_they_are(subject: Subject) -> None:
    """A component does not change in place what it is given."""
    shape = SHAPES[0]
    critic = _critic(shape)
    given = (torch.randn(shape), torch.randn(shape))
    check_untouched("the penalty", lambda real, fake: subject.make()(critic, real, fake), *given)


def follows_the_device(subject: Subject) -> None:
    """New tensors are made on the device of those that are given."""
    shape = SHAPES[0]
    check_device(lambda: partial(subject.make(), _critic(shape)), shape, shape)


def _critic(shape: tuple[int, ...]) -> nn.Sequential:
    """A small curved critic of samples of a shape (N, …), with logits of shape (N,)."""
    first = nn.Linear(torch.Size(shape[1:]).numel(), 8)
    return nn.Sequential(nn.Flatten(), first, nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0))


def _steep(critic: Critic, steepness: float) -> Critic:
    return lambda x: steepness * critic(x)


def _as_a_map(critic: Critic) -> Critic:
    """The same critic with its logit at each of the 4 × 4 places of a map."""
    return lambda x: critic(x)[:, None, None, None].expand(-1, 1, 4, 4)


def _value(subject: Subject, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
    torch.manual_seed(1)
    value: Tensor = subject.make()(critic, real, fake)
    return value.detach()


PENALTY_FORM = (
    gives_one_number,
    draws_from_torch_alone,
)
PENALTY_SHARES = (is_the_mean_of_its_shares,)
PENALTY_VALUES = (
    reaches_the_discriminator,
    weighs_a_map_as_one_logit,
    is_a_mean_over_the_batch,
    is_finite_where_the_critic_is_flat,
    leaves_the_samples_as_they_are,
    follows_the_device,
)
