"""The page: the graph, its weights as text, and the scripts that compute and show.

A generator of noise has a page of its samples; one that translates, a page that takes a picture.
"""

import base64
import html
import json
import re
from dataclasses import dataclass
from string import Template
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from gancli.errors import UsageError
from gancli.export.checking import difference
from gancli.export.html import weights
from gancli.export.html.graph import Graph, graph_of, script
from gancli.export.program import simplified, traced_one, traced_walk
from gancli.export.subject import Run, Subject, Written
from gancli.models import GAN
from gancli.sampling.preparation import Preparation, reading

MAX_BYTES = 15_000_000  # of a page that is mailed
TOLERANCES = {
    16: 1 / 255,
    32: 1 / 255,
    8: 16 / 255,
}  # of images in [0, 1], by the bits of a weight: so many grey levels


@dataclass(frozen=True)
class Kind:
    """A kind of page: the file of its body and its script, and the scripts that compute."""

    name: str
    engine: tuple[str, ...]


DRAWING = Kind("drawing", ("ops.js", "layers.js", "noise.js", "engine.js"))
TRANSLATING = Kind("translating", ("ops.js", "layers.js", "prepare.js", "engine.js"))


def write(subject: Subject) -> Written:
    """The content of the file: with weights of 16 bits if they draw the same, and of 32 bits otherwise.

    Weights of 8 bits are for a page that would be too large to be mailed.
    """
    if not subject.gan.data.is_image:
        raise UsageError("the page shows pictures, and this model draws points; --to onnx and --to torch take it")
    graph = _graph(subject)
    for bits in (16, 32, 8):
        content = _page(subject, graph, bits).encode()
        if len(content) > MAX_BYTES:
            continue
        written = Written(content, _reader(content.decode(), subject), TOLERANCES[bits], [_remark(bits)])
        if bits == 8 or difference(subject, written) <= written.tolerance:
            return written
    size, most = len(content) / 1e6, MAX_BYTES / 1e6
    raise UsageError(f"the page would have {size:.0f} MB, and at most {most:.0f}; use --to onnx")


def _remark(bits: int) -> str:
    short = "; more would make the page too large to mail, and its pictures differ a little" * (bits == 8)
    return f"its weights have {bits} bits each{short}"


def _graph(subject: Subject) -> Graph:
    """The graph of a sample; of a sample on the way between two, if the model has a path of its own."""
    start, end = (_inputs(subject, subject.example(1, seed)) for seed in (0, 1))
    program = traced_walk(subject, start, end) if _walks(subject) else traced_one(subject, start)
    taken_apart = torch.export.default_decompositions()
    taken_apart.pop(torch.ops.aten.reflection_pad2d.default)  # into indices, which the page does not have
    return graph_of(simplified(program, taken_apart))


def _walks(subject: Subject) -> bool:
    return not subject.gan.translates and type(subject.gan).path is not GAN.path


def _inputs(subject: Subject, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Classes as weights, so that the page can mix them."""
    z, *y = inputs  # or a picture
    return (z, *(one_hot(labels, subject.gan.num_classes).float() for labels in y))


def _page(subject: Subject, graph: Graph, bits: int) -> str:
    kind = TRANSLATING if subject.gan.translates else DRAWING
    facts = {
        "name": subject.saved.name,
        **(_source(subject) if subject.gan.translates else _noise(subject)),
        "bits": bits,
        "constants": [list(tensor.shape) for tensor in graph.constants],
        "nodes": graph.nodes,
        "output": graph.output,
    }
    return Template(script("page.html")).substitute(
        title=html.escape(subject.saved.name.replace("_", " ")),
        style=script("page.css"),
        body=script(f"{kind.name}.html"),
        graph=json.dumps(facts).replace("<", "\\u003c"),  # no text can end the script that it is in
        weights=base64.b64encode(weights.packed(graph.constants, bits)).decode(),
        engine="".join(map(script, kind.engine)),
        page="".join(map(script, ("client.js", f"{kind.name}.js"))),
        about=html.escape(_about(subject, sum(tensor.numel() for tensor in graph.constants))),
    )


def _noise(subject: Subject) -> dict[str, Any]:
    gan = subject.gan
    return {
        "latent": {"dim": gan.latent.dim, "prior": gan.latent.prior, "scale": gan.latent.scale},
        "classes": gan.data.class_names if gan.num_classes else [],
        "walks": _walks(subject),
    }


def _source(subject: Subject) -> dict[str, Any]:
    source = subject.source
    prepare = Preparation.of(source.shape, reading(subject.recipe.dataset.options))
    return {"source": {"shape": source.shape, "fit": prepare.fit, "names": source.names}}


def _about(subject: Subject, count: int) -> str:
    options = "".join(f", {name}={value}" for name, value in subject.options.items())
    made_by = subject.facts()["made_by"]
    return f"{subject.saved.name}, step {subject.saved.step:,}{options}: {count:,} weights. Made by {made_by}."


def _part(page: str, name: str) -> str:
    found = re.search(rf'<script type="[\w/]+" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def _reader(page: str, subject: Subject) -> Run:
    """What the page computes, read from its text, with torch in place of the browser."""
    facts = json.loads(_part(page, "graph"))
    shapes = [torch.Size(shape) for shape in facts["constants"]]
    constants = weights.unpacked(base64.b64decode(_part(page, "weights")), shapes, facts["bits"])
    graph = Graph(constants, facts["nodes"], facts["output"])

    def run(inputs: tuple[Tensor, ...]) -> Tensor:
        rows = zip(*(tensor.split(1) for tensor in _inputs(subject, inputs)), strict=True)
        ends = ((*row, *row, torch.zeros(1, 1)) if facts.get("walks") else row for row in rows)
        return torch.cat([graph.run(*row) for row in ends])

    return run
