"""Draw held-out images beside their translations, as docs/translation.md shows them.

python docs/make_translations.py runs/edges2emoji docs/edges2emoji.png 20 4
python docs/make_translations.py runs/tshirt2pullover docs/tshirt2pullover.png 32 4
"""

import sys
from pathlib import Path

import torch

import gancli
from gancli import build
from gancli.sampling.images import sheet, write_png
from gancli.sampling.side_by_side import rows
from gancli.storage import checkpoint


def main(run: str, out: str, n: str, across: str) -> None:
    """Write a picture of ``n`` held-out images, ``across`` of them in a row."""
    saved = checkpoint.result(Path(run), print)
    dataset = build.dataset(build.recipe_of(saved), saved.data)
    source, held_out = saved.data.source, dataset.held_out()
    assert source is not None
    assert held_out is not None
    random = torch.Generator().manual_seed(0)
    targets, sources = held_out.gather(torch.randperm(len(held_out), generator=random)[: int(n)], random)
    generator, (first, second) = gancli.load(run), source.names
    columns = {first: sources, f"{first} → {second}": generator.translate(sources).tensor, second: targets}
    if not source.paired:
        columns[f"{second} → {first}"] = generator.translate(targets, direction="BtoA").tensor
    write_png(Path(out), sheet(rows(*columns.values()), int(across) * len(columns), list(columns) * int(across)))


if __name__ == "__main__":
    main(*sys.argv[1:])
