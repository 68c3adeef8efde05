"""What a loss promises."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gancli.losses import AdversarialLoss
from gancli.testing.promises import Broken
from gancli.testing.subject import Subject
from gancli.testing.values import (
    ROWS,
    check_device,
    check_finite,
    check_mean,
    check_scalar,
    check_shares,
    check_untouched,
)

WIDE = 1e4
STEP, STEPS = 0.1, 40  # of a descent, in units of a logit
SIGNS = "check the signs: each player descends its loss, and D is to be high where an image is real"


def gives_one_number_for_each_player(subject: Subject) -> None:
    """A loss returns a scalar tensor for each player."""
    for name, value in _both(subject.make(), _logits(6), _logits(6)).items():
        check_scalar(value, f"{name}(…)")


def needs_real_logits_only_if_it_says_so(subject: Subject) -> None:
    """The generator's loss is called with real_logits = None unless needs_real_logits is True."""
    loss = subject.make()
    if not loss.needs_real_logits:
        try:
            loss.generator(_logits(6))
        except Exception as error:
            found = f"{type(error).__name__}: {error}, for real_logits = None"
            raise Broken(found, "set needs_real_logits = True in the class") from error


def takes_logits_of_every_shape(subject: Subject) -> None:
    """Logits are of shape (N,), (N, K), or (N, 1, h, w) for a discriminator of patches: compute elementwise, then take
    the mean.
    """
    for shape in ((6, 3), (6, 1, 4, 5)):
        real, fake = _logits(*shape), _logits(*shape) - 0.3
        flat = _both(subject.make(), real.flatten(), fake.flatten())
        for name, value in _both(subject.make(), real, fake).items():
            if not torch.allclose(check_scalar(value, f"{name}(…) of logits {shape}"), flat[name], rtol=1e-4):
                found = (
                    f"{name}(…): {value.item():.4g} for logits of shape {shape}, and {flat[name].item():.4g} in a row"
                )
                raise Broken(found, "compute elementwise, then take the mean over all")


def is_a_mean_over_the_batch(subject: Subject) -> None:
    """A loss does not grow with the batch."""
    real, fake = _logits(6), _logits(6) - 0.3
    many = _both(subject.make(), real.repeat(8), fake.repeat(8))
    for name, value in _both(subject.make(), real, fake).items():
        check_mean(f"{name}(…)", value, many[name])


def is_the_mean_of_its_shares(subject: Subject) -> str | None:
    """A loss of a minibatch is the mean of those of its shares, or says mixes_batch = True."""
    real, fake = 5 * _free(ROWS), 5 * _free(ROWS)
    return check_shares(subject.make(), lambda share: _both(subject.make(), share.of(real), share.of(fake)))


def is_finite_over_wide_logits(subject: Subject) -> None:
    """A loss and its gradients are finite for logits from −10,000 to 10,000."""
    for at_real, at_fake in ((WIDE, -WIDE), (-WIDE, WIDE), (WIDE, WIDE), (-WIDE, -WIDE)):
        real, fake = (torch.full((4,), at, requires_grad=True) for at in (at_real, at_fake))
        for name, value in _both(subject.make(), real, fake).items():
            check_finite(f"{name}(…) of real logits {at_real:g} and fake ones {at_fake:g}", value, real, fake)


def depends_on_real_and_on_fake_logits(subject: Subject) -> None:
    """The discriminator's loss depends on real and on fake logits, the generator's on fake ones."""
    real, fake = _logits(6), _logits(6)
    losses = _both(subject.make(), real, fake)
    for name, inputs in (("discriminator", (real, fake)), ("generator", (fake,))):
        for gradient in torch.autograd.grad(losses[name], inputs, allow_unused=True):
            if gradient is None or not gradient.any():
                raise Broken(f"{name}(…): no gradient to the logits of one side", "use both, without detach()")


def raises_real_logits_above_fake_ones(subject: Subject) -> None:
    """Descending the discriminator's loss raises real logits above fake ones."""
    loss = subject.make()
    real, fake = torch.linspace(-0.6, -0.4, 8), torch.linspace(0.4, 0.6, 8)
    real, fake = _descend(loss.discriminator, real, fake)
    if not real.mean() > fake.mean():
        found = f"real logits of mean {real.mean():.3g} and fake ones of {fake.mean():.3g} after {STEPS} steps"
        raise Broken(found, SIGNS)


def raises_fake_logits_for_the_generator(subject: Subject) -> None:
    """Descending the generator's loss raises fake logits."""
    loss = subject.make()
    real, fake = _descend(loss.discriminator, torch.linspace(-0.1, 0.1, 8), torch.linspace(-0.1, 0.1, 8))
    (after,) = _descend(lambda logits: _generator(loss, logits, real), fake)
    if not after.mean() > fake.mean():
        raise Broken(f"fake logits of mean {after.mean():.3g} after {STEPS} steps from {fake.mean():.3g}", SIGNS)


def leaves_the_logits_as_they_are(subject: Subject) -> None:
    """A component does not change in place what it is given."""
    check_untouched("the loss", lambda real, fake: _both(subject.make(), real, fake), _free(6), _free(6))


def follows_the_device(subject: Subject) -> None:
    """New tensors are made on the device of those that are given."""
    check_device(lambda: partial(_both, subject.make()), (6,), (6,))


def _both(loss: AdversarialLoss, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    return {"discriminator": loss.discriminator(real, fake), "generator": _generator(loss, fake, real)}


def _generator(loss: AdversarialLoss, fake: Tensor, real: Tensor) -> Tensor:
    return loss.generator(fake, real if loss.needs_real_logits else None)


def _descend(compute: Callable[..., Tensor], *logits: Tensor) -> tuple[Tensor, ...]:
    """The logits after steps of one length against the sign of the gradient, which finds any slope, however small."""
    for _ in range(STEPS):
        moved = tuple(tensor.detach().requires_grad_() for tensor in logits)
        gradients = torch.autograd.grad(compute(*moved), moved, allow_unused=True, materialize_grads=True)
        logits = tuple(tensor.detach() - STEP * slope.sign() for tensor, slope in zip(moved, gradients, strict=True))
    return logits


def _logits(*shape: int) -> Tensor:
    return torch.randn(shape).requires_grad_()


def _free(*shape: int) -> Tensor:
    """Logits that may be changed in place, as those of a forward pass may."""
    return torch.randn(shape)


LOSS_CALL = (needs_real_logits_only_if_it_says_so,)
LOSS_FORM = (gives_one_number_for_each_player,)
LOSS_VALUES = (
    takes_logits_of_every_shape,
    is_a_mean_over_the_batch,
    is_finite_over_wide_logits,
    depends_on_real_and_on_fake_logits,
    raises_real_logits_above_fake_ones,
    raises_fake_logits_for_the_generator,
    leaves_the_logits_as_they_are,
    follows_the_device,
)
LOSS_SHARES = (is_the_mean_of_its_shares,)
