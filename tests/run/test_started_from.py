"""``gan train --from``: a new training from the networks of another run, of which nothing is changed."""

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import gancli
from gancli.build import take_networks, training
from gancli.data.budget import Budget
from gancli.errors import CheckpointError
from gancli.evaluation import validator
from gancli.recipe import Recipe
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.run_folder import RunFolder
from tests.run.evaluated import trained

Gan = Callable[..., Any]
Load = Callable[..., Recipe]
History = Callable[[Path], list[dict[str, Any]]]

NETWORKS = ("generator", "discriminator", "ema")
ADA = "augmentation={name: ada, speed: 100, target: -0.9}"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_same(one: Checkpoint, other: Checkpoint, part: str) -> None:
    tensors = other.part(part)
    assert tensors
    for name, tensor in one.part(part).items():
        assert torch.equal(tensor, tensors[name]), name


@pytest.fixture
def first(load: Load, points: str) -> Path:
    """A run of six steps."""
    return trained(load(points), "first")


def test_the_networks_are_taken_and_nothing_else(load: Load, points: str, first: Path, history: History) -> None:
    before = contents(first)
    saved = checkpoint.newest(first)
    with Run.create(load(points, "seed=5"), Path("second"), saved) as run:
        start = checkpoint.newest(run.directory)
        for part in NETWORKS:
            assert_same(saved, start, part)
        assert start.step == run.step == 0
        assert not start.part("generator_optimizer")
        for _ in run:
            pass
    last = checkpoint.newest(Path("second"))
    assert last.step == 6
    assert last.origin is not None
    assert (last.origin.file, last.origin.name, last.origin.step) == (str(saved.file), "first", 6)
    assert last.origin.sha256 == checkpoint.digest(saved.tensors)
    assert history(Path("second"))[0] == {"step": 0, "origin": f"started from {last.origin}"}
    assert contents(first) == before


def test_the_average_goes_on(load: Load, points: str, first: Path) -> None:
    saved = checkpoint.newest(first)
    for recipe, n in ((load(points), 6), (load(points, "train.ema=0"), None)):
        made = training(recipe)
        origin = take_networks(made, recipe, saved)
        assert origin.averaged == (n or 0)
    with Run.create(load(points), Path("second"), saved) as run:
        assert run.training.average is not None
        assert run.training.average.n_averaged.item() == 6
        next(iter(run))
        run.save()
    third = training(load(points))
    assert take_networks(third, load(points), checkpoint.newest(Path("second"))).averaged == 7


def test_without_an_average_it_begins_at_the_generator(load: Load, points: str) -> None:
    saved = checkpoint.newest(trained(load(points, "train.ema=0"), "plain"))
    with Run.create(load(points), Path("second"), saved) as run:
        start = checkpoint.newest(run.directory)
        for name, tensor in saved.part("generator").items():
            assert torch.equal(start.part("ema")[name], tensor)


@pytest.mark.parametrize(
    ("here", "is_taken"), [(ADA, True), ("augmentation={name: ada, p: 0.25}", False), ("augmentation=none", False)]
)
def test_what_an_augmentation_remembers_is_taken_with_its_options(
    load: Load, digits: str, here: str, is_taken: bool
) -> None:
    saved = checkpoint.newest(trained(load(digits, ADA, "train.steps=8"), "first"))
    assert saved.tensors["model.augmentation.p"] > 0
    recipe = load(digits, here)
    made = training(recipe)
    take_networks(made, recipe, saved)
    if made.gan.augmentation is not None:
        expected = saved.tensors["model.augmentation.p"].item() if is_taken else 0.25
        assert made.gan.state_dict()["augmentation.p"].item() == pytest.approx(expected)


