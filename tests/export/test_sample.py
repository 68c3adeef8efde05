"""A checkpoint to be given away: the generator alone, which draws the same bits, and nothing about its user."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import gancli
from gancli.storage.checkpoint import Checkpoint, digest
from gancli.storage.run_folder import RunFolder

Gan = Callable[..., Any]


def assert_refused(result: Any, code: int, message: str) -> None:
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def shared(gan: Gan, digits_run: Path) -> Path:
    """The export of a conditional run."""
    assert gan("export", digits_run, "--to", "sample", "--out", "shared.safetensors").stdout == "shared.safetensors\n"
    return Path("shared.safetensors")


def test_it_draws_the_same_bits(gan: Gan, digits_run: Path, shared: Path) -> None:
    run, alone = gancli.load(digits_run, device="cpu"), gancli.load(shared, device="cpu")
    assert alone.sample(70, seed=3).equal(run.sample(70, seed=3))
    assert alone.interpolate(5, label=3, to_label=8).equal(run.interpolate(5, label=3, to_label=8))
    for place, name in ((digits_run, "a.png"), (shared, "b.png")):
        assert gan("sample", place, "--digit", 3, "--n", 4, "--out", name).exit_code == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_it_holds_the_average_and_nothing_else(digits_run: Path, shared: Path) -> None:
    whole, alone = (Checkpoint.load(path) for path in (RunFolder(digits_run).checkpoints()[0], shared))
    assert alone.tensors.keys() == {key for key in whole.tensors if key.startswith("ema.")}
    assert (alone.step, alone.name, alone.data) == (whole.step, whole.name, whole.data)
    assert (alone.monitor, alone.scalars, alone.generator_only) == ({}, {}, True)
    assert shared.stat().st_size < RunFolder(digits_run).checkpoints()[0].stat().st_size / 2


def test_it_is_checked_as_any_checkpoint(gan: Gan, shared: Path) -> None:
    content = bytearray(shared.read_bytes())
    content[-5] ^= 1
    shared.write_bytes(content)
    assert_refused(gan("sample", shared), 4, "it differs from what was saved")


def test_it_can_be_explained_and_evaluated(gan: Gan, shared: Path) -> None:
    assert "generator" in gan("explain", shared).stdout
    done = gan("evaluate", shared, "--n", 100, "--seeds", 1, "--metrics", "agreement")
    assert done.exit_code == 0, done.stderr
    assert "agreement" in done.stdout


def test_it_can_be_exported_again(gan: Gan, shared: Path) -> None:
    assert gan("export", shared, "--to", "sample", "--out", "again.safetensors").exit_code == 0
    again, first = Checkpoint.load(Path("again.safetensors")), Checkpoint.load(shared)
    assert digest(again.tensors) == digest(first.tensors)
    assert replace(again, tensors={}, file=Path()) == replace(first, tensors={}, file=Path())


def test_no_training_goes_on_from_it(gan: Gan, shared: Path, digits_run: Path) -> None:
    message = (
        "holds the generator alone, as 'gan export --to sample' writes it; gan train --{} needs a whole checkpoint"
    )
    assert_refused(gan("train", "--from", shared, "--out", "new"), 4, message.format("from"))
    assert not Path("new").exists()
    assert_refused(gan("train", "--resume", shared), 2, "a run is a directory")
    folder = RunFolder(Path("run"))
    folder.checkpoint_folder.mkdir(parents=True)
    folder.recipe.write_bytes(RunFolder(digits_run).recipe.read_bytes())
    folder.checkpoint(3).write_bytes(shared.read_bytes())
    assert_refused(gan("train", "--resume", "run"), 4, message.format("resume"))


def test_it_says_nothing_of_its_users_folders(gan: Gan, pictures: str, write: Callable[..., Path]) -> None:
    secret = Path("somebody-private").resolve()
    Path("pictures").rename(secret)
    recipe = write(pictures.replace("root: pictures", f"root: {secret}"))
    for out, more in (("first", []), ("second", ["--from", secret.parent / "first"])):
        assert gan("train", recipe, "--out", out, "train.steps=1", *more).exit_code == 0
    assert b"somebody-private" in RunFolder(Path("second")).checkpoints()[0].read_bytes()
    gan("export", "second", "--to", "sample", "--out", "x.safetensors")
    content = Path("x.safetensors").read_bytes()
    assert str(secret.parent).encode() not in content
    assert b"somebody-private" not in content
    assert gancli.load("x.safetensors", device="cpu").sample(3).equal(gancli.load("second", device="cpu").sample(3))
    refused = gan("evaluate", "x.safetensors", "--n", 10, "--seeds", 1)
    assert_refused(refused, 3, "left-out-by-gan-export: there is no such folder of images; if it is elsewhere now: gan")
    assert "dataset.root=NEW" in refused.stderr
    found = gan("evaluate", "x.safetensors", f"dataset.root={secret}", "--n", 10, "--seeds", 1)
    assert found.exit_code == 0, found.stderr


def test_the_place_of_a_dataset_inside_another_is_left_out(gan: Gan, pictures: str, write: Callable[..., Path]) -> None:
    text = pictures.replace("dataset: {", "dataset: {name: edges, of: {").replace("flip: true}", "flip: true}}")
    text = text.replace("model: cgan", "model: pix2pix").replace(
        "name: dcgan, width: 2, blocks: 2", "name: unet, width: 2"
    )
    text = text.replace(", discriminator_norm: spectral", "")
    trained = gan("train", write(text), "--out", "run", "train.steps=1")
    assert trained.exit_code == 0, trained.stderr
    gan("export", "run", "--to", "sample", "--out", "x.safetensors")
    dataset = Checkpoint.load(Path("x.safetensors")).recipe["dataset"]
    assert dataset["of"]["root"] == "left-out-by-gan-export"
    picture = next(Path("pictures").rglob("*.png"))
    done = gan("translate", "x.safetensors", picture, "--out", "y.png")
    assert done.exit_code == 0, done.stderr
