"""A program of torch.export, in a file that ``torch.export.load`` reads."""

import io
import json
from contextlib import suppress

import torch
from torch import Tensor
from torch.export import ExportedProgram

from gancli.errors import UsageError
from gancli.export.program import sizes, traced
from gancli.export.subject import Subject, Written

TOLERANCE = 1e-4  # of images in [0, 1]; a grey level is 4e-3


def write(subject: Subject) -> Written:
    """The content of the file."""
    program, free_size = _program(subject)
    program.example_inputs = None  # they would be in the file
    content = io.BytesIO()
    torch.export.save(program, content, extra_files={"gan.json": json.dumps(subject.facts(), ensure_ascii=False)})
    content.seek(0)
    module = torch.export.load(content).module()

    @torch.no_grad()
    def run(inputs: tuple[Tensor, ...]) -> Tensor:
        return module(*inputs)

    return Written(content.getvalue(), run, TOLERANCE, free_size=free_size)


def _program(subject: Subject) -> tuple[ExportedProgram, bool]:
    """The program, and whether images to translate have any size."""
    *free, last = sizes(subject)
    for free_size in free:
        with suppress(UsageError):  # a network that is made for one size
            return traced(subject, free_size=free_size), free_size
    return traced(subject, free_size=last), last
