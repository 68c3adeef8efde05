"""What is no file of a recipe is refused before it is read; a listed name works anywhere."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import recipe
from gancli.errors import RecipeError

LEAST = "dataset: ring\narchitecture: mlp\n"


def a_folder(path: Path) -> None:
    path.mkdir()


def a_loop_of_links(path: Path) -> None:
    path.symlink_to(path.name)


def a_link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize("make", [a_folder, os.mkfifo, a_loop_of_links, a_link_to_nowhere, a_link_to_a_device, nothing])
def test_what_is_not_a_file_is_refused_before_it_is_read(gan: Callable[..., Any], make: Callable[[Path], None]) -> None:
    make(Path("r.yaml"))
    before = sorted(Path().iterdir())
    result = gan("recipe", "check", "r.yaml")
    assert result.exit_code == 2, result.output
    assert result.output.startswith("r.yaml: ")
    with pytest.raises(RecipeError, match=r"^r\.yaml: found "):
        recipe.load("r.yaml")
    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "/", "", "~", "x/" * 3000, "nowhere/r.yaml", "-"])
def test_no_name_of_a_file_raises_anything_but_a_recipe_error(name: str) -> None:
    with pytest.raises(RecipeError):
        recipe.load(recipe.locate(name))


@pytest.mark.parametrize("stem", ["a b", "a\n", "é", "a'b", "[x]", ".hidden", "-x", "x" * 65, "a;b"])
def test_a_file_that_no_run_can_be_named_after_is_refused(stem: str) -> None:
    Path(f"{stem}.yaml").write_text(LEAST)
    with pytest.raises(RecipeError, match="named after its recipe"):
        recipe.load(f"{stem}.yaml")


@pytest.mark.parametrize("stem", ["a.b", "a-b_c", "0", "x" * 64])
def test_a_run_is_named_after_its_recipe(stem: str) -> None:
    Path(f"{stem}.yaml").write_text(LEAST)
    assert recipe.load(f"{stem}.yaml").name == stem


def test_a_link_to_a_recipe_is_a_recipe() -> None:
    Path("real.yaml").write_text(LEAST)
    Path("r.yaml").symlink_to("real.yaml")
    assert recipe.load("r.yaml").name == "r"


def test_a_listed_name_is_found_unless_a_file_of_that_name_is_there() -> None:
    assert recipe.locate("mnist_cgan").name == "mnist_cgan.yaml"
    Path("mnist_cgan").mkdir()
    assert recipe.locate("mnist_cgan").name == "mnist_cgan.yaml"
    Path("ring").write_text(LEAST)
    assert recipe.locate("ring") == Path("ring")


def test_an_unknown_name_suggests_a_listed_one() -> None:
    with pytest.raises(RecipeError, match="did you mean 'mnist_cgan'"):
        recipe.locate("mnist_cgna")
