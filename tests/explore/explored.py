"""What the tests of ``gan explore`` explore: a run with several checkpoints, and a model with all kinds of options."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from gancli.explore.app import app
from gancli.explore.session import Session
from gancli.explore.worker import Worker

TOKEN, PORT = "a-token-of-the-tests", 8000
HOME = f"http://127.0.0.1:{PORT}"
TUNABLE = """
from typing import Annotated, Literal

import torch
from pydantic import Field

import gancli


class Tunable(gancli.VanillaGAN):
    def sampler(self, generator, *, gain: Annotated[float, Field(ge=0, le=2)] = 1.0, inverted: bool = False,
                mirrored: Literal["no", "left", "up"] = "no", shades: Annotated[int, Field(ge=0, le=8)] = 0,
                limit: Annotated[float, Field(gt=0)] | None = None, offsets: tuple[float, ...] = ()):
        '''A function that draws samples.

        Args:
            generator: stays as it is.
            gain: a factor of all values.
        '''
        def sample(inputs):
            images = gain * self.generate(generator, inputs) * (-1 if inverted else 1) + sum(offsets)
            images = images.flip({"no": [], "left": [3], "up": [2]}[mirrored])
            images = images if limit is None else images.clamp(-limit, limit)
            return (images * shades).round() / shades if shades else images
        return sample
"""
OPTIONS: list[tuple[str, Any]] = [
    ("gain", 0.5),
    ("inverted", True),
    ("mirrored", "left"),
    ("shades", 2),
    ("limit", 0.25),
    ("offsets", [0.1, 0.2]),
]
TUNABLE_RECIPE = """\
dataset: {name: mnist, source: embedded}
model: tunable
architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}
latent: {dim: 4}
train: {steps: 2, batch_size: 8, log_every: 1}
device: cpu
"""


def client(session: Session, **settings: Any) -> TestClient:
    """The page's server, without a socket; its paths begin with the token."""
    return TestClient(app(session, Worker(), TOKEN, PORT), base_url=f"{HOME}/{TOKEN}/", **settings)


def ask(pages: TestClient, path: str, **body: Any) -> Any:
    """The JSON of an answer; the tests want it to succeed."""
    answer = pages.post(f"api/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def pixels(content: bytes | str) -> np.ndarray:
    """The pixels of a picture, of a file's bytes or of base64."""
    raw = base64.b64decode(content) if isinstance(content, str) else content
    with Image.open(io.BytesIO(raw)) as image:
        return np.asarray(image)


def cut(answer: dict[str, Any]) -> np.ndarray:
    """The tiles of an answer, of shape (N, H, W[, 3]), as the page cuts them."""
    sheet, height, width = pixels(answer["picture"]), answer["height"], answer["width"]
    places = (divmod(index, answer["across"]) for index in range(answer["count"]))
    return np.stack([sheet[row * height :, column * width :][:height, :width] for row, column in places])


def words_of(command: str) -> list[str]:
    """The arguments of a command line that the page shows, as a shell reads them."""
    from shlex import split

    program, *words = split(command)
    assert program == "gan"
    return words


def encoded(path: Path) -> str:
    """A file as the page sends it."""
    return base64.b64encode(path.read_bytes()).decode()
