"""The library as a notebook uses it: load, train and evaluate, with the words of the command line and no output."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import gancli
from gancli.errors import CheckpointError, GanError, RecipeError, RunLockedError, UsageError
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder

TRUNCATED = """
import gancli
from gancli.models.vanilla import VanillaGAN
class Truncated(VanillaGAN):
    def sampler(self, generator, *, truncation: float = 1.0, flip: bool = False):
        sign = -1 if flip else 1
        return lambda inputs: sign * self.generate(generator, gancli.Inputs(truncation * inputs.z))
"""


@pytest.fixture
def truncated(install: Any, write: Any, points: str) -> Path:
    """A run of a model with sampling options."""
    install("gan-truncated", "gancli.models", {"truncated": "gan_truncated:Truncated"}, TRUNCATED)
    for _ in gancli.train(write(points), "model=truncated", out="run"):
        pass
    return Path("run")


def test_importing_it_does_not_import_torch() -> None:
    code = "import sys, gancli; assert 'torch' not in sys.modules; gancli.load; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_three_lines_draw_what_the_command_draws(gan: Any, digits_run: Path) -> None:
    generator = gancli.load(digits_run)
    images = generator.sample(16, seed=3, labels="7")
    gan("sample", digits_run, "--n", 16, "--seed", 3, "--digit", 7, "--out", "x.npz")
    pixels = ((images.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).squeeze(1)
    assert (pixels.numpy() == np.load("x.npz")["images"]).all()
    assert generator.class_names == tuple("0123456789")
    assert (generator.step, generator.shape, generator.recipe.model.name) == (3, (1, 28, 28), "cgan")


def test_a_class_is_a_name_a_number_or_one_for_each_sample(digits_run: Path) -> None:
    generator = gancli.load(str(digits_run))
    by_name = generator.sample(3, labels="7")
    for labels in (7, [7, "7", 7], torch.tensor([7, 7, 7])):
        assert torch.equal(generator.sample(3, labels=labels), by_name)
    assert torch.equal(generator.sample(3), generator.sample(3, labels=[0, 1, 2]))
    assert not torch.equal(generator.sample(3, labels=8), by_name)


def test_an_interpolation_ends_at_the_samples(digits_run: Path) -> None:
    generator = gancli.load(digits_run)
    way = generator.interpolate(5, from_seed=1, to_seed=2, label="3")
    ends = torch.cat([generator.sample(1, seed=seed, labels=3) for seed in (1, 2)])
    torch.testing.assert_close(way[[0, -1]], ends)
    classes = generator.interpolate(2, label=3, to_label="8")
    torch.testing.assert_close(classes, generator.sample(2, seed=1, labels=[3, 8])[:1].new_tensor(classes.tolist()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"labels": "12"}, r"labels: found '12'; the classes of this model are 0, 1"),
        ({"labels": 10}, r"labels: found 10; the classes of this model are 0, 1"),
        ({"labels": [1, 2]}, r"labels: found 2, expected one, or one for each of 4 samples"),
        ({"truncation": 0.7}, r"truncation: is not a sampling option of this model; available: no options"),
    ],
)
def test_what_a_model_cannot_draw_is_refused(digits_run: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        gancli.load(digits_run).sample(4, **arguments)


def test_a_model_that_draws_does_not_translate(points_run: Path) -> None:
    generator = gancli.load(points_run)
    with pytest.raises(UsageError, match="draws from noise; it does not translate images"):
        generator.translate(torch.zeros(1, 3, 8, 8))
    with pytest.raises(UsageError, match="trained without labels, so it is unconditional"):
        generator.sample(4, labels=3)


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_no_checkpoint_is_an_error_of_the_family(place: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(CheckpointError, match=place):
        gancli.load(place)


def test_a_training_yields_losses_and_leaves_a_run(write: Any, points: str, capfd: pytest.CaptureFixture[str]) -> None:
    run = gancli.train(write(points), "train.steps=4")
    losses = [step["generator"].item() for step in run]
    assert len(losses) == run.step == 4
    assert run.directory == Path("runs/r")
    more = gancli.train("train.steps=6", resume=run.directory)  # the folder is released
    assert [more.step for _ in more] == [5, 6]
    assert gancli.load(run.directory).sample(2).shape == (2, 2)
    assert capfd.readouterr() == ("", "")


def test_a_block_that_ends_early_saves(write: Any, points: str) -> None:
    with gancli.train(write(points), out="run") as run:
        for _ in run:
            if run.step == 2:
                break
        with pytest.raises(RunLockedError, match="another process is training here"):
            gancli.train(resume="run")
    assert checkpoint.newest(Path("run")).step == 2


def test_a_block_that_ends_in_an_error_does_not_save(write: Any, points: str) -> None:
    def failed() -> None:
        with gancli.train(write(points), out="run") as run:
            for _ in run:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failed()
    assert RunFolder(Path("run")).checkpoints() == []


def test_the_errors_of_a_training_are_those_of_the_command(gan: Any, write: Any, points: str) -> None:
    path = write(points)
    for arguments in ([path, "train.stepz=3"], [path, "loss=minmax"]):
        with pytest.raises(RecipeError) as caught:
            gancli.train(*arguments)
        assert gan("train", *arguments).stderr == f"{caught.value}\n"
    with pytest.raises(UsageError, match="there is no such run"):
        gancli.train(resume="nowhere")


def test_an_evaluation_is_that_of_the_command(gan: Any, digits_run: Path) -> None:
    report = gancli.evaluate(digits_run, metrics=["coverage"], n=100, seeds=2)
    result = gan("evaluate", digits_run, "--metrics", "coverage", "--n", 100, "--seeds", 2, "--json")
    assert result.stdout == report.to_json() + "\n"
    with pytest.raises(GanError):
        gancli.evaluate(digits_run, metrics=["nonsense"])


def test_sampling_options_reach_the_model(gan: Any, truncated: Path) -> None:
    generator = gancli.load(truncated)
    plain, center = generator.sample(4), generator.sample(4, truncation=0.0)
    assert torch.allclose(center, center[:1].expand_as(center))
    assert torch.equal(generator.sample(4, truncation=1), plain)
    assert torch.equal(generator.sample(4, flip=True), -plain)
    assert gan("sample", truncated, "truncation=0.0", "flip=true", "--n", 4, "--out", "x.npz").exit_code == 0
    assert np.allclose(np.load("x.npz")["points" if "points" in np.load("x.npz") else "images"], -center.numpy())


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("truncatoin=0.7", "truncatoin: is not a sampling option of this model; did you mean 'truncation'?"),
        ("zzz=1", "zzz: is not a sampling option of this model; available: flip, truncation"),
        ("truncation=much", "truncation: found 'much', expected a valid number"),
        ("truncation=.nan", "truncation: found nan, expected a finite number"),
        ("flip=1", "flip: found 1, expected a valid boolean"),
        ("truncation", "found 'truncation'; expected OPTION=VALUE, for example truncation=0.7"),
    ],
)
def test_sampling_options_are_checked(gan: Any, truncated: Path, word: str, message: str) -> None:
    for command in ("sample", "interpolate"):
        result = gan(command, truncated, word)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr


TRANSLATOR = """
import torch
from torch import nn
import gancli
from gancli.architectures import Architecture

