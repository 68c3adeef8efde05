"""What every component promises of a training that uses it."""

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from gancli import build
from gancli.data.base import Batch
from gancli.testing.promises import Broken, NotTried
from gancli.testing.subject import Subject
from gancli.testing.trainings import HALF, WHOLE, first_difference, step_on
from gancli.training.device import choose_device

STATE = "keep what it remembers in parameters and buffers, nn.Buffer(torch.zeros(())), and layers in a ModuleList"
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
