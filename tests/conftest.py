"""What every test stands on: an empty working folder, no network, and small things to train."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

import gancli
from gancli import recipe, registry
from gancli.cli import app
from gancli.data import FashionMNIST
from gancli.data.fashion_mnist import DEBIAN
from gancli.data.idx import has_idx
from tests import translators

hypothesis.settings.register_profile("gan", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("gan")
# A shell that starts the tests in the background has it ignored, and every training would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
torch.set_num_threads(1)  # these networks are small, and threads that wait for a busy core are slow
# The first backward pass of a process starts a thread for each device, and torch.export brings one that is not real. No
# copy of a process that has such threads can do a backward pass, and tests of reliability are made in copies.
torch.ones((), requires_grad=True).backward()

SAMPLE = Path(__file__).with_name("fashion-mnist")
POINTS = """\
dataset: ring
architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}
latent: {dim: 4}
train: {steps: 6, batch_size: 8, log_every: 1, sample_every: 1000, checkpoint_every: 1000, ema: 0.9}
device: cpu
"""
PICTURES = """\
dataset: {name: folder, root: pictures, size: 28, channels: 1, flip: true}
model: cgan
architecture: {name: dcgan, width: 2, blocks: 2, discriminator_norm: spectral}
latent: {dim: 4}
train: {steps: 6, batch_size: 8, log_every: 1, sample_every: 1000, checkpoint_every: 1000, ema: 0.9}
device: cpu
"""
DIGITS = """\
dataset: {name: mnist, source: embedded}
model: cgan
architecture: {name: mlp, generator_hidden: [16], discriminator_hidden: [16]}
latent: {dim: 4}
train: {steps: 3, batch_size: 8, log_every: 1}
device: cpu
"""


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder and data folder, no network, a plain terminal without lines of a slow machine, a seed."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("GAN_OFFLINE", "1")
    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("gancli.terminal.waiting.PLAIN_PATIENCE_SECONDS", 3600.0)
    torch.manual_seed(0)


@pytest.fixture
def gan() -> Callable[..., Any]:
    """``gan(*arguments)`` runs the command line in this process."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """``write(text)`` makes a recipe file."""

    def write_recipe(text: str | bytes, name: str = "r.yaml") -> Path:
        path = Path(name)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_recipe


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., recipe.Recipe]:
    """``load(text, *overrides)`` is the checked recipe."""
    return lambda text, *overrides: recipe.load(write(text), overrides)


@pytest.fixture
def points() -> str:
    """A recipe of a tiny GAN on the ring."""
    return POINTS


@pytest.fixture
def digits() -> str:
    """A recipe of a tiny conditional GAN on the embedded digits."""
    return DIGITS


@pytest.fixture
def picture() -> Callable[..., Path]:
    """``picture(path, seed)`` writes an image of noise."""

    def write_picture(path: Path | str, seed: int = 0, mode: str = "L", size: tuple[int, int] = (28, 28)) -> Path:
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], len(mode))
        Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8), mode).save(path)
        return path

    return write_picture


@pytest.fixture
def pictures(picture: Callable[..., Path]) -> str:
    """A recipe of a tiny conditional GAN on twenty pictures of two classes: two and a half minibatches an epoch."""
    for index in range(20):
        picture(Path("pictures") / ("cat" if index % 2 else "dog") / f"{index}.png", index)
    return PICTURES


def clothes_in(folder: Path) -> FashionMNIST:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gancli.data.fashion_mnist.DEBIAN", folder)
        return FashionMNIST()


@pytest.fixture(scope="session")
def clothes() -> FashionMNIST:
    """The sample of Fashion-MNIST that comes with the tests: 300 training and 200 test photographs."""
    return clothes_in(SAMPLE)


@pytest.fixture(scope="session")
def all_clothes() -> FashionMNIST:
    """All of Fashion-MNIST; what needs it is left out where it is not installed."""
    if not has_idx(DEBIAN):
        pytest.skip("all of Fashion-MNIST is not here, only the tests' sample: apt-get install dataset-fashion-mnist")
    return clothes_in(DEBIAN)


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a tiny conditional GAN on the embedded digits; only to be read."""
    folder = tmp_path_factory.mktemp("digits")
    (folder / "digits.yaml").write_text(DIGITS)
    result = CliRunner().invoke(app, ["train", str(folder / "digits.yaml"), "--out", str(folder / "run"), "--quiet"])
    assert result.exit_code == 0, result.output
    return folder / "run"


@pytest.fixture(scope="session")
def points_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run without labels; only to be read."""
    folder = tmp_path_factory.mktemp("points")
    (folder / "points.yaml").write_text(POINTS)
    result = CliRunner().invoke(app, ["train", str(folder / "points.yaml"), "--out", str(folder / "run"), "--quiet"])
    assert result.exit_code == 0, result.output
    return folder / "run"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """``install("gan-x", "gancli.losses", {"x": "gan_x:X"}, code)`` puts a plugin on Python's path."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def install_plugin(package: str, group: str, entries: dict[str, str], code: str = "") -> None:
        metadata = site / f"{package.replace('-', '_')}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = [f"{name} = {value}" for name, value in entries.items()]
        (metadata / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
        (site / f"{package.replace('-', '_')}.py").write_text(code)
        registry.plugins.cache_clear()

    before = set(sys.modules)
    yield install_plugin
    registry.plugins.cache_clear()
    for module in [name for name in sys.modules if name not in before and (site / f"{name}.py").exists()]:
        del sys.modules[module]  # another test's plugin may have the same name


@pytest.fixture
def translator(install: Callable[..., None], write: Callable[..., Path]) -> Callable[..., Path]:
    """``translator(*overrides)`` trains a tiny model that translates colour pictures of 16 pixels into grey ones."""
    for number, (group, entries) in enumerate(translators.PLUGINS.items()):
        code = {} if number else {"code": translators.CODE}
        install(f"gan-images{number or ''}", group, entries, **code)

    def trained(*overrides: str) -> Path:
        for _ in gancli.train(write(translators.RECIPE), *overrides, out="run"):
            pass
        return Path("run")

    return trained


@pytest.fixture
def history() -> Callable[[Path], list[dict[str, Any]]]:
    """``history(run)`` is what it logged, without the time that it took."""

    def read(run: Path) -> list[dict[str, Any]]:
        logged = map(json.loads, (run / "history.jsonl").read_text().splitlines())
        return [{key: value for key, value in line.items() if key != "seconds"} for line in logged]

    return read


@pytest.fixture
def on_terminal() -> Callable[..., tuple[int, str]]:
    """``on_terminal(*command)`` is the exit code, and what is seen where stdout and stderr are a terminal."""
    return _on_terminal


def _on_terminal(*command: str) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65536):
            seen += part
    except OSError:  # the last one to hold it has gone
        pass
    os.close(ours)
    return process.wait(), seen.decode()
