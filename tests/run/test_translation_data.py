"""A training on pairs, on domains and on edges: described, pictured, resumed to the same bits, and moved."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gancli.storage import checkpoint

Gan = Callable[..., Any]
PLUGIN = """
from torch import nn
import gancli
from gancli.architectures import Architecture

class Convolution(Architecture):
    def generator(self, data, latent_dim, num_classes=0):
        return nn.Sequential(nn.Conv2d(data.source.shape[0], data.shape[0], 3, padding=1), nn.Tanh())
    def discriminator(self, data, num_classes=0, outputs=1):
        return nn.Sequential(nn.Conv2d(data.shape[0], 2, 4, 4), nn.Flatten(), nn.LazyLinear(1), nn.Flatten(0))

class Translator(gancli.GAN):
    translates = "domains"
    def make_discriminator(self, architecture):
        import torch
        network = architecture.discriminator(self.data)
        network(torch.zeros(1, *self.data.shape))
        return network
    def discriminator_losses(self, batch):
        real, source = batch
        return self.discriminator_loss(self.discriminator, real, self.generator(source).detach())
    def generator_losses(self, batch):
        real, source = batch
        fake = self.generator(source)
        return self.generator_loss(self.discriminator, real, fake) | {"l1": (fake - real).abs().mean()}
"""
REST = """
model: translator
architecture: convolution
latent: {dim: 4}
train: {steps: 6, batch_size: 4, log_every: 1, sample_every: 1000, checkpoint_every: 3, ema: 0.9}
device: cpu
"""
DATA = {
    "side by side": "{name: pairs, root: in, size: 12, load_size: 16, flip: true}",
    "streamed": "{name: pairs, root: in, size: 12, load_size: 16, flip: true, memory_mb: 0, workers: 1}",
    "domains": "{name: domains, root: two, size: 12, load_size: 16, channels: [1, 3]}",
    "edges": "{name: edges, of: {name: folder, root: in/train, size: 16, flip: true}}",
    "classes": "{name: domains, of: {name: folder, root: two, size: 16}, classes: [trainB, other]}",
}


@pytest.fixture
def translator(install: Any) -> None:
    install("gan-translator", "gancli.models", {"translator": "gan_translator:Translator"}, PLUGIN)
    install("gan-convolution", "gancli.architectures", {"convolution": "gan_translator:Convolution"})
    for index in range(10):
        for name, width in (("in/train", 32), ("two/trainA", 16), ("two/trainB", 20), ("two/other", 16)):
            Path(name).mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(index).integers(0, 256, (16, width, 3), np.uint8)
            Image.fromarray(pixels).save(f"{name}/{index}.png")


def tensors(run: str) -> str:
    return checkpoint.digest(checkpoint.newest(Path(run)).tensors)


@pytest.mark.parametrize("name", DATA)
def test_a_resumed_training_ends_in_the_same_bits_also_with_moved_data(
    gan: Gan, write: Any, translator: None, name: str
) -> None:
    recipe = write(f"dataset: {DATA[name]}" + REST)
    assert gan("train", recipe, "--out", "whole", "--quiet").exit_code == 0
    assert gan("train", recipe, "train.steps=4", "--out", "part", "--quiet").exit_code == 0
    for folder in ("in", "two"):
        Path(folder).rename(f"moved-{folder}")
    key = "dataset.of.root" if "of" in DATA[name] else "dataset.root"
    moved = "moved-in/train" if name == "edges" else "moved-in" if "root: in" in DATA[name] else "moved-two"
    lost = gan("train", "--resume", "part", "train.steps=6")
    assert lost.exit_code == 3
    assert f"if it is elsewhere now: gan train --resume part train.steps=6 {key}=NEW" in lost.stderr
    result = gan("train", "--resume", "part", "train.steps=6", f"{key}={moved}", "--quiet")
    assert result.exit_code == 0, result.output
    assert tensors("part") == tensors("whole")
    again = gan("train", "--resume", "part", "train.steps=8", f"{key.removesuffix('.root')}.memory_mb=7", "--quiet")
    assert again.exit_code == 0, again.output


def test_the_picture_of_the_data_shows_source_and_target(gan: Gan, write: Any, translator: None) -> None:
    recipe = write("dataset: {name: edges, of: {name: folder, root: in/train, size: 16}}" + REST)
    result = gan("train", recipe, "train.steps=1", "--out", "run")
    assert "training on 10 pairs, edges → image" in result.stderr
    with Image.open("run/reals.png") as picture:
        assert picture.width > 2 * picture.height  # ten pairs, four in a row
        columns = np.array_split(np.asarray(picture.convert("RGB")).astype(int), 8, axis=1)
    is_grey = [bool((column[:, 4:-4] == column[:, 4:-4, :1]).all()) for column in columns]
    assert is_grey == [True, False] * 4  # edges are grey


def test_samples_are_translations_of_held_out_pictures_where_there_are_such(
    gan: Gan, write: Any, translator: None
) -> None:
    """Training pictures are dark, held-out ones bright."""
    for folder, value in (("train", 60), ("test", 250)):
        for path in Path("in/train").iterdir():
            Path("split", folder).mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (32, 16), (value,) * 3).save(Path("split", folder, path.name))
    recipe = write("dataset: {name: pairs, root: split, size: 16}" + REST)
    assert gan("train", recipe, "train.steps=1", "--out", "run").exit_code == 0
    for name, value, other in (("reals.png", 60, 250), ("samples/step-0000001.png", 250, 60)):
        with Image.open(Path("run", name)) as picture:
            colours = [pixel[0] for count, pixel in picture.convert("RGB").getcolors(2**16) or () if count > 200]
        assert value in colours, name
        assert other not in colours, name


def test_the_list_of_files_is_that_of_sha256sum(gan: Gan, write: Any, translator: None) -> None:
    recipe = write(f"dataset: {DATA['domains']}" + REST)
    assert gan("train", recipe, "train.steps=1", "--out", "run", "--quiet").exit_code == 0
    lines = Path("run/dataset.sha256").read_text().splitlines()
    assert len(lines) == 20
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256(Path("two", name).read_bytes()).hexdigest() == digest


def test_a_picture_that_changed_is_named(gan: Gan, write: Any, translator: None) -> None:
    recipe = write(f"dataset: {DATA['domains']}" + REST)
    assert gan("train", recipe, "--out", "run", "--quiet").exit_code == 0
    Path("two/trainA/3.png").write_bytes(Path("two/trainA/4.png").read_bytes())
    result = gan("train", "--resume", "run", "train.steps=8")
    assert result.exit_code == 3
    assert "1 changed (trainA/3.png)" in result.stderr


def test_checks_before_a_training(gan: Gan, write: Any, translator: None) -> None:
    recipe = write(f"dataset: {DATA['edges']}" + REST)
    checked = gan("recipe", "check", recipe, "dataset.of.size=24")
    assert checked.exit_code == 0, checked.output
    assert "root: in/train" in checked.stdout
    dry = gan("train", recipe, "--dry-run", "dataset.of.size=24")
    assert dry.exit_code == 0, dry.output
    assert "edges: 10 of shape 3×24×24" in dry.stdout
    refused = gan("train", recipe, "dataset.of.flip=3")
    assert (refused.exit_code, "dataset.of.flip: found 3" in refused.stderr) == (2, True)
