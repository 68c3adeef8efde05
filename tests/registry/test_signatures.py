"""The options of a component are its annotated keywords."""

from typing import Annotated, Any

import torch
from pydantic import Field

from gancli import registry

Width = Annotated[int, Field(ge=1)]


class Component:
    def __init__(self, data: int, *rest: int, width: Width, depth: int = 2, **others: Any) -> None:
        pass


def test_options_are_read_off_the_signature() -> None:
    options = registry.options(Component, supplied={"data"})
    assert list(options) == ["width", "depth"]
    assert (options["width"].required, options["depth"].required, options["depth"].default) == (True, False, 2)
    assert options["width"].annotation == Width


def test_tensors_are_no_options_of_an_optimizer() -> None:
    options = registry.options(torch.optim.Adam, supplied={"params"})
    assert options["lr"].annotation is float
    assert options["betas"].annotation == tuple[float, float]
