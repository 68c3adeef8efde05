"""The recipes of BigGAN: trained, resumed, sampled, and what they refuse."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

import gancli
from gancli import recipe, registry
from gancli.errors import PluginError, RecipeError, UsageError
from gancli.run.run import Run
from gancli.storage import checkpoint

TINY = (
    "train.batch_size=4",
    "architecture.width=2",
    "architecture.shared_dim=3",
    "device=cpu",
    "train.log_every=1",
    "train.checkpoint_every=2",
)


def tiny_run(folder: Path, *changes: str) -> Run:
    """A training by the recipe, of tiny networks on the digits that come with gan."""
    digits = "dataset={name: mnist, source: embedded}"
    return Run.create(recipe.load(recipe.locate("fashion_biggan"), [*TINY, digits, *changes]), folder)


def test_a_resumed_training_ends_in_the_same_bits(tmp_path: Path) -> None:
    with tiny_run(tmp_path / "whole", "train.steps=4") as run:
        names = {name for losses in run for name in losses}
    assert names == {"discriminator", "generator", "orthogonal"}
    with tiny_run(tmp_path / "half", "train.steps=4") as run:
        for _, _ in zip(range(2), run, strict=False):
            pass
    with Run.resume(tmp_path / "half") as run:
        assert len(list(run)) == 2
    whole, half = (checkpoint.newest(tmp_path / name).tensors for name in ("whole", "half"))
    assert whole.keys() == half.keys()
    assert any(name.endswith("._u") for name in whole)  # of the power iteration
    assert all(torch.equal(tensor, half[name]) for name, tensor in whole.items())


def test_a_checkpoint_is_sampled_with_the_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    with tiny_run(folder, "train.steps=2") as run:
        assert len(list(run)) == 2
    assert checkpoint.newest(folder).plugins == {"gan-biggan": "0.1.0"}
    generator = gancli.load(folder)
    options: dict[str, Any] = {"truncation": 0.5, "standing_statistics": 2}
    images = generator.sample(3, labels=3, **options)
    assert images.shape == (3, 1, 28, 28)
    assert not torch.equal(images, generator.sample(3, labels=3))
    assert not torch.equal(images, generator.sample(3, labels=4, **options))
    assert generator.interpolate(4, label=3, to_label=4, **options).shape == (4, 1, 28, 28)
    with pytest.raises(UsageError, match="truncation: found 0, expected"):
        generator.sample(1, truncation=0)
    installed = [plugin for plugin in registry.installed() if plugin.package != "gan-biggan"]
    monkeypatch.setattr(registry, "installed", lambda: installed)
    with pytest.raises(PluginError, match=r"needs the package gan-biggan .*; pip install gan-biggan"):
        gancli.load(folder)


def photos(folder: Path, size: int) -> str:
    """The change of a recipe that has it train on four colour pictures of two classes."""
    for index, name in enumerate("abab"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (60 * index, 9, 9)).save(folder / name / f"{index}.png")
    return f"dataset={{name: folder, root: {folder}, size: {size}}}"


def test_the_recipe_of_portraits_fits_colour_pictures_of_64_pixels(tmp_path: Path) -> None:
    changes = [*TINY, photos(tmp_path / "photos", 64), "train.steps=1", "latent.dim=10"]
    with Run.create(recipe.load(recipe.locate("emoji_biggan"), changes), tmp_path / "run") as run:
        (losses,) = list(run)
    assert torch.stack([*losses.values()]).isfinite().all()


def test_pictures_of_a_wrong_size_are_refused_at_the_recipes_line(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"biggan\.yaml:\d+:1: architecture: biggan draws images of 16 .* 12×12"):
        tiny_run(tmp_path / "run", photos(tmp_path / "photos", 12))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("latent.dim=63", r"^argument 'latent\.dim=63': latent\.dim: found 63, expected a multiple of 4"),
        ("architecture.attention=13", r"^argument '.*': architecture\.attention: found 13, expected 14 or 7"),
        ("architecture.widht=4", r"architecture\.widht: .*did you mean 'width'\?"),
        ("dataset=ring", "this dataset has no labels; model=gan trains without them"),
    ],
)
def test_a_mistake_is_shown_with_its_place(tmp_path: Path, change: str, problem: str) -> None:
    with pytest.raises(RecipeError, match=problem):
        tiny_run(tmp_path / "run", change)
