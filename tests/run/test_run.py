"""Runs: resumed ones equal whole ones, looking disturbs nothing, directories are never shared."""

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build
from gancli.errors import DataError, DivergedError, RunLockedError, UsageError
from gancli.recipe import Recipe
from gancli.run.run import Run
from gancli.sampling import draw
from gancli.storage import checkpoint

Load = Callable[..., Recipe]
History = Callable[[Path], list[dict[str, Any]]]

WGAN_GP = ["loss=wasserstein", "penalties=[gradient-penalty]", "train.k_steps=5", "train.steps=4"]
SGD = ["optimizer={name: sgd, lr: {from: 0.1, to: 0.01}, momentum: 0.9}"]
ADAMAX = ["optimizer={name: adamw, lr: 1e-3, generator: {name: adamax, lr: 2e-3}}"]


def whole(recipe: Recipe, directory: str = "whole") -> Path:
    with Run.create(recipe, Path(directory)) as run:
        for _ in run:
            pass
    return run.directory


def stopped(recipe: Recipe, after: int, directory: str = "stopped") -> Path:
    with Run.create(recipe, Path(directory)) as run:
        for _ in itertools.islice(run, after):
            pass
        run.save()
    return run.directory


def go_on(directory: Path, *overrides: str) -> Path:
    torch.manual_seed(99)  # a new process has another state of torch's own
    with Run.resume(directory, overrides) as run:
        for _ in run:
            pass
    return directory


def assert_same_state(one: Path, other: Path) -> None:
    first, second = checkpoint.newest(one), checkpoint.newest(other)
    assert first.step == second.step
    assert first.scalars == second.scalars
    assert first.tensors.keys() == second.tensors.keys()
    assert {name for name, tensor in first.tensors.items() if not torch.equal(tensor, second.tensors[name])} == set()


def weights(run: Path) -> dict[str, torch.Tensor]:
    return {
        key: tensor
        for key, tensor in checkpoint.newest(run).tensors.items()
        if key.startswith(("generator.", "disc", "ema"))
    }


@pytest.mark.parametrize(
    "overrides",
    [[], ["architecture.discriminator_norm=batch"], WGAN_GP, SGD, ADAMAX, ["train.ema=0"], ["model=gan"]],
    ids=lambda overrides: ",".join(override.partition("=")[0] + override[-8:] for override in overrides) or "cgan",
)
def test_a_resumed_run_equals_a_whole_one(load: Load, pictures: str, history: History, overrides: list[str]) -> None:
    """Twenty pictures in minibatches of eight: every stop but one is in the middle of an epoch."""
    recipe = load(pictures, *overrides)
    one = whole(recipe)
    assert len(history(one)) == recipe.train.steps
    for after in {1, 3, recipe.train.steps - 1}:
        other = go_on(stopped(recipe, after, f"stopped-{after}"))
        assert_same_state(one, other)
        assert history(one) == history(other), f"stopped after step {after}"


def test_a_run_killed_between_checkpoints_goes_on_from_the_last_and_logs_nothing_twice(
    load: Load, pictures: str, history: History
) -> None:
    recipe = load(pictures, "train.checkpoint_every=2")
    one = whole(recipe)
    with Run.create(recipe, Path("killed")) as run:
        for _ in itertools.islice(run, 3):
            pass  # no save: the process is gone
    with (run.directory / "history.jsonl").open("a") as file:
        file.write('{"step": 4, "discrim')  # torn
    other = go_on(run.directory)
    assert_same_state(one, other)
    assert history(one) == history(other)


def test_training_learns_something_from_the_seed(load: Load, points: str) -> None:
    first, again, other = (
        weights(whole(load(points, f"seed={seed}"), name)) for name, seed in zip("abc", (0, 0, 1), strict=True)
    )
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not any(torch.equal(first[key], other[key]) for key in first if key.endswith("weight"))


def test_looking_does_not_disturb(load: Load, pictures: str) -> None:
    often = whole(load(pictures, "train.sample_every=1", "train.checkpoint_every=1", "train.log_every=1"), "often")
    seldom = whole(load(pictures, "train.log_every=1000"), "seldom")
    first, second = weights(often), weights(seldom)
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert len(list((often / "samples").iterdir())) == 6
    assert len(list((seldom / "samples").iterdir())) == 1


