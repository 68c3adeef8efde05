"""The game of StyleGAN2: style mixing, truncation, resume, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from typer.testing import CliRunner

import gancli
from gancli import registry
from gancli.cli import app
from gancli.sampling import draw

RECIPE = """\
dataset: {name: folder, root: pictures, size: 16, channels: 3}
model: {name: stylegan2, mixing: 0.5}
architecture: {name: stylegan2, width: 2, w_dim: 6, mapping_layers: 2}
penalties: [{name: r1, every: 2}]
regularisers: [{name: path-length, every: 2}]
latent: {dim: 4}
train: {steps: 6, batch_size: 8, log_every: 1, sample_every: 1000, checkpoint_every: 1000, ema: 0.9}
device: cpu
"""
Gan = Callable[..., Any]


def pictures(*folders: str) -> None:
    """Twenty pictures of noise, spread over some folders."""
    for index in range(20):
        path = Path("pictures", folders[index % len(folders)], f"{index}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(index).integers(0, 256, (20, 20, 3), np.uint8)
        Image.fromarray(pixels).save(path)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    torch.set_num_threads(1)


@pytest.fixture
def gan() -> Gan:
    """``gan(*arguments)`` runs the command line in this process."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def recipe() -> Path:
    pictures("")
    return written(RECIPE)


def written(text: str) -> Path:
    Path("r.yaml").write_text(text)
    return Path("r.yaml")


def tensors(run: str) -> dict[str, torch.Tensor]:
    return load_file(sorted(Path(run).glob("checkpoints/*"))[-1])


def test_a_resumed_training_ends_in_the_same_bits(gan: Gan, recipe: Path) -> None:
    assert gan("train", recipe, "--out", "whole").exit_code == 0
    assert gan("train", recipe, "train.steps=3", "--out", "parts").exit_code == 0
    assert gan("train", "--resume", "parts", "train.steps=6").exit_code == 0
    whole, parts = tensors("whole"), tensors("parts")
    assert whole.keys() == parts.keys()
    assert any(name.endswith("average") for name in whole)
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_truncation_is_an_option_of_sampling(gan: Gan, recipe: Path) -> None:
    assert gan("train", recipe, "--out", "run").exit_code == 0
    for name, options in {"all": [], "one": ["truncation=0"], "same": ["truncation=1"]}.items():
        assert gan("sample", "run", *options, "--n", 4, "--out", f"{name}.npz").exit_code == 0
    images = {name: np.load(f"{name}.npz", allow_pickle=False)["images"] for name in ("all", "one", "same")}
    assert (images["one"] == images["one"][:1]).all()
    assert (images["same"] == images["all"]).all()
    assert not (images["all"] == images["all"][:1]).all()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("architecture=dcgan", "architecture=stylegan2 has one"),
        ("dataset.size=34", "such as 64, 96×128 or 256; this dataset has 34×34"),
        ("model.mixing=2", "model.mixing"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_line(gan: Gan, recipe: Path, override: str, message: str) -> None:
    result = gan("train", recipe, override, "--out", "run")
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert not Path("run").exists()


def test_without_the_package_a_checkpoint_says_what_to_install(
    gan: Gan, recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gan("train", recipe, "train.steps=1", "--out", "run").exit_code == 0
    others = [plugin for plugin in registry.installed() if plugin.package != "gan-stylegan2"]
    monkeypatch.setattr(registry, "installed", lambda: others)
    result = gan("sample", "run")
    assert result.exit_code == 6
    assert "needs the package gan-stylegan2 " in result.stderr
    assert "pip install gan-stylegan2" in result.stderr


def test_it_plays_conditionally_under_cgan(gan: Gan) -> None:
    pictures("cat", "dog")
    text = RECIPE.replace("model: {name: stylegan2, mixing: 0.5}", "model: cgan")
    assert gan("train", written(text), "train.steps=2", "--out", "run").exit_code == 0
    assert gan("sample", "run", "--class", "cat", "--n", 2, "--out", "cats.png").exit_code == 0


def test_interpolation_goes_through_the_styles(recipe: Path) -> None:
    with gancli.train(recipe, out="run") as run:
        assert len(list(run)) == 6
    gan, z = run.training.gan, torch.randn(2, 4)
    generator: Any = gan.generator
    ((_, middle, _),) = draw.walk(gan, generator, [draw.Stop(z[0], None), draw.Stop(z[1], None)], 3)
    with draw.undisturbed(generator), torch.no_grad():
        first, last = generator.mapping(z)
        expected = generator.synthesis(((first + last) / 2)[None])[0]
    torch.testing.assert_close(middle, expected)


def test_a_sample_is_found_again_among_the_styles(gan: Gan, recipe: Path) -> None:
    assert gan("train", recipe, "--out", "run").exit_code == 0
    generator = gancli.load("run")
    target = generator.sample(1, seed=3)
    found = generator.project(target, steps=30)[0]
    assert found.latent.is_mapped
    assert found.latent.point.shape[0] == 1  # one style for all layers
    scores = found.scores
    assert scores["projection"].l1 < scores["best start"].l1
    assert torch.equal(generator.sample_latents([found.latent])[0].tensor, found.image)
    walked = torch.cat(list(generator.walk([found.latent, 3], steps=3)))
    torch.testing.assert_close(walked[0], found.image, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(walked[-1], target[0].tensor, atol=1e-5, rtol=1e-5)


def test_a_latent_keeps_its_truncation(gan: Gan, recipe: Path) -> None:
    assert gan("train", recipe, "--out", "run").exit_code == 0
    generator = gancli.load("run")
    found = generator.project(generator.sample(1, seed=3), steps=3, truncation=0.5)[0]
    assert found.latent.options == {"truncation": 0.5}
    assert torch.equal(generator.sample_latents([found.latent])[0].tensor, found.image)
    assert not torch.equal(generator.sample_latents([found.latent], truncation=1.0)[0].tensor, found.image)
    walked = next(generator.walk([found.latent, 3], steps=3))
    torch.testing.assert_close(walked[0], found.image, atol=1e-5, rtol=1e-5)
