"""``gan project``: pictures into latents that other commands draw, and nothing of the user's is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

Gan = Callable[..., Any]
FILES = ["a.latent.safetensors", "a.png", "b.latent.safetensors", "b.png"]


@pytest.fixture
def pictures() -> Path:
    """A folder with two pictures that are not of the model's size."""
    Path("pictures").mkdir()
    for name, level in (("a", 40), ("b", 200)):
        Image.fromarray(np.full((40, 30, 3), level, np.uint8)).save(f"pictures/{name}.png")
    return Path("pictures")


@pytest.fixture
def projected(gan: Gan, digits_run: Path, pictures: Path) -> Any:
    return gan("project", digits_run, pictures, "--out", "found", "--steps", 3, "--json")


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_each_picture_has_a_picture_and_a_latent(projected: Any) -> None:
    assert projected.exit_code == 0, projected.stderr
    assert names("found") == FILES
    first, second = json.loads(projected.stdout)["pictures"]
    assert (first["path"], second["latent"]) == ("found/a.png", "found/b.latent.safetensors")
    assert list(first["scores"]) == ["projection", "best start", "nearest training picture", "other training pictures"]
    assert first["scores"]["projection"]["l1"] <= first["scores"]["best start"]["l1"]
    with Image.open("found/a.png") as picture:
        assert picture.width > 2.9 * picture.height  # target, projection, difference


def test_the_latents_are_drawn_by_other_commands(gan: Gan, projected: Any, digits_run: Path) -> None:
    ends = ("--from", "found/a.latent.safetensors", "--to", "found/b.latent.safetensors")
    done = gan("interpolate", digits_run, *ends, "--steps", 4, "--out", "way.png", "--json")
    assert (done.exit_code, json.loads(done.stdout)["images"]) == (0, 4)
    done = gan("sample", digits_run, "--latent", ends[1], "--latent", ends[3], "--out", "two", "--json")
    assert (done.exit_code, json.loads(done.stdout)["n"]) == (0, 2)
    assert gan("interpolate", digits_run, *ends[:2], "--to-seed", 4, "--loop", "--out", "x.gif").exit_code == 0


def test_nothing_is_overwritten_without_saying(gan: Gan, projected: Any, digits_run: Path, pictures: Path) -> None:
    Path("found/a.png").unlink()
    before = Path("found/a.latent.safetensors").read_bytes()
    again = gan("project", digits_run, pictures, "--out", "found", "--steps", 1)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "3 of 4 are there already" in again.stderr
    assert Path("found/a.latent.safetensors").read_bytes() == before
    assert gan("project", digits_run, pictures, "--out", "found", "--steps", 1, "--force").exit_code == 0


def test_a_bad_picture_is_named_and_the_rest_is_done(gan: Gan, digits_run: Path, pictures: Path) -> None:
    (pictures / "a.png").write_bytes(b"nothing")
    done = gan("project", digits_run, pictures, "--out", "found", "--steps", 1)
    assert done.exit_code == 3
    assert "1 of 2 pictures could not be read; 1 is projected:" in done.stderr
    assert "a.png" in done.stderr
    assert names("found") == FILES[2:]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["pictures", "--out", "x.png"], 2, "expected a folder"),
        (["nowhere.png"], 3, "there is no such file"),
        (["pictures", "--class", "cat"], 2, "the classes of this model"),
        (["pictures", "truncation=0.5"], 2, "is not a sampling option of this model"),
        (["pictures", "--out", "file/x"], 7, "file/x: leads through a file"),
    ],
)
def test_what_is_refused(gan: Gan, digits_run: Path, pictures: Path, words: list[str], code: int, message: str) -> None:
    Path("file").touch()
    refused = gan("project", digits_run, *words)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert message in refused.stderr


def test_models_without_noise_or_pictures_are_refused(
    gan: Gan, points_run: Path, translator: Callable[..., Path], pictures: Path
) -> None:
    points = gan("project", points_run, pictures)
    assert (points.exit_code, points.stdout) == (2, "")
    assert "only images can be projected" in points.stderr
    run = translator()
    translates = gan("project", run, pictures)
    assert translates.exit_code == 2
    assert f"gan translate {run}" in translates.stderr


def test_latents_of_another_model_and_other_ends_are_refused(
    gan: Gan, projected: Any, digits_run: Path, points_run: Path
) -> None:
    latent = "found/a.latent.safetensors"
    other = gan("interpolate", points_run, "--from", latent, "--out", "x.png")
    assert other.exit_code == 2
    assert "belongs to other weights: found" in other.stderr
    assert "leave out" in gan("interpolate", digits_run, "--from", latent, "--class", "3").stderr
    missing = gan("interpolate", digits_run, "--from", "no.latent.safetensors", "--out", "x.png")
    assert (missing.exit_code, missing.stderr.splitlines()[-1].endswith("wrote: there is no such file")) == (3, True)
