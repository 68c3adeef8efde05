"""Trainings by commands: resumed to the same bits, translated in both directions, refused at the recipe's line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from typer.testing import CliRunner

import gancli
from gancli import registry
from gancli.cli import app

CODE = '''
from torch import rand_like

import gancli


class Squares(gancli.Dataset):
    """Colour images of one level each, and their grey negatives as sources, with noise."""

    fingerprint = "squares"

    def __init__(self, *, size: int = 16, channels: int = 1, paired: bool = True, workers: int = 0) -> None:
        self.workers = workers
        self.spec = gancli.DataSpec((3, size, size), source=gancli.Source((channels, size, size), paired=paired))

    def __len__(self):
        return 10

    def gather(self, indices, rng):
        x = (indices.reshape(-1, 1, 1, 1) / 5 - 1).expand(-1, *self.spec.shape)
        x = x * rand_like(x, generator=rng)
        return x, -x[:, : self.spec.source.shape[0]]
'''
PAIRS = """\
dataset: {name: squares, size: 16}
model: {name: pix2pix, l1: 10}
architecture: {name: unet, width: 2, patch_layers: 1}
optimizer: {name: adam, lr: {from: 2.0e-4, to: 0, after: 0.5}, betas: [0.5, 0.999]}
train: {steps: 6, batch_size: 4, log_every: 1, sample_every: 1000, checkpoint_every: 1000, ema: 0.9}
device: cpu
"""
DOMAINS = (
    PAIRS.replace("size: 16", "size: 16, channels: 3, paired: false")
    .replace("{name: pix2pix, l1: 10}", "{name: cyclegan, pool: 6}")
    .replace("{name: unet, width: 2", "{name: resnet, width: 2, blocks: 1")
)
Gan = Callable[..., Any]


@pytest.fixture(autouse=True)
def _squares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own, and a dataset with source images as a plugin, in every process."""
    site = tmp_path / "site"
    metadata = site / "gan_squares-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: gan-squares\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[gancli.datasets]\nsquares = gan_squares:Squares\n")
    (site / "gan_squares.py").write_text(CODE)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=":")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    torch.set_num_threads(1)
    registry.plugins.cache_clear()
    yield
    registry.plugins.cache_clear()


