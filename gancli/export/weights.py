"""The generator's state_dict, as plain safetensors."""

import safetensors.torch
import torch

from gancli import build
from gancli.export.subject import Subject, Written
from gancli.training.device import place


def write(subject: Subject) -> Written:
    """The content of the file; a new network that loads it draws the same bits."""
    state = {name: tensor.contiguous() for name, tensor in subject.network.state_dict().items()}
    content = safetensors.torch.save(state, subject.facts("[-1, 1]"))
    read = build.gan(subject.recipe, subject.gan.data)
    place(read, torch.device("cpu"))
    read.load_state_dict(subject.gan.own_state(), strict=False)
    read.generator.load_state_dict(safetensors.torch.load(content))
    return Written(content, Subject(subject.saved, read, read.generator, {}).original, tolerance=0.0)
