"""Every generator that is shipped can be taken elsewhere, and draws there what it draws here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
def test_every_architecture_can_go_elsewhere(case: Case, gan: Gan, tmp_path: Path) -> None:
    place = saved(case, tmp_path / "step-0000005.safetensors")
    for form, ending in (("torch", "pt2"), ("onnx", "onnx")):
        done = gan("export", place, "--to", form, "--out", f"x.{ending}", *case.options)
        assert (done.exit_code, done.stdout) == (0, f"x.{ending}\n"), done.stderr
