"""The lines of Python that use a program of torch.export."""

from gancli.export.subject import Subject
from gancli.export.use_onnx import N, picture, saved


def use_torch(subject: Subject, file: str) -> tuple[str, list[str]]:
    """The packages to install, and the lines."""
    lines = ["import torch", *["from PIL import Image"] * subject.gan.data.is_image, ""]
    lines += [f'generator = torch.export.load("{file}").module()', *inputs(subject)]
    lines += ["with torch.no_grad():", f"    {subject.output} = generator({', '.join(subject.inputs)})"]
    return "torch numpy pillow", [*imports(subject), *lines, *saved(subject, "images.numpy()")]


def imports(subject: Subject) -> list[str]:
    """Lines for what ``saved`` and ``inputs`` use."""
    return ["import numpy as np"] * subject.gan.data.is_image


def inputs(subject: Subject) -> list[str]:
    """Lines that make the inputs as tensors."""
    if subject.gan.translates:
        read, array = picture(subject)
        return [read, *array.replace("x = ", "array = ", 1).splitlines(), "x = torch.from_numpy(array)"]
    prior = subject.gan.latent
    shape = f"({N}, {prior.dim})"
    noise = f"torch.rand{shape} * 2 - 1" if prior.prior == "uniform" else f"torch.randn{shape}"
    noise = noise if prior.scale == 1 else f"({noise}) * {prior.scale:g}"
    classes = [f"y = torch.arange({N}) % {subject.gan.num_classes}  # the classes in turn"]
    return [f"z = {noise}", *classes * ("y" in subject.inputs)]
