"""The formats of an export. No torch is imported here, so that a command line is checked at once."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gancli.export.subject import Subject, Written


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Args:
        ending: of its name.
        what: it is, in words.
        takes_options: whether options of the model's sampler can be fixed in it.
        readme: whether a README is written beside it.
    """

    name: str
    ending: str
    what: str
    takes_options: bool = True
    readme: bool = True

    @property
    def write(self) -> "Callable[[Subject], Written]":
        """The function that makes the content of a file; importing it may take seconds."""
        return import_module(f"gancli.export.{self.name}").write


FORMATS = {
    form.name: form
    for form in (
        Format("sample", ".safetensors", "a checkpoint of the generator alone", takes_options=False, readme=False),
        Format("onnx", ".onnx", "a graph of ONNX"),
        Format("torch", ".pt2", "a program of torch.export"),
        Format("weights", ".safetensors", "the generator's state_dict", takes_options=False),
        Format("html", ".html", "a web page that draws or translates by itself", readme=False),
    )
}
