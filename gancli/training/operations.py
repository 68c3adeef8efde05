"""The operations of a step, which tell whether a graph that repeats them makes the next step as well."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

WAITS = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}  # the CPU needs a result of the device
NOT_OURS = {"torch", "contextlib", "runpy"}


class Operations(TorchDispatchMode):
    """Records, while it is entered, the operations of a step: their names, shapes, and numbers of the CPU.

    ``obstacle`` says why no graph can repeat them; it is empty if nothing was found.
    """

    def __init__(self, device: torch.device) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.obstacle = ""
        self._device = device
        self._made: list[tuple[str, str, str]] = []  # operation, arguments, line of code

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        line = _line()
        if WAITS & set(func.tags):
            self._found(f"{func} in {line} waits for the device")
        self._made.append((str(func), self._words([args, kwargs or {}], line), line))
        self._words(result, line)
        return result

    def _words(self, value: Any, line: str) -> str:
        if isinstance(value, Tensor):
            if value.device.type == self._device.type:
                return f"{value.dtype}{list(value.shape)}"
            if value.ndim == 0 and value.device.type == "cpu":
                return str(value.item())
            self._found(f"a tensor in {line} is on {value.device}")
        if isinstance(value, dict):
            return self._words(list(value.items()), line)
        if isinstance(value, list | tuple):
            return f"[{', '.join(self._words(part, line) for part in value)}]"
        return str(value)

    def _found(self, obstacle: str) -> None:
        self.obstacle = self.obstacle or obstacle


def obstacle(steps: Sequence[Operations]) -> str:
    """Why no graph can make what these steps of one kind made; empty if nothing was found."""
    if found := next((step.obstacle for step in steps if step.obstacle), ""):
        return found
    first = steps[0]._made
    for other in (step._made for step in steps[1:]):
        for one, two in zip(first, other, strict=False):
            if one != two:
                return f"{two[0]} in {two[2]} differs from step to step"
        if len(first) != len(other):
            return "the number of operations differs from step to step"
    return ""


def _line() -> str:
    """The line of code that asked for an operation: the innermost one that is not torch's."""
    frame: FrameType | None = sys._getframe(1).f_back
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in NOT_OURS:
        frame = frame.f_back
    if frame is None:  # a GPU has a thread of its own for them
        return "the backward pass"
    path = Path(frame.f_code.co_filename)
    return f"{path.parent.name}/{path.name}, line {frame.f_lineno}"
