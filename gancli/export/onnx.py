"""A graph of ONNX, made by torch's exporter of programs."""

import re
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from gancli.errors import UsageError, printable
from gancli.export.program import simplified, sizes, traced
from gancli.export.subject import Subject, Written

OPSET = 20  # of 2023; onnxruntime reads it since 1.17
TOLERANCE = 1e-3  # of images in [0, 1]: a quarter of a grey level. Kernels differ, and InstanceNorm enlarges that


def write(subject: Subject) -> Written:
    """The content of the file; onnxruntime runs it on the CPU for the check."""
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

    graph, free_size = _graph(subject)
    facts = {"opset": str(OPSET)}
    _describe(graph, subject.facts() | facts)
    content = graph.SerializeToString()
    session = InferenceSession(content, providers=["CPUExecutionProvider"])

    def run(inputs: tuple[Tensor, ...]) -> Tensor:
        arrays = (tensor.numpy() for tensor in inputs)
        return torch.from_numpy(session.run(None, dict(zip(subject.inputs, arrays, strict=True)))[0])

    return Written(content, run, TOLERANCE, free_size=free_size, facts=facts)


def _graph(subject: Subject) -> tuple[Any, bool]:
    """The graph, and whether images to translate have any size."""
    *free, last = sizes(subject)
    for free_size in free:
        with suppress(UsageError):  # a network that is made for one size, or ONNX's transposed convolution
            return _converted(subject, free_size=free_size), free_size
    return _converted(subject, free_size=last), last


def _converted(subject: Subject, *, free_size: bool) -> Any:
    program = simplified(traced(subject, free_size=free_size), {})
    names: dict[str, Any] = {"input_names": subject.inputs, "output_names": [subject.output]}
    try:
        made = torch.onnx.export(program, dynamo=True, opset_version=OPSET, verbose=False, **names)
    except torch.onnx.errors.OnnxExporterError as error:
        raise UsageError(f"this generator cannot be a graph of ONNX: {_reason(error)}") from error
    assert made is not None
    return made.model_proto


def _describe(graph: Any, facts: dict[str, str]) -> None:
    """Give the graph its facts, and names to the free sides; take away what has paths of this machine."""
    for node in graph.graph.node:
        node.ClearField("metadata_props")
        node.doc_string = ""
    for value in (*graph.graph.input, *graph.graph.output):
        for side, name in zip(value.type.tensor_type.shape.dim, ("batch", "channels", "height", "width"), strict=False):
            if side.dim_param:
                side.dim_param = name
    for key, text in facts.items():
        graph.metadata_props.add(key=key, value=text)


def _reason(error: BaseException) -> str:
    """The first line of the exception that has one: the exporter's own goes over many, with colours."""
    causes = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    found = re.search(r"No ONNX function found for <OpOverload\(op='([\w.]+)'", str(error))
    if found:
        return f"ONNX has no operator for {found[1]}"
    return printable(f"{type(causes[-1]).__name__}: {' '.join(str(causes[-1]).split())[:300]}")
