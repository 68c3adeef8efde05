"""The table of a network's layers, on 80 columns."""

from collections.abc import Sequence

from gancli.explanation.layout import INDENT, WIDTH
from gancli.explanation.networks import Layer

HEADER = ("layer", "what it is", "output", "parameters")
LEAST_NAME = 12  # characters of a layer's name that are shown at least


def table(layers: Sequence[Layer]) -> list[str]:
    """A line for each layer, below a header; long names lose their beginning."""
    rows = [HEADER, *map(_cells, layers)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    rest = WIDTH - len(INDENT) - sum(widths[1:]) - 3 * len(INDENT)
    widths[0] = max(LEAST_NAME, min(widths[0], rest))
    return [
        INDENT.join(
            [_shortened(name, widths[0]), f"{kind:<{widths[1]}}", f"{shape:<{widths[2]}}", f"{count:>{widths[3]}}"]
        )
        for name, kind, shape, count in rows
    ]


def _cells(layer: Layer) -> tuple[str, str, str, str]:
    kind = layer.kind if layer.normalisation in ("", layer.kind) else f"{layer.kind}, {layer.normalisation}"
    shape = "" if layer.shape is None else "×".join(map(str, layer.shape)) or "1"
    return layer.name or "(itself)", kind, shape, f"{layer.parameters:,}" if layer.parameters else ""


def _shortened(name: str, width: int) -> str:
    return name.ljust(width) if len(name) <= width else f"…{name[-(width - 1) :]}"
