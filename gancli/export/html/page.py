"""The page: the graph, its weights as text, and the scripts that compute and show."""

import base64
import html
import json
import re
from string import Template
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from gancli.errors import UsageError
from gancli.export.checking import difference
from gancli.export.html.graph import Graph, graph_of, script
from gancli.export.program import traced_one, traced_walk
from gancli.export.subject import Run, Subject, Written
from gancli.models import GAN

MAX_BYTES = 15_000_000  # of a page that is mailed
TOLERANCE = 1 / 255  # of images in [0, 1]: one grey level
ENGINE = ("ops.js", "layers.js", "noise.js", "engine.js")
TYPES = {16: np.float16, 32: np.float32}


def write(subject: Subject) -> Written:
    """The content of the file: with weights of 16 bits if they draw the same, and of 32 bits otherwise."""
    if subject.gan.translates or not subject.gan.data.is_image:
        raise UsageError(
            "the page shows pictures that are drawn from noise, and this model draws something else; "
            "--to onnx and --to torch take it"
        )
    graph = _graph(subject)
    written = _written(subject, graph, 16)
    if difference(subject, written) > TOLERANCE:
        written = _written(subject, graph, 32)
    return written


def _graph(subject: Subject) -> Graph:
    """The graph of a sample; of a sample on the way between two, if the model has a path of its own."""
    start, end = (_inputs(subject, subject.example(1, seed)) for seed in (0, 1))
    program = traced_walk(subject, start, end) if _walks(subject) else traced_one(subject, start)
    return graph_of(program.run_decompositions())


def _walks(subject: Subject) -> bool:
    return type(subject.gan).path is not GAN.path


def _written(subject: Subject, graph: Graph, bits: int) -> Written:
    content = _page(subject, graph, bits).encode()
    if len(content) > MAX_BYTES:
        raise UsageError(
            f"the page would have {len(content) / 1e6:.0f} MB, and at most {MAX_BYTES / 1e6:.0f}; use --to onnx"
        )
    return Written(content, _reader(content.decode(), subject), TOLERANCE, [f"its weights have {bits} bits each"])


def _inputs(subject: Subject, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Classes as weights, so that the page can mix them."""
    z, *y = inputs
    return (z, *(one_hot(labels, subject.gan.num_classes).float() for labels in y))


def _page(subject: Subject, graph: Graph, bits: int) -> str:
    numbers = [tensor.reshape(-1).numpy() for tensor in graph.constants]
    with np.errstate(over="ignore"):  # an infinite weight fails the check, and 32 bits are taken
        weights = np.concatenate(numbers).astype(TYPES[bits])
    gan, saved = subject.gan, subject.saved
    facts: dict[str, Any] = {
        "name": saved.name,
        "latent": {"dim": gan.latent.dim, "prior": gan.latent.prior, "scale": gan.latent.scale},
        "classes": gan.data.class_names if gan.num_classes else [],
        "walks": _walks(subject),
        "bits": bits,
        "constants": [list(tensor.shape) for tensor in graph.constants],
        "nodes": graph.nodes,
        "output": graph.output,
    }
    return Template(script("page.html")).substitute(
        title=html.escape(saved.name.replace("_", " ")),
        style=script("page.css"),
        graph=json.dumps(facts).replace("<", "\\u003c"),  # no text can end the script that it is in
        weights=base64.b64encode(weights.tobytes()).decode(),
        engine="".join(map(script, ENGINE)),
        page=script("page.js"),
        about=html.escape(_about(subject, len(weights))),
    )


def _about(subject: Subject, count: int) -> str:
    options = "".join(f", {name}={value}" for name, value in subject.options.items())
    made_by = subject.facts()["made_by"]
    return f"{subject.saved.name}, step {subject.saved.step:,}{options}: {count:,} weights. Made by {made_by} export."


def _part(page: str, name: str) -> str:
    found = re.search(rf'<script type="[\w/]+" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def _reader(page: str, subject: Subject) -> Run:
    """What the page computes, read from its text, with torch in place of the browser."""
    facts = json.loads(_part(page, "graph"))
    flat = np.frombuffer(base64.b64decode(_part(page, "weights")), TYPES[facts["bits"]]).astype(np.float32)
    shapes = [torch.Size(shape) for shape in facts["constants"]]
    parts = torch.from_numpy(flat).split([shape.numel() for shape in shapes])
    constants = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    graph = Graph(constants, facts["nodes"], facts["output"])

    def run(inputs: tuple[Tensor, ...]) -> Tensor:
        rows = zip(*(tensor.split(1) for tensor in _inputs(subject, inputs)), strict=True)
        ends = ((*row, *row, torch.zeros(1, 1)) if facts["walks"] else row for row in rows)
        return torch.cat([graph.run(*row) for row in ends])

    return run
