"""A generator as a list of operations on floats, with its weights: what the page computes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import torch
from torch import Tensor
from torch.export import ExportedProgram
from torch.fx import Node

from gancli.errors import UsageError

KNOWN = re.compile(r'OPS\["([\w.]+)"\] =')
NO_EFFECT = ("_assert_tensor_metadata", "_assert_scalar", "_assert_async")


@dataclass(frozen=True)
class Graph:
    """Operations on numbered values: first the inputs, then the constants, then what every node makes.

    Args:
        constants: the weights, and what is computed of them alone.
        nodes: ``op``, ``args``, in which ``{"value": number}`` is a value, ``made``, the ``shape``, and the values that
            no later node needs.
        output: the number of a value.
    """

    constants: list[Tensor]
    nodes: list[dict[str, Any]]
    output: int

    def run(self, *inputs: Tensor) -> Tensor:
        """What the page computes, with torch."""
        values = dict(enumerate((*inputs, *self.constants)))
        for node in self.nodes:
            values[node["made"]] = _call(node["op"], [_filled(part, values) for part in node["args"]])
        return values[self.output]


def _call(name: str, args: list[Any]) -> Any:
    if name == "getitem":
        return args[0][args[1]]
    if name == "aten.clone":
        return args[0].contiguous()  # arrays of the page are in C order
    if name == "aten.where.self":
        args = [args[0].bool(), *args[1:]]  # a constant is kept as 1 or 0
    _, packet, *overload = name.split(".")
    operation = getattr(getattr(torch.ops.aten, packet), overload[0] if overload else "default")
    named = list(zip(operation._schema.arguments, args, strict=False))
    keywords = {argument.name: value for argument, value in named if argument.kwarg_only}
    return operation(*(value for argument, value in named if not argument.kwarg_only), **keywords)


def _filled(part: Any, values: dict[int, Any]) -> Any:
    if isinstance(part, list):
        return [_filled(inner, values) for inner in part]
    return values[part["value"]] if isinstance(part, dict) else part


def known_operations() -> set[str]:
    """The operations that the page has."""
    return {name for file in ("ops.js", "layers.js") for name in KNOWN.findall(script(file))}


def script(file: str) -> str:
    """The text of a file of this package."""
    return resources.files("gancli.export.html").joinpath(file).read_text("utf-8")


def graph_of(program: ExportedProgram) -> Graph:
    """The graph of a program for one sample.

    Raises UsageError for an operation that the page does not have.
    """
    values, inputs = _given(program)
    made: dict[Node, int] = {node: number for number, node in enumerate(inputs)}
    left: list[Node] = []  # what depends on an input
    for node in program.graph.nodes:
        if node.op != "call_function" or any(name in str(node.target) for name in NO_EFFECT):
            continue
        if all(source in values for source in node.all_input_nodes):
            values[node] = node.target(*_valued(node.args, values), **_valued(node.kwargs, values))
        else:
            left.append(node)
    needed = {source for node in left for source in node.all_input_nodes if source in values}
    constants = [node for node in program.graph.nodes if node in needed]
    made |= {node: number for number, node in enumerate(constants, len(made))}
    made |= {node: number for number, node in enumerate(left, len(made))}
    _refuse_unknown(left)
    (output,) = next(node for node in program.graph.nodes if node.op == "output").args[0]
    if output not in made:
        raise UsageError("this generator makes the same of every input; expected one that depends on its noise")
    return Graph([_float(values[node]) for node in constants], list(_nodes(left, made, output)), made[output])


def _given(program: ExportedProgram) -> tuple[dict[Node, Any], list[Node]]:
    """The weights and buffers by their nodes, and the nodes of the inputs."""
    signature, state = program.graph_signature, {**program.state_dict, **program.constants}
    names = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
    names |= signature.inputs_to_lifted_tensor_constants
    placeholders = [node for node in program.graph.nodes if node.op == "placeholder"]
    values = {node: state[names[node.name]].detach() for node in placeholders if node.name in names}
    return values, [node for node in placeholders if node.name in signature.user_inputs]


def _valued(given: Any, values: dict[Node, Any]) -> Any:
    return torch.fx.map_arg(given, lambda node: values[node])


def _float(value: Any) -> Tensor:
    if not isinstance(value, Tensor) or not (value.is_floating_point() or value.dtype == torch.bool):
        raise UsageError("this generator computes with whole numbers, which the page cannot; --to onnx can")
    return value.float().contiguous()


def _refuse_unknown(nodes: list[Node]) -> None:
    if unknown := sorted({_name(node) for node in nodes} - known_operations()):
        raise UsageError(
            f"this generator uses {', '.join(unknown)}, which the page cannot compute; --to onnx and --to torch can"
        )


def _name(node: Node) -> str:
    return "getitem" if getattr(node.target, "__name__", "") == "getitem" else str(node.target).removesuffix(".default")


def _nodes(left: list[Node], made: dict[Node, int], output: Node) -> Iterator[dict[str, Any]]:
    for at, node in enumerate(left):
        later = {source for following in left[at + 1 :] for source in following.all_input_nodes} | {output}
        last = [made[source] for source in node.all_input_nodes if source not in later]
        shape = node.meta["val"][0].shape if isinstance(node.meta["val"], (tuple, list)) else node.meta["val"].shape
        args = [_plain(argument, made) for argument in _arguments(node)]
        yield {
            "op": _name(node),
            "args": args,
            "made": made[node],
            "shape": [int(side) for side in shape],
            "last": last,
        }


def _arguments(node: Node) -> list[Any]:
    """All arguments in the order of the operation's schema, with its defaults."""
    if not isinstance(node.target, torch._ops.OpOverload):
        return list(node.args)
    schema = node.target._schema.arguments
    rest = [node.kwargs.get(argument.name, argument.default_value) for argument in schema[len(node.args) :]]
    while rest and schema[len(node.args) + len(rest) - 1].kwarg_only and rest[-1] in (None, False):
        rest.pop()  # dtype, layout, …, which change nothing here
    return [*node.args, *rest]


def _plain(argument: Any, made: dict[Node, int]) -> Any:
    if isinstance(argument, Node):
        return {"value": made[argument]}
    if isinstance(argument, list | tuple):
        return [_plain(part, made) for part in argument]
    return argument if isinstance(argument, bool | int | float) else None  # a type or a layout, which changes nothing
