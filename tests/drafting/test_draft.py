"""New recipes: what is proposed, that it is right, and that it trains."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from gancli import registry
from gancli.drafting import draft
from gancli.drafting.folder_facts import look_at
from gancli.drafting.proposal import proposal
from gancli.errors import DataError, RecipeError, UsageError
from gancli.json_schema import MODELINE
from gancli.recipe import load, strict_yaml

SAMPLE = Path(__file__).parents[1] / "fashion-mnist"
OFFLINE = ("mnist", "fashion-mnist", "ring", "grid", "gaussian", "stacked-mnist", "edges")
SHORT = ("train.steps=2", "train.batch_size=2", "device=cpu")

Gan = Callable[..., Any]
Picture = Callable[..., Path]


@pytest.fixture(autouse=True)
def clothes_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.data.fashion_mnist.DEBIAN", SAMPLE)


def trains(gan: Gan, *options: object) -> dict[str, Any]:
    """Write a recipe, check it, and train with it for two steps; its values."""
    made = gan("recipe", "new", "new.yaml", *options)
    assert made.exit_code == 0, made.output
    values: dict[str, Any] = yaml.safe_load(Path("new.yaml").read_text())
    narrow = ["architecture.width=8"] if "width" in values["architecture"] else []
    checked = gan("recipe", "check", "new.yaml", *narrow)
    assert checked.exit_code == 0, checked.output
    trained = gan("train", "new.yaml", *SHORT, *narrow, "--quiet")
    assert trained.exit_code == 0, trained.output
    return values


@pytest.mark.parametrize(("asked", "written"), [("mine", "mine.yaml"), ("v1.2", "v1.2.yaml"), ("mine.yml", "mine.yml")])
def test_a_new_recipe_is_a_yaml_file_and_names_itself(gan: Gan, asked: str, written: str) -> None:
    assert gan("recipe", "new", asked, "--dataset", "ring").stdout == f"{written}\n"
    assert f"  gan train {written}\n" in Path(written).read_text()
    again = gan("recipe", "new", asked, "--dataset", "ring")
    assert (again.exit_code, again.stderr) == (
        2,
        f"gan: {written}: is there already, and is not overwritten; choose another name\n",
    )


@pytest.mark.parametrize("model", registry.names("model"))
def test_every_installed_model_trains(gan: Gan, model: str) -> None:
    assert trains(gan, "--model", model)["model"]["name"] == model


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key in ("architecture", "loss") for name in registry.names(key)]
)
def test_every_architecture_and_loss_gives_a_right_recipe(key: str, name: str) -> None:
    Path("new.yaml").write_text(draft({key: name}))
    assert getattr(load("new.yaml"), key).name == name


@pytest.mark.parametrize("dataset", OFFLINE)
def test_every_dataset_that_is_here_trains(gan: Gan, dataset: str) -> None:
    assert trains(gan, "--dataset", dataset)["dataset"]["name"] == dataset


def fill(picture: Picture, names: Iterator[str], mode: str = "RGB", sizes: tuple[int, ...] = (40,)) -> Path:
    for number, name in enumerate(names):
        picture(f"images/{name}.png", number, mode, (sizes[number % len(sizes)],) * 2)
    return Path("images")


FOLDERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "colours": ({"names": [f"{n}" for n in range(12)]}, {"model": "gan", "size": 32, "channels": 3, "flip": True}),
    "grey": ({"names": [f"{n}" for n in range(12)], "mode": "L"}, {"model": "gan", "channels": 1, "flip": False}),
    "one class": ({"names": [f"cat/{n}" for n in range(6)]}, {"model": "gan"}),
    "many classes": ({"names": [f"c{n % 6}/{n}" for n in range(18)]}, {"model": "cgan"}),
    "mixed sizes": ({"names": [f"{n}" for n in range(6)], "sizes": (20, 70, 90)}, {"model": "gan", "size": 64}),
    "a single image": ({"names": ["only"], "sizes": (16,)}, {"model": "gan", "size": 32}),
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_folders_of_many_kinds_train(gan: Gan, picture: Picture, kind: str) -> None:
    files, expected = FOLDERS[kind]
    values = trains(gan, "--images", fill(picture, **files))
    assert {"model": values["model"]["name"]} | values["dataset"] == values["dataset"] | expected
    assert values["architecture"]["name"] == "compact"


def test_many_images_get_larger_networks_and_no_augmentation(
    gan: Gan, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.drafting.proposal.FEW", 10)
    values = trains(gan, "--images", fill(picture, (f"{n}" for n in range(12))))
    assert (values["architecture"]["name"], values["augmentation"]["name"]) == ("dcgan", "none")


@pytest.mark.parametrize(
    ("names", "size", "model"),
    [
        ([f"train/{n}" for n in range(4)], (64, 32), "pix2pix"),
        ([f"train{side}/{n}" for side in "AB" for n in range(4)], (32, 32), "pix2pix"),
        ([f"train{side}/{side}{n}" for side in "AB" for n in range(4)], (32, 32), "cyclegan"),
    ],
)
def test_images_to_translate_train(
    gan: Gan, picture: Picture, names: list[str], size: tuple[int, int], model: str
) -> None:
    for number, name in enumerate(names):
        picture(f"images/{name}.png", number, "RGB", size)
    assert trains(gan, "--images", "images")["model"]["name"] == model


@pytest.mark.parametrize(
    ("modes", "names", "channels"),
    [
        (("L", "RGB"), ("1", "1"), [1, 3]),
        (("RGB", "L"), ("1", "1"), [3, 1]),
        (("L", "L"), ("1", "1"), 1),
        (("L", "RGB"), ("1", "2"), 3),
        (("L", "L"), ("1", "2"), 1),
    ],
)
def test_no_side_of_a_translation_loses_its_colours(
    picture: Picture, modes: tuple[str, str], names: tuple[str, str], channels: int | list[int]
) -> None:
    for side, mode, name in zip("AB", modes, names, strict=True):
        picture(f"images/train{side}/{name}.png", 0, mode)
    assert proposal(look_at(Path("images"))).values["dataset"]["channels"] == channels


def test_images_to_translate_without_a_package_say_what_to_install(
    picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("images/train/1.png", 0, "RGB", (64, 32))
    monkeypatch.setattr("gancli.registry.names", lambda kind: ["gan", "cgan"])
    with pytest.raises(UsageError, match="pip install gan-translate"):
        draft({}, Path("images"))


def test_parts_of_a_set_are_no_classes(picture: Picture) -> None:
    picture("images/train/1.png")
    picture("images/test/1.png")
    with pytest.raises(DataError, match="parts of one dataset"):
        look_at(Path("images"))


def test_a_folder_without_images_and_one_that_is_not_there(tmp_path: Path) -> None:
    Path("empty").mkdir()
    for folder, says in (("empty", "holds no images"), ("nowhere", "there is no such folder")):
        with pytest.raises(DataError, match=says):
            draft({}, Path(folder))


def test_every_value_is_written_and_every_key_has_a_comment() -> None:
    text = draft({"loss": "wasserstein"})
    Path("w.yaml").write_text(text)
    written = strict_yaml.read(text.encode(), "w.yaml").values
    values = load("w.yaml").values()
    for ramp in (values["optimizer"]["lr"],):
        del ramp["steps"]  # as long as the training, however long that is made
    assert written == values
    assert written["penalties"][0]["name"] == "gradient-penalty"
    lines = text.splitlines()
    assert MODELINE in lines
    for before, line in pairwise(lines):
        if re.match(r"\s*(- )?\w+: .", line) and line not in ("schema: 1", "  name: none"):
            assert "  # " in line or before.lstrip().startswith("#"), line


def test_what_is_asked_for_is_taken() -> None:
    Path("x.yaml").write_text(draft({"dataset": "ring", "loss": "hinge"}))
    recipe = load("x.yaml")
    assert (recipe.dataset.name, recipe.loss.name, recipe.architecture.name) == ("ring", "hinge", "mlp")
    with pytest.raises(RecipeError, match="did you mean 'hinge'"):
        draft({"loss": "hinges"})


@pytest.mark.parametrize("command", [("new", "mine.yaml"), ("schema", "--out", "mine.yaml")])
def test_nothing_is_overwritten(gan: Gan, command: tuple[str, ...]) -> None:
    Path("mine.yaml").write_text("precious")
    refused = gan("recipe", *command)
    assert refused.exit_code == 2
    assert "choose another name" in refused.output
    assert Path("mine.yaml").read_text() == "precious"


def test_two_answers_to_one_question_are_refused(gan: Gan) -> None:
    assert gan("recipe", "new", "--dataset", "mnist", "--images", ".").exit_code == 2


@pytest.mark.parametrize("dataset", ["folder", "pairs", "domains"])
def test_a_dataset_of_own_images_asks_for_the_folder(dataset: str) -> None:
    with pytest.raises(UsageError, match="--images DIR"):
        draft({"dataset": dataset})
