"""The generator as a program of ``torch.export``, with the options of its sampler fixed."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram
from torch.fx.node import map_aggregate
from torch.nn.utils import parametrize

from gancli.errors import UsageError, printable
from gancli.export.erfinv import erfinv
from gancli.export.subject import Subject, in_unit_range, outputs
from gancli.models import Inputs
from gancli.sampling.draw import undisturbed

SIZE = 2  # of the batch that is traced: 0 and 1 would be taken as constants
MAX_REASON = 300  # characters


def sizes(subject: Subject) -> tuple[bool, ...]:
    """Whether images have a free height and width, to be tried in this order; False for a generator of noise."""
    return (True, False) if subject.gan.translates else (False,)


def traced(subject: Subject, *, free_size: bool) -> ExportedProgram:
    """The program for a batch of any size; with ``free_size``, for images to translate of any height and width.

    Raises UsageError for a generator that cannot be exported so, with the reason.
    """
    example = subject.example(SIZE)
    sides = (0, 2, 3) if free_size else (0,)
    return _traced(subject, example, tuple(dict.fromkeys(sides, Dim.DYNAMIC) for _ in example))


def traced_one(subject: Subject, example: tuple[Tensor, ...]) -> ExportedProgram:
    """The program for an example of a single sample, in which every shape is known."""
    return _traced(subject, example, None)


def traced_walk(subject: Subject, start: tuple[Tensor, ...], end: tuple[Tensor, ...]) -> ExportedProgram:
    """The program for a sample on the model's path between two: it also takes how far along, of shape (1, 1)."""
    return _traced(subject, (*start, *end, torch.zeros(1, 1)), None, Walk)


def simplified(program: ExportedProgram, table: Mapping[Any, Callable[..., Any]]) -> ExportedProgram:
    """The program in numbers of 32 bits, without the inverse error function: ONNX and the page have nothing else.

    Args:
        table: what else is taken apart, and into what.
    """
    for node in list(program.graph.nodes):
        if "_assert_tensor_metadata" in str(node.target):  # of the type that a number had
            program.graph.erase_node(node)
        else:
            node.args = map_aggregate(node.args, _short)
            node.kwargs = map_aggregate(node.kwargs, _short)
    program.graph_module.recompile()
    return program.run_decompositions({**table, torch.ops.aten.erfinv.default: erfinv})


def _short(argument: Any) -> Any:
    return torch.float32 if argument is torch.float64 else argument


def _traced(
    subject: Subject,
    example: tuple[Tensor, ...],
    shapes: tuple[dict[int, Any], ...] | None,
    kind: "type[Program] | None" = None,
) -> ExportedProgram:
    subject.network.to(memory_format=torch.contiguous_format)  # others are no plain arrays in a file
    with undisturbed(subject.network), torch.no_grad():
        _fix_parametrizations(subject.network)
        module = (kind or MODULES[subject.inputs])(subject).eval()
        try:
            program = torch.export.export(module, example, dynamic_shapes=shapes, strict=False)
        except Exception as error:  # any of torch's own, or of the network's
            raise UsageError(_refusal(error)) from error
    if noisy := [str(node.target) for node in program.graph.nodes if _is_random(node)]:
        raise UsageError(
            f"this generator draws random numbers of its own ({noisy[0]}), which a file cannot repeat; a network's "
            "noise in evaluation mode is a saved buffer"
        )
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # it has paths of this machine
    return program


def _fix_parametrizations(network: nn.Module) -> None:
    """Replace what makes a weight, such as spectral normalisation, by the weight that it makes in evaluation mode."""
    for module in [module for module in network.modules() if parametrize.is_parametrized(module)]:
        for name in list(module.parametrizations):  # type: ignore[arg-type]  # a ModuleDict
            parametrize.remove_parametrizations(module, name, leave_parametrized=True)


class Program(nn.Module):
    """A generator whose forward takes its inputs by their names."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self._subject, self._sampler = subject, subject.sampler()
        self.generator = subject.network

    def _made(self, *inputs: Tensor) -> Tensor:
        return outputs(self._subject, self._sampler, inputs)


class Unconditional(Program):
    """G(z)."""

    def forward(self, z: Tensor) -> Tensor:
        return self._made(z)


class Conditional(Program):
    """G(z, y)."""

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self._made(z, y)


class Translating(Program):
    """G(x)."""

    def forward(self, x: Tensor) -> Tensor:
        return self._made(x)


class Walk(Program):
    """The model's own path between two inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        *ends, along = inputs
        subject, half = self._subject, len(ends) // 2
        start, end = Inputs(*ends[:half]), Inputs(*ends[half:])
        path = subject.gan.path(self.generator, start, end, **subject.options)
        return in_unit_range(subject, path(along))


MODULES: dict[tuple[str, ...], type[Program]] = {
    ("z",): Unconditional,
    ("z", "y"): Conditional,
    ("x",): Translating,
}


def _is_random(node: torch.fx.Node) -> bool:
    """Whether an operation draws random numbers; dropout draws none in evaluation mode, attention none without it."""
    target = node.target
    if not isinstance(target, torch._ops.OpOverload) or torch.Tag.nondeterministic_seeded not in target.tags:
        return False
    names = [argument.name for argument in target._schema.arguments]
    given = dict(zip(names, node.args, strict=False)) | node.kwargs
    return bool(given.get("dropout_p", 0.0)) if "dropout_p" in names else given.get("train") is not False


def _refusal(error: Exception) -> str:
    reason = printable(" ".join(str(error).split())[:MAX_REASON])
    hint = "; the size of a batch must not be a number in its graph: write x.shape[0] for len(x)"
    fixed = "specialized" in reason or "Guard failed" in reason or "Constraints violated" in reason
    return f"torch.export cannot trace this generator: {type(error).__name__}: {reason}{hint * fixed}"
