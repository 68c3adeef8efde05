"""What every component promises of a training that uses it."""

import math

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from gancli import build
from gancli.data.base import Batch
from gancli.recipe import from_values
from gancli.run.notices import mixing_parts
from gancli.testing.pair import train_together
from gancli.testing.promises import Broken, NotTried
from gancli.testing.subject import Subject
from gancli.testing.trainings import HALF, WHOLE, advance, first_difference, steepen, step_on
from gancli.training.device import choose_device

STATE = "keep what it remembers in parameters and buffers, nn.Buffer(torch.zeros(())), and layers in a ModuleList"
SHARED = (
    "compute each sample on its own, with random numbers of torch's default generators; what looks across the "
    "minibatch, also by a moving average, says mixes_batch = True"
)
ALIKE = "draw the same random numbers in every process, those of samples with one row of the tensor for each sample"
RANDOM = "draw from torch's default generators, and not from random, numpy, the clock or the order of a set"


def keeps_its_contract_in_a_first_step(subject: Subject) -> None:
    """Before there is a run, a third party's components are tried: one whole step of both players on two examples."""
    build.check_plugins(subject.host)


def trains_alike_under_one_seed(subject: Subject) -> None:
    """Random numbers come from torch's default generators: two trainings of one seed end in the same bits."""
    trainings = subject.trainings
    if name := first_difference(trainings.uninterrupted, trainings.repeated):
        raise Broken(f"{name!r} differs after {WHOLE} steps", RANDOM)


def resumes_in_the_same_bits(subject: Subject) -> None:
    """State is a parameter or a buffer: a training resumed from its checkpoint ends in the same bits."""
    trainings = subject.trainings
    if name := first_difference(trainings.uninterrupted, trainings.resumed):
        raise Broken(f"{name!r} differs at step {WHOLE} of a training resumed at step {HALF}", STATE)


def draws_the_same_from_its_checkpoint(subject: Subject) -> None:
    """A checkpoint that is saved and loaded draws the same samples."""
    before, after = subject.trainings.pictures
    if not torch.equal(before, after):
        raise Broken(f"samples that differ by {(before - after).abs().max():.3g}", STATE)


def trains_in_bf16(subject: Subject) -> None:
    """Losses are finite in precision bf16 too, and computed in fp32: logits end with .float()."""
    for losses in subject.trainings.trained("precision=bf16"):
        for name, loss in losses.items():
            if loss.dtype != torch.float32:
                found = f"the loss {name!r} in {str(loss.dtype).removeprefix('torch.')}"
                raise Broken(found, "end what gives logits, and gradients of a norm, with .float()")


def trains_with_several_discriminator_steps(subject: Subject) -> None:
    """A recipe may ask for several steps of the discriminator before each of the generator."""
    subject.trainings.trained("train.k_steps=3")


def trains_on_a_short_batch(subject: Subject) -> None:
    """A minibatch may be smaller than the one before, down to a single example."""
    training = subject.trainings.new()
    smallest = 2 if any(isinstance(module, _BatchNorm) for module in training.gan.modules()) else 1
    whole = training.dataset.gather(torch.arange(6) % len(training.dataset), torch.Generator().manual_seed(0))
    step_on(training, [_first(whole, n) for n in (6, 5, smallest)])


def trains_on_an_accelerator(subject: Subject) -> None:
    """A component trains on a GPU: new tensors are made on the device of those that are given."""
    device = choose_device("auto")
    if device.type == "cpu":
        raise NotTried("this machine has no GPU")
    subject.trainings.trained(f"device={device.type}")


def trains_alike_in_two_processes(subject: Subject) -> str:
    """In two processes that share a minibatch, it trains as in one up to rounding, or says mixes_batch = True."""
    # Adam divides a gradient that is nearly 0 by its own size, and then rounding errors grow.
    plain = () if subject.kind == "optimizer" else ("optimizer={name: sgd, lr: 0.01}",)
    recipe = from_values(subject.host.values(), subject.host.name, plain)
    pair = train_together(recipe, subject.plugin, subject.component)
    if name := first_difference(*pair.states):
        raise Broken(f"{name!r} differs between the two processes", ALIKE)
    training = build.training(recipe)
    steepen(training, subject.kind)
    losses = list(advance(recipe, training, 0, HALF))  # rounding errors grow from step to step
    if names := mixing_parts(training.gan):
        return f"each sees its own share: {', '.join(names)}"
    for step, (alone, shared) in enumerate(zip(losses, pair.losses[0], strict=False), 1):
        for loss, value in alone.items():
            if not math.isclose(float(value), shared[loss], rel_tol=1e-4, abs_tol=1e-5):
                found = f"in step {step} the loss {loss!r} is {shared[loss]:.6g}, and {float(value):.6g} in one process"
                raise Broken(found, SHARED)
    return "as in one process"


def _first(batch: Batch, n: int) -> Batch:
    return tuple(tensor[:n] for tensor in batch)


FIRST_STEP = (keeps_its_contract_in_a_first_step,)
TRAINING = (
    trains_alike_under_one_seed,
    resumes_in_the_same_bits,
    draws_the_same_from_its_checkpoint,
    trains_in_bf16,
    trains_with_several_discriminator_steps,
    trains_on_a_short_batch,
    trains_on_an_accelerator,
)
TOGETHER = (trains_alike_in_two_processes,)
