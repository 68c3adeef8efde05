"""Every generator that is shipped can be taken elsewhere, and draws there what it draws here."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gancli.export.formats import FORMATS
from gancli.recipe import listed_recipes
from gancli.storage.checkpoint import Checkpoint
from tests.export.trained import CASES, ROOT, Case, saved

Gan = Callable[..., Any]

NAMES = {"ring", "theory/dirac_r1", "paper_mnist", "mnist_cgan", "cifar10_r3gan", "fashion_biggan", "emoji_stylegan2"}
NAMES |= {"emoji_quick", "edges2emoji", "tshirt2pullover"}
ARCHITECTURES = [case for case in CASES if case.name in NAMES]  # each of them once


def test_the_cases_are_all_recipes_that_are_shipped() -> None:
    shipped = {path.stem for plugin, path in listed_recipes() if plugin.package.startswith(("gancli", "gan-"))}
    assert {Path(case.name).name for case in CASES} == shipped


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_recipe_can_be_shared(case: Case, gan: Gan, tmp_path: Path) -> None:
    place = saved(case, tmp_path / "step-0000005.safetensors")
    for form in ("sample", "weights"):
        done = gan("export", place, "--to", form, "--out", form)
        assert (done.exit_code, done.stdout) == (0, f"{form}/generator.safetensors\n"), done.stderr
    alone = Checkpoint.load(Path("sample/generator.safetensors"))
    assert {key.partition(".")[0] for key in alone.tensors} == {"ema" if alone.recipe["train"]["ema"] else "generator"}
    assert b"secret" in place.read_bytes() or ROOT not in case.changes
    assert b"secret" not in Path("sample/generator.safetensors").read_bytes()


@pytest.mark.parametrize("case", ARCHITECTURES, ids=lambda case: case.name)
def test_every_architecture_can_go_elsewhere(
    case: Case, gan: Gan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = saved(case, tmp_path / "step-0000005.safetensors")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40), np.uint8)).save("input.png")
    for form, options in (("onnx", case.options), ("torch", case.options), ("weights", ())):
        done = gan("export", place, "--to", form, "--out", form, *options)
        assert done.exit_code == 0, done.stderr
        assert done.stdout == f"{form}/generator{FORMATS[form].ending}\n"
        run_readme(Path(form), monkeypatch)
        assert_drawn(case, Path(form))


def run_readme(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the lines of Python in the README beside an export, where it lies."""
    (code,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    (folder / "input.png").write_bytes(Path("input.png").read_bytes())
    with monkeypatch.context() as here:
        here.chdir(folder)
        exec(compile(code, "README.md", "exec"), {})


def assert_drawn(case: Case, folder: Path) -> None:
    if case.data.is_image:
        with Image.open(folder / "output.png") as picture:
            assert (len(picture.getbands()), picture.height, picture.width) == case.data.shape
            assert np.asarray(picture).std() > 1
