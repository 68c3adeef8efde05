"""The place of data may change, the data may not. Every command that reads data takes their new place."""

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest

from gancli import recipe
from gancli.build import places
from gancli.recipe.definitions import _holds
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder
from tests.released import make

Gan = Callable[..., Any]


@pytest.fixture
def run(gan: Gan, write: Callable[..., Path], pictures: str, picture: Callable[..., Path]) -> Path:
    """A finished run on pictures without classes, which lie in ``flat``."""
    for index in range(20):
        picture(f"flat/{index}.png", index)
    write(pictures.replace("model: cgan\n", "").replace("root: pictures", "root: flat"))
    result = gan("train", "r.yaml", "--quiet")
    assert result.exit_code == 0, result.output
    return Path("runs/r")


@pytest.mark.parametrize(
    ("annotation", "is_place"),
    [
        (Path, True),
        (Path | None, True),
        (Annotated[Path, "about it"], True),
        (tuple[Path, ...], True),
        (str, False),
        (str | None, False),
        (dict[str, int], False),
    ],
)
def test_what_is_a_place(annotation: Any, is_place: bool) -> None:
    assert _holds(annotation, Path) == is_place


def test_a_relative_place_is_searched_near_the_run_and_not_everywhere_above_it(gan: Gan, run: Path) -> None:
    shutil.move("runs", "of/another/old/project/runs")
    Path("of/flat").mkdir()  # another folder of the same name, which happens to be there
    shutil.move("flat", "of/another/old/project/flat")
    place = Path("of/another/old/project").resolve()
    assert f"dataset.root={place}/flat\n" in gan("evaluate", place / "runs/r").stderr
    shutil.rmtree(place / "flat")
    assert "dataset.root=NEW\n" in gan("evaluate", place / "runs/r").stderr


def test_data_that_moved(gan: Gan, run: Path, history: Any) -> None:
    commands = [["evaluate", run], ["compare", run], ["train", "--resume", run, "train.steps=8"]]
    shutil.move("flat", "moved here")
    for command in commands:
        result = gan(*command)
        assert (result.exit_code, result.stdout) == (3, "")
        typed = " ".join(["gan", *map(str, command)])
        said = f"gan: flat: there is no such folder of images; if it is elsewhere now: {typed} dataset.root=NEW\n"
        assert result.stderr.endswith(said)
    for command in commands:
        result = gan(*command, "dataset.root=moved here")
        assert result.exit_code == 0, result.output
    assert [line["notice"] for line in history(run) if "notice" in line] == ["dataset.root: 'flat' → 'moved here'"]
    assert checkpoint.newest(run).recipe["dataset"]["root"] == "moved here"
    assert recipe.load(run / "recipe.yaml").dataset.options["root"] == "moved here"
    assert gan("evaluate", run, "--seeds", 1).exit_code == 0


@pytest.mark.parametrize("command", [["evaluate"], ["train", "--resume"], ["compare"]])
def test_another_working_directory(
    gan: Gan, run: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], tmp_path: Path
) -> None:
    """Where the data are is seen from where the run is; the command that is named works as it is."""
    root = Path.cwd() / "flat"
    Path("below").mkdir()
    monkeypatch.chdir("below")
    result = gan(*command, "../runs/r")
    assert result.exit_code == 3
    expected = f"gan {' '.join(command)} ../runs/r dataset.root={root}"
    assert result.stderr.endswith(f"if it is elsewhere now: {expected}\n")
    assert gan(*expected.split()[1:]).exit_code == 0


def test_other_data_at_the_new_place_are_refused(gan: Gan, run: Path, picture: Callable[..., Path]) -> None:
    shutil.copytree("flat", "other")
    picture("other/3.png", 333)
    resume = ["train", "--resume", run, "train.steps=8", "dataset.root=other"]
    result = gan(*resume)
    assert result.exit_code == 3
    assert "1 changed (3.png)" in result.stderr
    assert "or accept it with --allow-data-change; if it is elsewhere now: gan train --resume runs/r" in result.stderr
    assert gan(*resume, "--allow-data-change").exit_code == 0
    refused = gan("compare", run, "dataset.root=flat")
    assert refused.exit_code == 3
    assert "runs/r: was trained on data that have changed since" in refused.stderr
    assert gan("compare", run).exit_code == 0