@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_killed_it_starts_from_the_same_networks_though_their_file_has_gone(
    load: Load, points: str, first: Path, history: History, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validator, "NUM_VALIDATED", Budget(100, 100))
    recipe = load(points, "train.checkpoint_every=4", "train.evaluate_every=2")
    saved = checkpoint.newest(first)
    with Run.create(recipe, Path("whole"), saved) as run:
        for _ in run:
            pass
    run = Run.create(recipe, Path("killed"), saved)
    for _, _ in zip(range(after), run, strict=False):
        pass
    run.close()  # without a save, as if the process were killed
    shutil.rmtree(first)
    torch.manual_seed(99)  # a new process has another state of torch's own
    with Run.resume(Path("killed")) as run:
        for _ in run:
            pass
    ends = [checkpoint.newest(Path(name)) for name in ("whole", "killed")]
    assert checkpoint.digest(ends[0].tensors) == checkpoint.digest(ends[1].tensors)
    assert ends[0].origin == ends[1].origin
    assert history(Path("whole")) == history(Path("killed"))


def test_a_run_without_its_start_does_not_start_anew(load: Load, points: str, first: Path, gan: Gan) -> None:
    Run.create(load(points), Path("second"), checkpoint.newest(first)).close()
    shutil.rmtree(Path("second") / "checkpoints")
    result = gan("train", "--resume", "second")
    assert result.exit_code == 4
    assert "second: started from first/checkpoints/step-0000006.safetensors (step 6 of first" in result.stderr
    assert "its checkpoints are gone; start again with: gan train second/recipe.yaml --from" in result.stderr