@pytest.fixture
def gan() -> Gan:
    """``gan(*arguments)`` runs the command line in this process."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(text: str) -> Path:
    Path("r.yaml").write_text(text)
    return Path("r.yaml")


def tensors(run: str) -> dict[str, torch.Tensor]:
    return load_file(sorted(Path(run).glob("checkpoints/*"))[-1])


@pytest.mark.parametrize("text", [PAIRS, DOMAINS], ids=["pix2pix", "cyclegan"])
def test_a_resumed_training_ends_in_the_same_bits(gan: Gan, text: str) -> None:
    recipe = written(text)
    assert gan("train", recipe, "--out", "whole").exit_code == 0
    assert gan("train", recipe, "train.steps=3", "optimizer.lr.steps=6", "--out", "parts").exit_code == 0
    assert gan("train", "--resume", "parts", "train.steps=6").exit_code == 0
    whole, parts = tensors("whole"), tensors("parts")
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    counts = {name: int(value) for name, value in whole.items() if name.endswith("count")}
    expected = {"model.pools.A.count": 6, "model.pools.B.count": 6} if text is DOMAINS else {}
    assert {name: count for name, count in counts.items() if "pools" in name} == expected


@pytest.mark.full
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("text", [PAIRS, DOMAINS], ids=["pix2pix", "cyclegan"])
def test_a_killed_training_ends_in_the_same_bits(gan: Gan, text: str, workers: int) -> None:
    changes = [f"dataset.workers={workers}", "train.batch_size=2"]
    result = gan("verify", written(text), *changes, "--kills", 2, "--steps", 24)
    assert result.exit_code == 0, result.output


def test_both_directions_of_a_cyclegan_translate(gan: Gan) -> None:
    assert gan("train", written(DOMAINS), "dataset.channels=1", "model.identity=0", "--out", "run").exit_code == 0
    generator, source = gancli.load("run"), torch.rand(2, 1, 16, 16)
    there = generator.translate(source)
    assert there.shape == (2, 3, 16, 16)
    assert torch.equal(generator.translate(source, direction="AtoB"), there)
    assert generator.translate(there, direction="BtoA").shape == (2, 1, 16, 16)
    assert generator.translate(torch.rand(1, 1, 20, 30), keep_size=True).shape == (1, 3, 20, 30)


def test_dropout_is_off_unless_noise_is_asked_for(gan: Gan) -> None:
    assert gan("train", written(PAIRS), "--out", "run").exit_code == 0
    generator, source = gancli.load("run"), torch.rand(1, 1, 16, 16)
    once, again, noisy = (generator.translate(source, noise=noise) for noise in (None, None, 1))
    assert torch.equal(once, again)
    assert not torch.equal(once, noisy)
    assert torch.equal(generator.translate(source, noise=1), noisy)


@pytest.mark.parametrize("loss", ["least-squares", "non-saturating", "wasserstein"])
@pytest.mark.parametrize("text", [PAIRS, DOMAINS], ids=["pix2pix", "cyclegan"])
def test_losses_penalties_and_augmentations_are_components(gan: Gan, text: str, loss: str) -> None:
    changes = [f"loss={loss}", "penalties=[r1]", "augmentation=ada", "train.steps=2", "train.batch_size=1"]
    result = gan("train", written(text), *changes, "--out", "run")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("text", "override", "key", "message"),
    [
        (PAIRS, "dataset.paired=false", "model", "the images of this dataset are unpaired"),
        (PAIRS, "dataset=mnist", "model", "this dataset has no source images"),
        (DOMAINS, "dataset=mnist", "model", "this dataset has no source images"),
        (DOMAINS, "dataset.channels=1", "model.identity", "found images of 1×16×16 and of 3×16×16"),
        (PAIRS, "architecture=dcgan", "architecture", "this architecture draws from noise"),
        (PAIRS, "architecture.blocks=7", "architecture.blocks", "7 are too many for 16 pixels; expected 4 at most"),
        (DOMAINS, "architecture.patch_layers=3", "architecture.patch_layers", "found 16×16; expected fewer layers"),
        (PAIRS, "model.l1=-1", "model.l1", "greater than or equal to 0"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_line(gan: Gan, text: str, override: str, key: str, message: str) -> None:
    result = gan("train", written(text), override, "--out", "run")
    words = " ".join(result.stderr.split())
    assert result.exit_code == 2
    assert f"{key}: " in words
    assert message in words
    assert not Path("run").exists()


def test_pictures_are_fitted_as_those_of_the_dataset_whose_edges_it_learned_from(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    wide = torch.arange(40.0).div(40).mul(255).byte().expand(20, 40).contiguous()  # a ramp from left to right
    for number in range(4):
        Image.fromarray(wide.numpy()).save(tmp_path / "photos" / f"{number}.png")
    for name, columns in (("stretched", slice(0, 40)), ("cropped", slice(10, 30))):
        Image.fromarray(wide[:, columns].contiguous().numpy()).resize((16, 16)).save(f"{name}.png")
    recipe = tmp_path / "edges.yaml"
    photos = "dataset: {name: edges, of: {name: folder, root: photos, size: 16, channels: 1, fit: stretch}}"
    recipe.write_text(PAIRS.replace("dataset: {name: squares, size: 16}", photos))
    for _ in gancli.train(recipe, "train.steps=1", out="run"):
        pass
    generator = gancli.load("run")
    whole, stretched, cropped = (generator.translate(path) for path in ("photos/0.png", "stretched.png", "cropped.png"))
    assert (whole - stretched).abs().max() < (whole - cropped).abs().max() / 4