class Pairs(gancli.Dataset):
    spec = gancli.DataSpec((1, 8, 8), source=gancli.Source((1, 8, 8)))
    fingerprint = "pairs"
    def __len__(self): return 40
    def gather(self, indices, rng):
        x = (indices.reshape(-1, 1, 1, 1) / 20 - 1).expand(-1, 1, 8, 8).float()
        return x, -x
    def to(self, device): return self

class Convolution(Architecture):
    def generator(self, data, latent_dim, num_classes=0):
        return nn.Sequential(nn.Conv2d(data.source.shape[0], data.shape[0], 3, padding=1), nn.Tanh())
    def discriminator(self, data, num_classes=0, outputs=1):
        return nn.Sequential(nn.Flatten(), nn.Linear(64, outputs), nn.Flatten(0))

class Translator(gancli.GAN):
    translates = "pairs"
    def discriminator_losses(self, batch):
        real, source = batch
        fake = self.generate(self.generator, gancli.Inputs(x=source)).detach()
        return self.discriminator_loss(self.discriminator, real, fake)
    def generator_losses(self, batch):
        real, source = batch
        fake = self.generate(self.generator, gancli.Inputs(x=source))
        return self.generator_loss(self.discriminator, real, fake) | {"l1": (fake - real).abs().mean()}
"""
TRANSLATING = """
dataset: pairs8
model: translator
architecture: convolution
latent: {dim: 4}
train: {steps: 4, batch_size: 4, log_every: 1, sample_every: 2, ema: 0.9}
device: cpu
"""


@pytest.fixture
def translating(install: Any, write: Any) -> Path:
    """A run of a model that translates images."""
    install("gan-pairs", "gancli.datasets", {"pairs8": "gan_pairs:Pairs"}, TRANSLATOR)
    install("gan-translator", "gancli.models", {"translator": "gan_pairs:Translator"})
    install("gan-convolution", "gancli.architectures", {"convolution": "gan_pairs:Convolution"})
    for _ in gancli.train(write(TRANSLATING), out="run"):
        pass
    return Path("run")


def test_a_model_that_translates_takes_images(gan: Any, translating: Path) -> None:
    generator = gancli.load(translating)
    assert generator.translates
    images = torch.linspace(-1, 1, 3 * 64).reshape(3, 1, 8, 8)
    outputs = generator.translate(images)
    assert outputs.shape == (3, 1, 8, 8)
    torch.testing.assert_close(generator.translate(images[1:2]), outputs[1:2])
    with pytest.raises(UsageError, match=r"images: found the shape \(3, 1, 4, 8\), expected \(N, 1, 8, 8\)"):
        generator.translate(images[:, :, :4])
    for draw in (generator.sample, generator.interpolate):
        with pytest.raises(UsageError, match="this model translates images; it does not draw from noise"):
            draw(4)
    for command in ("sample", "interpolate"):
        result = gan(command, translating)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "gan translate run FOLDER --out translated\n" in result.stderr


def test_previews_of_a_translation_are_source_output_and_target(translating: Path) -> None:
    for step in (2, 4):
        with Image.open(RunFolder(translating).samples(step)) as picture:
            pixels = np.asarray(picture.convert("L")).astype(int)[100:]  # below the names
    assert pixels.shape[0] > pixels.shape[1]  # eight rows of two times three
    width = pixels.shape[1]
    left, right = pixels[:, width // 12], pixels[:, 5 * width // 12]
    inside = (left > 0) & (left < 255)
    assert abs(left[inside] + right[inside] - 255).max() <= 2  # the target is the negative of the source