@pytest.mark.parametrize(
    ("overrides", "tensor", "way_out"),
    [
        (
            ["architecture.generator_hidden=[32]"],
            "generator.network.0.weight is float32[16, 4], expected float32[32, 4]",
            "'architecture.generator_hidden=[16]'",
        ),
        (["latent.dim=7"], "generator.network.0.weight is float32[16, 4], expected float32[16, 7]", "latent.dim=4"),
        (
            ["architecture.discriminator_hidden=[16, 16]"],
            "discriminator.network.5.weight is missing",
            "'architecture.discriminator_hidden=[16]'",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_tensor_with_the_way_out(
    gan: Gan, write: Any, points: str, first: Path, overrides: list[str], tensor: str, way_out: str
) -> None:
    words = ["train", write(points), *overrides, "--from", first, "--out", "second"]
    for flags in ([], ["--dry-run"]):
        result = gan(*words, *flags)
        assert result.exit_code == 4
        assert "first/checkpoints/step-0000006.safetensors: its networks do not fit this recipe:\n" in result.stderr
        assert f"  {tensor}\n" in result.stderr
        assert result.stderr.endswith(f"to make the same networks, add {way_out}\n")
        assert not Path("second").exists()
    assert gan(*words[:3], *shlex.split(way_out), *words[3:], "--quiet").exit_code == 0


def test_another_size_of_images_is_named_with_the_way_out(load: Load, pictures: str, gan: Gan) -> None:
    trained(load(pictures), "first")
    words = ["train", "r.yaml", "dataset.size=16", "architecture.blocks=1"]
    result = gan(*words, "--from", "first")
    assert result.exit_code == 4
    assert "the data has the shape 1×28×28 there, and the shape 1×16×16 here" in result.stderr
    _, _, way_out = result.stderr.rstrip().partition("to make the same networks, add ")
    assert "dataset.size=28" in way_out.split()
    assert gan(*words, *shlex.split(way_out), "train.steps=1", "--from", "first", "--quiet").exit_code == 0


def test_other_classes_are_named(load: Load, pictures: str, picture: Any, gan: Gan) -> None:
    for name in ("cat", "dog", "eel"):
        picture(Path("others") / name / "0.png")
    trained(load(pictures), "first")
    result = gan("train", "r.yaml", "dataset.root=others", "--from", "first")
    assert result.exit_code == 4
    assert "the data has 2 classes there, and 3 classes here" in result.stderr
    assert "to make the same networks, choose data as there" in result.stderr


def test_classes_of_other_names_are_said(load: Load, pictures: str, picture: Any) -> None:
    for index in range(10):
        picture(Path("others") / ("bat" if index % 2 else "dog") / f"{index}.png", index)
    saved = checkpoint.newest(trained(load(pictures), "first"))
    with Run.create(load(pictures, "dataset.root=others"), Path("second"), saved) as run:
        assert run.notices[-1] == "the classes of the networks have other names: cat is now bat"


def test_without_a_recipe_it_is_the_checkpoints_own(gan: Gan, first: Path) -> None:
    file = RunFolder(first).checkpoint(6)
    result = gan("train", "--from", file, "optimizer.lr=1e-4", "train.steps=4")
    assert (result.exit_code, result.stdout) == (0, "runs/first\n")
    assert f"note: starts from {file} (step 6 of first, tensors " in result.stderr
    saved = checkpoint.newest(Path("runs/first"))
    assert (saved.step, saved.recipe["optimizer"]["lr"]) == (4, 1e-4)
    assert gan("train", "--from", first, "--quiet").stdout == "runs/first-2\n"
    assert gan("train", "--from", first, "--dry-run").exit_code == 0


def test_the_name_in_a_strangers_checkpoint_is_no_path(gan: Gan, first: Path) -> None:
    saved = checkpoint.newest(first)
    Checkpoint(**vars(saved) | {"name": "../../elsewhere"}).save(Path("stranger.safetensors"))
    assert gan("train", "--from", "stranger.safetensors", "--quiet").stdout == "runs/run\n"


def test_from_a_notebook(first: Path, write: Any, points: str) -> None:
    run = gancli.train("train.steps=2", start_from=first)
    assert len(list(run)) == 2
    run = gancli.train(write(points), "train.steps=3", start_from=str(first), out="second")
    assert len(list(run)) == 3
    assert checkpoint.newest(Path("second")).origin == checkpoint.newest(Path("runs/first")).origin
    with pytest.raises(CheckpointError, match="nowhere: there is no such checkpoint or run"):
        gancli.train(start_from="nowhere")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("r.yaml --from nowhere", 4, "nowhere: there is no such checkpoint or run"),
        ("r.yaml --from empty", 4, "empty: holds no checkpoints/step-….safetensors"),
        ("r.yaml --from r.yaml", 4, "r.yaml: not a checkpoint that can be loaded"),
        ("r.yaml --from first --resume first", 2, "--from and --resume exclude each other"),
        ("r.yaml --from first --out first", 2, "first: is not empty; name a new directory, or resume it with"),
        ("--from first optimizer.lrr=1", 2, "optimizer.lrr"),
        ("--from first --allow-data-change", 2, "--allow-data-change belongs to --resume"),
        (
            "--resume first/checkpoints/step-0000006.safetensors",
            2,
            "to start a new run from this file: gan train --from first/checkpoints/step-0000006.safetensors",
        ),
    ],
)
def test_refusals(gan: Gan, write: Any, points: str, first: Path, words: str, code: int, message: str) -> None:
    Path("empty").mkdir()
    write(points)
    before = contents(first)
    result = gan("train", *words.split())
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert contents(first) == before
    assert not Path("runs").exists()


def test_a_damaged_checkpoint(gan: Gan, first: Path, write: Any, points: str) -> None:
    path = RunFolder(first).checkpoint(6)
    path.write_bytes(path.read_bytes()[:-1])
    result = gan("train", write(points), "--from", first)
    assert result.exit_code == 4
    assert f"{path}: not a checkpoint that can be loaded: it is truncated" in result.stderr


def test_a_missing_package(gan: Gan, first: Path, write: Any, points: str) -> None:
    saved = checkpoint.newest(first)
    saved.plugins["gan-gone"] = "1.0"
    saved.save(Path("x.safetensors"))
    result = gan("train", write(points), "--from", "x.safetensors")
    assert result.exit_code == 6
    assert "x.safetensors: needs the package gan-gone (it was 1.0); pip install gan-gone" in result.stderr


def test_a_comparison_says_so(gan: Gan, load: Load, points: str, first: Path) -> None:
    with Run.create(load(points), Path("second"), checkpoint.newest(first)) as run:
        for _ in run:
            pass
    result = gan("compare", "second", "--metrics", "modes")
    assert result.exit_code == 0, result.output
    assert "started from first, step 6" in " ".join(result.stdout.split())
    shutil.copytree("second", "comparison/r/seed-0")
    result = gan("compare", "r.yaml", "--seeds", 1)
    assert result.exit_code == 2
    assert "comparison/r/seed-0: started from first/checkpoints" in result.stderr