def test_samples_of_a_lone_file_are_those_of_the_run(load: Load, pictures: str, tmp_path: Path) -> None:
    with Run.create(load(pictures), Path("run")) as run:
        for _ in run:
            pass
    game, y = run.training.gan, torch.arange(70) % 2
    expected = draw.sample(game, run.training.generator, 70, seed=3, labels=y)
    (tmp_path / "empty").mkdir()
    (file,) = (run.directory / "checkpoints").iterdir()
    lone = Path(shutil.move(file, tmp_path / "empty" / "lone.safetensors"))
    shutil.rmtree("run")
    shutil.rmtree("pictures")
    gan, generator = build.from_checkpoint(checkpoint.newest(lone), torch.device("cpu"))
    assert torch.equal(draw.sample(gan, generator, 70, seed=3, labels=y), expected)
    # It is the average that is sampled, and not the generator that was trained.
    assert not torch.equal(draw.sample(game, game.generator, 70, seed=3, labels=y), expected)


def test_the_average_forgets_at_its_decay_and_faster_at_the_beginning(load: Load, points: str) -> None:
    with Run.create(load(points, "train.ema=0.15"), Path("run")) as run:
        average = torch.empty(0)
        for n, _ in enumerate(run):
            current = next(run.training.gan.generator.parameters()).detach().clone()
            decay = min(0.15, (1 + n) / (10 + n))
            average = decay * average + (1 - decay) * current if n else current
        torch.testing.assert_close(next(run.training.generator.parameters()), average)


def test_a_finished_run_resumed_does_nothing(load: Load, points: str) -> None:
    directory = whole(load(points))
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    go_on(directory)
    assert {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()} == before


def test_a_longer_run_goes_on_with_an_override(load: Load, points: str, history: History) -> None:
    directory = go_on(whole(load(points)), "train.steps=8")
    assert [line["step"] for line in history(directory) if "generator" in line] == list(range(1, 9))


def test_a_run_tells_its_story(load: Load, points: str, history: History) -> None:
    recipe = load(points, "train.log_every=2", "train.checkpoint_every=2", "train.keep=2", "penalties=[r1]")
    directory = whole(recipe)
    assert [line["step"] for line in history(directory)] == [2, 4, 6]
    assert list(history(directory)[0]) == ["step", "discriminator", "r1", "generator"]
    kept = sorted(path.name for path in (directory / "checkpoints").iterdir())
    assert kept == ["step-0000004.safetensors", "step-0000006.safetensors"]
    assert load((directory / "recipe.yaml").read_text()).values() == recipe.values()
    seconds = [json.loads(line)["seconds"] for line in (directory / "history.jsonl").read_text().splitlines()]
    assert seconds == sorted(seconds)


def test_directories_are_numbered_and_never_shared(load: Load, points: str) -> None:
    for expected in ("runs/r", "runs/r-2", "runs/r-3"):
        with Run.create(load(points)) as run:
            assert run.directory == Path(expected)


def test_a_directory_with_something_in_it_is_refused(load: Load, points: str) -> None:
    Path("mine").mkdir()
    Path("mine/precious.txt").touch()
    with pytest.raises(UsageError, match="mine: is not empty"):
        Run.create(load(points), Path("mine"))
    assert [path.name for path in Path("mine").iterdir()] == ["precious.txt"]


def test_a_run_has_one_writer(load: Load, points: str) -> None:
    directory = stopped(load(points), 2)
    with Run.resume(directory):
        before = (directory / "history.jsonl").read_bytes()
        with pytest.raises(RunLockedError, match="another process"):
            Run.resume(directory)
        assert (directory / "history.jsonl").read_bytes() == before
    go_on(directory)  # the lock went with its owner


def test_other_data_is_refused(load: Load, pictures: str) -> None:
    directory = stopped(load(pictures), 2)
    Path("pictures/dog/14.png").unlink()
    with pytest.raises(DataError, match=r"1 removed \(dog/14.png\)"):
        Run.resume(directory)


