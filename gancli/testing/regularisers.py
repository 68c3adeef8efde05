"""What a regulariser promises."""

import copy

import torch
from torch import Tensor, nn

from gancli.architectures import MLP
from gancli.data import DataSpec
from gancli.shares import Share
from gancli.testing.promises import Broken, NotTried
from gancli.testing.subject import Subject
from gancli.testing.values import (
    ROWS,
    check_finite,
    check_mean,
    check_scalar,
    check_seeded,
    check_shares,
    check_untouched,
)

DIM = 4  # of the noise
STEEPNESS = 3.0  # what the weights of a steep generator are multiplied by
SMALL = MLP(generator_hidden=(8,), discriminator_hidden=(8,))


def gives_one_number(subject: Subject) -> None:
    """A regulariser returns the weighted scalar."""
    for shape in ((2,), (1, 4, 4), (3, 4, 4)):
        check_scalar(_value(subject, _generator(shape)), f"for samples {shape}")


def takes_classes(subject: Subject) -> None:
    """A regulariser is given fresh noise of shape (N, latent_dim) and the classes of the minibatch, or None without
    classes.
    """
    y = torch.arange(6) % 3
    check_scalar(_value(subject, _generator((1, 4, 4), classes=3), y), "with classes")


def reaches_the_generator(subject: Subject) -> None:
    """A regulariser has a gradient to the generator's parameters: it is a term of the generator's loss."""
    generator = _generator((2,))
    gradients = torch.autograd.grad(_value(subject, generator), list(generator.parameters()), allow_unused=True)
    if not any(gradient is not None and gradient.any() for gradient in gradients):
        raise Broken("no gradient to any parameter", "compute it from what the generator returns, without detach()")


def is_a_mean_over_the_batch(subject: Subject) -> None:
    """A regulariser does not grow with the batch."""
    generator, z = _generator((1, 4, 4)), torch.randn(6, DIM)
    one, many = (_value(subject, generator, None, noise).detach() for noise in (z, z.repeat(8, 1)))
    check_mean("the regulariser", one, many)


def is_the_mean_of_its_shares(subject: Subject) -> str | None:
    """A regulariser of a minibatch is the mean of those of its shares, or says mixes_batch = True."""
    flat, z = _generator((2,)), torch.randn(ROWS, DIM)
    steep = copy.deepcopy(flat)
    with torch.no_grad():
        for parameter in steep.parameters():
            parameter.mul_(STEEPNESS)

    def regularisers(share: Share) -> dict[str, Tensor]:
        generators = {"": flat, " of a steep generator": steep}
        return {
            f"the regulariser{of}": _value(subject, generator, None, share.of(z))
            for of, generator in generators.items()
        }

    return check_shares(subject.make(), regularisers)


def is_finite_where_the_generator_is_flat(subject: Subject) -> None:
    """A regulariser and its gradients are finite where the generator is flat."""
    generator = _generator((2,))
    for parameter in generator.parameters():
        nn.init.zeros_(parameter)
    check_finite("for a generator of zeros", _value(subject, generator), *generator.parameters())


def leaves_the_generator_as_it_is(subject: Subject) -> None:
    """A regulariser changes neither a weight of the generator nor its mode."""
    generator = _generator((2,))
    before = copy.deepcopy(generator.state_dict())
    _value(subject, generator)
    changed = [name for name, tensor in generator.state_dict().items() if not torch.equal(tensor, before[name])]
    if changed or not generator.training:
        found = f"a changed {changed[0]!r}" if changed else "a generator left in evaluation mode"
        raise Broken(found, "work on a copy, or restore what you change")


def draws_from_torch_alone(subject: Subject) -> None:
    """Random numbers come from torch's default generators."""
    generator, z = _generator((2,)), torch.randn(6, DIM)
    check_seeded("the regulariser", lambda: _value(subject, generator, None, z).detach())


def leaves_the_noise_as_it_is(subject: Subject) -> None:
    """A component does not change in place what it is given."""
    generator = _generator((2,))
    check_untouched("the regulariser", lambda z: _value(subject, generator, None, z), torch.randn(6, DIM))


def _generator(shape: tuple[int, ...], classes: int = 0) -> nn.Module:
    names = tuple(map(str, range(classes)))
    return SMALL.generator(DataSpec(shape, classes, names), DIM, classes)


def _value(subject: Subject, generator: nn.Module, y: Tensor | None = None, z: Tensor | None = None) -> Tensor:
    try:
        value: Tensor = subject.make()(generator, torch.randn(6, DIM) if z is None else z, y)
    except ValueError as error:
        raise NotTried(f"it refuses a perceptron: {error}") from error
    return value


REGULARISER_FORM = (
    gives_one_number,
    takes_classes,
    draws_from_torch_alone,
)
REGULARISER_SHARES = (is_the_mean_of_its_shares,)
REGULARISER_VALUES = (
    reaches_the_generator,
    is_a_mean_over_the_batch,
    is_finite_where_the_generator_is_flat,
    leaves_the_generator_as_it_is,
    leaves_the_noise_as_it_is,
)
