"""What an architecture promises."""

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from gancli.build import logits_problem
from gancli.models.discriminators import mixes_batch
from gancli.testing.networks import NAMES, N, called, discriminators, examples, generators, noise_or_sources, seeded
from gancli.testing.promises import Broken
from gancli.testing.subject import Subject

UNUSED = "use every layer that you make, or do not make it"


def draws_samples_of_the_data(subject: Subject) -> None:
    """A generator returns samples of shape (N, *data.shape): images in [-1, 1] (in evaluation mode at least)."""
    for generator, data, y in generators(subject):
        samples = called(generator.eval(), noise_or_sources(data), y)
        if samples.shape != (N, *data.shape):
            raise Broken(f"shape {tuple(samples.shape)} for N = {N} and data of shape {data.shape}", "reshape them")
        if data.is_image and samples.abs().max() > 1.001:
            raise Broken(f"{samples.min():.3g} to {samples.max():.3g}", "end with tanh, or clamp in evaluation mode")


def scores_each_sample(subject: Subject) -> None:
    """A discriminator returns logits of shape (N,), (N, outputs) if more than one is asked for, or (N, 1, h, w)."""
    for discriminator, data, y in discriminators(subject):
        if problem := logits_problem(called(discriminator, examples(data), y), N):
            raise Broken(problem, "return one logit a sample, or a map of them")


def gives_as_many_outputs_as_asked(subject: Subject) -> None:
    """A discriminator that is asked for several outputs returns them, or refuses with a ValueError."""
    for discriminator, data, y in discriminators(subject, outputs=3):
        logits = called(discriminator, examples(data), y)
        if logits.shape != (N, 3):
            raise Broken(f"shape {tuple(logits.shape)} for N = {N} and outputs = 3", "make the last layer so wide")


def takes_classes_as_indices_and_as_weights(subject: Subject) -> None:
    """Labels are indices of shape (N,) or class weights of shape (N, num_classes)."""
    for generator, data, y in generators(subject):
        if y is not None:
            z, weights = noise_or_sources(data), one_hot(y, len(NAMES)).float()
            by_index, by_weight = (seeded(generator.eval(), z, labels) for labels in (y, weights))
            if not torch.allclose(by_index, by_weight, atol=1e-4):
                way = "take labels through gancli.LabelEmbedding(num_classes, dim)"
                raise Broken("other samples for a class than for its weights", way)


def trains_every_parameter_of_the_generator(subject: Subject) -> None:
    """Gradients reach every parameter of the generator."""
    for generator, data, y in generators(subject):
        _check_reached(generator.train(), called(generator, noise_or_sources(data), y))


def trains_every_parameter_of_the_discriminator(subject: Subject) -> None:
    """Gradients reach every parameter of the discriminator."""
    for discriminator, data, y in discriminators(subject):
        _check_reached(discriminator.train(), called(discriminator, examples(data), y))


def draws_each_sample_from_its_own_inputs(subject: Subject) -> None:
    """In evaluation mode a generator is a function of its inputs: no sample depends on the others of the batch."""
    for generator, data, y in generators(subject):
        z = noise_or_sources(data).requires_grad_()
        first = called(generator.eval(), z, y)[0].sum()
        (gradient,) = torch.autograd.grad(first, z, allow_unused=True, materialize_grads=True)
        if gradient[1:].any():
            way = "normalise with running statistics in evaluation mode, as BatchNorm does"
            raise Broken("a sample that depends on the noise of another one", way)


def draws_the_same_twice(subject: Subject) -> None:
    """In evaluation mode a generator keeps no state, and its random numbers come from torch's default generators."""
    for generator, data, y in generators(subject):
        z = noise_or_sources(data)
        once, again = (seeded(generator.eval(), z, y) for _ in range(2))
        if not torch.equal(once, again):
            raise Broken("other samples at a second call", "change buffers in training mode alone")


def says_that_it_mixes_a_batch(subject: Subject) -> None:
    """A layer of the discriminator that mixes the samples of a batch says mixes_batch = True."""
    for discriminator, data, y in discriminators(subject):
        x = examples(data).requires_grad_()
        first = called(discriminator.train(), x, y)[0].sum()
        (gradient,) = torch.autograd.grad(first, x, allow_unused=True, materialize_grads=True)
        if gradient[1:].any() and not mixes_batch(discriminator):
            raise Broken("a logit that depends on another sample", "write mixes_batch = True in the layer's class")


def keeps_everything_in_its_state(subject: Subject) -> None:
    """Everything that a network computes with is a parameter or a buffer: keep layers in nn.ModuleList, not in a Python
    list.
    """
    twins = zip(generators(subject, seed=1), generators(subject, seed=2), strict=True)
    for (one, data, y), (other, _, _) in twins:
        other.load_state_dict(one.state_dict())
        z = noise_or_sources(data)
        if not torch.equal(seeded(one.eval(), z, y), seeded(other.eval(), z, y)):
            way = "keep layers in a ModuleList, and numbers in an nn.Buffer"
            raise Broken("two generators of one state_dict that draw other samples", way)


def _check_reached(network: nn.Module, output: Tensor) -> None:
    named = {name: weights for name, weights in network.named_parameters() if weights.requires_grad}
    gradients = torch.autograd.grad(output.float().square().sum(), [*named.values()], allow_unused=True)
    unused = [name for name, gradient in zip(named, gradients, strict=True) if gradient is None]
    if unused:
        raise Broken(f"no gradient to {', '.join(map(repr, unused[:3]))}", UNUSED)


ARCHITECTURE_FORM = (
    draws_samples_of_the_data,
    scores_each_sample,
)
ARCHITECTURE_VALUES = (
    gives_as_many_outputs_as_asked,
    takes_classes_as_indices_and_as_weights,
    trains_every_parameter_of_the_generator,
    trains_every_parameter_of_the_discriminator,
    draws_each_sample_from_its_own_inputs,
    draws_the_same_twice,
    says_that_it_mixes_a_batch,
    keeps_everything_in_its_state,
)