def test_each_player_has_its_own_optimizer_settings(load: Load, points: str) -> None:
    recipe = load(
        points,
        "optimizer={name: adam, lr: 1e-3, betas: [0.5, 0.9], generator: {lr: 3e-3}}",
        "optimizer.discriminator={name: sgd, lr: 0.5}",
    )
    optimizers = build.training(recipe).optimizers
    generator, discriminator = optimizers["generator"], optimizers["discriminator"]
    assert type(generator) is torch.optim.Adam
    assert (generator.defaults["lr"], generator.defaults["betas"]) == (3e-3, (0.5, 0.9))
    assert type(discriminator) is torch.optim.SGD
    assert (discriminator.defaults["lr"], discriminator.defaults["momentum"]) == (0.5, 0)


def test_a_ramp_moves_the_number_that_the_optimizer_uses(load: Load, points: str) -> None:
    recipe = load(points, "optimizer={name: adam, lr: {from: 0.6, to: 0.0}, discriminator: {lr: 0.25}}")
    with Run.create(recipe) as run:
        used = []
        for _ in run:
            used.append(
                [run.training.optimizers[player].param_groups[0]["lr"] for player in ("generator", "discriminator")]
            )
    assert used == [[pytest.approx(lr), 0.25] for lr in (0.6, 0.5, 0.4, 0.3, 0.2, 0.1)]


def test_divergence_stops_the_run_and_names_the_step_and_the_way_out(load: Load, points: str) -> None:
    recipe = load(
        points, "loss=wasserstein", "optimizer={name: sgd, lr: 1e5}", "train.steps=50", "train.checkpoint_every=1"
    )
    with Run.create(recipe, Path("run")) as run, pytest.raises(DivergedError) as caught:
        for _ in run:
            pass
    assert str(caught.value).startswith(f"step {run.step + 1}: ")
    assert "learning rate" in str(caught.value)
    saved = checkpoint.newest(Path("run"))
    assert saved.step == run.step
    assert f"the last good checkpoint is run/checkpoints/step-{run.step:07d}" in str(caught.value)


def test_bf16_trains(load: Load, pictures: str) -> None:
    saved = checkpoint.newest(whole(load(pictures, "precision=bf16", "penalties=[r1]")))
    assert {tensor.dtype for key, tensor in saved.tensors.items() if key.endswith("weight")} == {torch.float32}
    assert all(tensor.isfinite().all() for tensor in saved.tensors.values())


def test_a_resume_lists_and_refuses_every_change_of_what_is_trained(gan: Callable[..., Any], points: str) -> None:
    Path("ring.yaml").write_text(points)
    assert gan("train", "ring.yaml", "--quiet").exit_code == 0
    refused = gan("train", "--resume", "runs/ring", "optimizer.lr=1", "train.batch_size=4", "train.steps=9")
    assert refused.exit_code == 2
    assert "optimizer.lr: 0.0002 → 1" in refused.output
    assert "train.batch_size: 8 → 4" in refused.output
    assert "train.steps" not in refused.output
    longer = gan("train", "--resume", "runs/ring", "train.steps=9", "train.log_every=3")
    assert longer.exit_code == 0
    assert "steps: 9" in Path("runs/ring/recipe.yaml").read_text()
    assert Path("runs/ring/checkpoints/step-0000009.safetensors").exists()


def test_pruning_never_removes_the_checkpoint_just_written(gan: Callable[..., Any], points: str) -> None:
    Path("ring.yaml").write_text(points)
    assert gan("train", "ring.yaml", "--quiet", "train.keep=1", "train.checkpoint_every=3").exit_code == 0
    damaged = Path("runs/ring/checkpoints/step-0000900.safetensors")
    damaged.write_bytes(b"torn")
    assert gan("train", "--resume", "runs/ring", "--quiet", "train.steps=12").exit_code == 0
    names = sorted(path.name for path in damaged.parent.glob("*.safetensors"))
    assert names == ["step-0000012.safetensors", "step-0000900.safetensors"]