@pytest.mark.parametrize(
    ("command", "word"),
    [
        *itertools.product(["sample", "interpolate", "evaluate", "compare"], ["train.steps=3", "dataset.size=8"]),
        ("compare", "dataset=mnist"),
        ("sample", "dataset.root"),
        ("evaluate", "dataset.root"),
    ],
)
def test_nothing_else_can_be_changed(gan: Gan, run: Path, command: str, word: str) -> None:
    result = gan(command, run, word)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"gan: found {word!r}, and a checkpoint's recipe cannot be changed here; only the place of its files can: "
        "dataset.root=PATH\n"
    )


@pytest.mark.parametrize("command", ["sample", "interpolate", "evaluate"])
def test_a_word_without_a_dot_is_an_option_of_sampling(gan: Gan, run: Path, command: str) -> None:
    result = gan(command, run, "dataset=mnist")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "gan: dataset: is not a sampling option of this model; available: no options\n"


def test_a_recipe_without_places(gan: Gan, points_run: Path) -> None:
    result = gan("sample", points_run, "dataset.root=x")
    assert result.exit_code == 2
    assert result.stderr.endswith("and its recipe names no place of files, so leave it out\n")


@pytest.mark.parametrize("command", ["sample", "interpolate"])
def test_a_sample_needs_no_data(gan: Gan, run: Path, command: str) -> None:
    shutil.rmtree("flat")
    assert gan(command, run).exit_code == 0
    assert gan(command, run, "dataset.root=anywhere").exit_code == 0


@pytest.mark.parametrize("command", [["evaluate"], ["train", "--resume"]])
def test_data_of_the_data_folder(gan: Gan, digits_run: Path, command: list[str]) -> None:
    """Fashion-MNIST and the full MNIST have no place in the recipe, and are searched for in the data folder."""
    shutil.copytree(digits_run, "run")
    path = RunFolder(Path("run")).checkpoints()[0]
    saved = checkpoint.Checkpoint.load(path)
    saved.recipe["dataset"]["source"] = "full"
    saved.save(path)
    result = gan(*command, "run")
    assert result.exit_code == 3
    assert result.stderr.endswith(f"if its files are elsewhere now: GAN_DATA_DIR=NEW gan {' '.join(command)} run\n")


@pytest.mark.parametrize("root", ["pictures", "./pictures", "pictures/", "日本 語", "caf\u00e9", "cafe\u0301", "~/x"])
def test_a_place_is_kept_as_it_was_written(load: Any, pictures: str, root: str) -> None:
    checked = load(pictures.replace("root: pictures", f"root: {json.dumps(root)}"))
    assert checked.values()["dataset"]["root"] == root
    assert load(checked.to_yaml()).values() == checked.values()
    assert checked.plan.dataset.options["root"] == Path(root)


def test_a_place_that_is_none(gan: Gan, write: Any, pictures: str) -> None:
    result = gan("recipe", "check", write(pictures.replace("root: pictures", "root: 3")))
    assert result.exit_code == 2
    assert result.stderr == "r.yaml:1:25: dataset.root: found 3, expected a valid string\n"


def test_a_default_place(install: Any, load: Any, points: str) -> None:
    code = (
        "from pathlib import Path\n"
        "from gancli.losses import NonSaturating\n"
        "class Seen(NonSaturating):\n"
        "    def __init__(self, *, weights: Path = Path('a/b'), other: Path | None = None):\n"
        "        super().__init__()\n"
        "        assert isinstance(weights, Path)\n"
    )
    install("gan-weights", "gancli.losses", {"seen": "gan_weights:Seen"}, code)
    checked = load(points + "loss: seen\n")
    assert checked.loss.options == {"weights": "a/b", "other": None}
    assert places.places(checked) == {"loss.weights": "a/b", "loss.other": None}
    assert load(checked.to_yaml()).values() == checked.values()
    assert checked.plan.loss.options == {"weights": Path("a/b"), "other": None}
    assert load(points + "loss: {name: seen, weights: x}\n").plan.loss.options["weights"] == Path("x")


def test_a_checkpoint_of_before(gan: Gan) -> None:
    make.write_pictures(Path("moved"))
    make.write_run(Path("run"))
    result = gan("train", "--resume", "run", "train.steps=45", "dataset.root=moved")
    assert result.exit_code == 0, result.output
    assert checkpoint.newest(Path("run")).recipe["dataset"]["root"] == "moved"
