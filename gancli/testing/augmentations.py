"""What an augmentation promises."""

from functools import partial

import torch
from torch import Tensor

from gancli.testing.promises import Broken
from gancli.testing.subject import Subject
from gancli.testing.values import check_device, check_seeded, check_untouched

SHAPES = ((6, 1, 16, 16), (6, 3, 16, 24), (6, 2))  # grey images, colour images that are not square, points


def keeps_shape_and_type(subject: Subject) -> None:
    """An augmentation returns samples of the same shape and type."""
    for x in _samples(subject):
        for given in (x, x.bfloat16()):
            changed = subject.make()(given)
            if changed.shape != given.shape or changed.dtype != given.dtype:
                raise Broken(f"{_form(changed)} for {_form(given)}", "end with .to(x.dtype), and keep the size")
            if not changed.isfinite().all():
                raise Broken(f"numbers that are not finite, for {_form(given)}", "keep divisions from 0")


def lets_gradients_through(subject: Subject) -> None:
    """An augmentation is differentiable, twice where a penalty is used: the generator learns through it."""
    for x in _samples(subject):
        x.requires_grad_()
        changed = subject.make()(x)
        gradient = _gradient(changed.square().sum(), x, create_graph=True)
        if not gradient.any():
            raise Broken("no gradient", "use differentiable operations of torch; no detach(), round() or numpy")
        if not gradient.requires_grad:
            raise Broken("a gradient that cannot be differentiated again", "use operations of torch alone")


def changes_each_sample_on_its_own(subject: Subject) -> None:
    """Each sample is changed on its own."""
    for x in _samples(subject):
        x.requires_grad_()
        gradient = _gradient(subject.make()(x)[0].sum(), x)
        if gradient[1:].any():
            raise Broken("a sample that depends on the others of the batch", "compute nothing over dimension 0")


def draws_from_torch_alone(subject: Subject) -> None:
    """Random numbers come from torch's default generators."""
    for x in _samples(subject):
        check_seeded("the augmentation", partial(_augmented, subject, x))


def leaves_the_samples_as_they_are(subject: Subject) -> None:
    """A component does not change in place what it is given."""
    for x in _samples(subject):
        check_untouched("the augmentation", subject.make(), x)


def observes_logits_of_every_shape(subject: Subject) -> None:
    """observe(real_logits) is called with logits of shape (N,), (N, K) or (N, 1, h, w)."""
    for shape in ((6,), (6, 3), (6, 1, 4, 4)):
        subject.make().observe(torch.randn(shape))


def follows_the_device(subject: Subject) -> None:
    """New tensors are made on the device of those that are given."""
    for x in _samples(subject):
        check_device(subject.make, tuple(x.shape))


def _augmented(subject: Subject, x: Tensor) -> Tensor:
    return subject.make()(x)


def _samples(subject: Subject) -> list[Tensor]:
    """Samples of every shape that it does not refuse."""
    return [samples for shape in SHAPES if not _refuses(subject, samples := torch.rand(shape) * 2 - 1)]


def _refuses(subject: Subject, x: Tensor) -> bool:
    try:
        subject.make()(x.clone())
    except ValueError:
        return True
    return False


def _gradient(value: Tensor, x: Tensor, *, create_graph: bool = False) -> Tensor:
    if not value.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(value, x, create_graph=create_graph, materialize_grads=True)[0]


def _form(x: Tensor) -> str:
    return f"{str(x.dtype).removeprefix('torch.')} of shape {tuple(x.shape)}"


AUGMENTATION_FORM = (
    keeps_shape_and_type,
    draws_from_torch_alone,
)
AUGMENTATION_VALUES = (
    lets_gradients_through,
    changes_each_sample_on_its_own,
    leaves_the_samples_as_they_are,
    observes_logits_of_every_shape,
    follows_the_device,
)
