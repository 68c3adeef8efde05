"""The lines of Python that make the networks again, and load weights into them."""

from typing import Any

from torch import nn

from gancli.data import DataSpec
from gancli.export.subject import Subject
from gancli.export.use_onnx import saved
from gancli.export.use_torch import imports, inputs


def use_weights(subject: Subject, file: str) -> tuple[str, list[str]]:
    """The packages to install, and the lines."""
    component = subject.recipe.plan.architecture
    module, name = component.factory.__module__, component.factory.__qualname__
    lines = ["import torch", *["from PIL import Image"] * subject.gan.data.is_image]
    lines += ["from safetensors.torch import load_file", "", f"from {module} import {name}"]
    lines += [f"from gancli.data import {'DataSpec, Source' if subject.gan.data.source else 'DataSpec'}", ""]
    known = component.definition.options
    changed = {key: value for key, value in component.options.items() if value != known[key].default}
    options = ", ".join(f"{key}={value!r}" for key, value in changed.items())
    lines += [f"architecture = {name}({options})", *_network(subject)]
    lines += [f'generator.load_state_dict(load_file("{file}"))', "generator.eval()", *inputs(subject)]
    lines += ["with torch.no_grad():", f"    {subject.output} = {_call(subject)}"]
    packages = " ".join(["gancli", *subject.recipe.plan.third_parties()])
    return packages, [*imports(subject), *lines, *saved(subject, "(images.numpy() + 1) / 2")]


def _network(subject: Subject) -> list[str]:
    dim, classes = subject.gan.latent.dim, subject.gan.num_classes
    if not isinstance(subject.network, nn.ModuleDict):
        return [f"generator = {_made(subject.gan.data, dim, classes)}"]
    directions = {"AtoB": subject.gan.data, "BtoA": subject.gan.data.reversed()}
    lines = [f'    "{name}": {_made(data, dim, 0)},' for name, data in directions.items()]
    return ["generator = torch.nn.ModuleDict({", *lines, "})"]


def _made(data: DataSpec, *arguments: Any) -> str:
    written = [repr(data.shape)]
    written += [f"num_classes={data.num_classes}, class_names={data.class_names}"] if data.num_classes else []
    written += [f"source={data.source}"] if data.source else []
    return f"architecture.generator(DataSpec({', '.join(written)}), {', '.join(map(str, arguments))})"


def _call(subject: Subject) -> str:
    network = 'generator["AtoB"]' if isinstance(subject.network, nn.ModuleDict) else "generator"
    arguments = "x * 2 - 1" if subject.gan.translates else ", ".join(subject.inputs)
    return f"{network}({arguments})"
