"""Every generator that is shipped can be taken elsewhere, and draws there what it draws here."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gancli
from gancli.export.formats import FORMATS
from gancli.recipe import listed_recipes
from tests.export.trained import CASES, Case, saved

Gan = Callable[..., Any]


def test_the_cases_are_all_recipes_that_are_shipped() -> None:
    shipped = {path.stem for plugin, path in listed_recipes() if plugin.package.startswith(("gancli", "gan-"))}
    assert {Path(case.name).name for case in CASES} == shipped


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_recipe_becomes_a_program_and_weights(case: Case, gan: Gan, tmp_path: Path) -> None:
    place = saved(case, tmp_path / "step-0000005.safetensors")
    for form in ("torch", "weights", "sample"):
        options = case.options if FORMATS[form].takes_options else ()
        done = gan("export", place, "--to", form, "--out", form, *options)
        assert (done.exit_code, done.stdout) == (0, f"{form}/generator{FORMATS[form].ending}\n"), done.stderr


ONNX = {"ring", "theory/dirac_r1", "paper_mnist", "mnist_cgan", "cifar10_r3gan", "fashion_biggan", "emoji_stylegan2"}
ONNX |= {"emoji_quick", "edges2emoji", "tshirt2pullover"}  # one of every architecture


@pytest.mark.parametrize("case", [case for case in CASES if case.name in ONNX], ids=lambda case: case.name)
def test_every_architecture_becomes_a_graph_of_onnx(case: Case, gan: Gan, tmp_path: Path) -> None:
    place = saved(case, tmp_path / "step-0000005.safetensors")
    done = gan("export", place, "--to", "onnx", "--out", "x.onnx", *case.options)
    assert (done.exit_code, done.stdout) == (0, "x.onnx\n"), done.stderr
