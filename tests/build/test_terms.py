"""A recipe's penalties, regularisers and augmentation reach the model, and how often a term is due."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build
from gancli.data import DataSpec
from gancli.training.device import Average
from tests.recipe.test_terms import AUGMENTATION, REGULARISER

Install = Callable[..., None]


def test_every_is_set_on_the_term(install: Install, load: Any, points: str) -> None:
    install("gan-size", "gancli.regularisers", {"size": "gan_size:Size"}, REGULARISER)
    terms = ["penalties=[r1, {name: gradient-penalty, every: 4}]", "regularisers=[{name: size, every: 3, weight: 5}]"]
    gan = build.gan(load(points, *terms), DataSpec((2,)))
    assert {name: penalty.every for name, penalty in gan.penalties.items()} == {"r1": 1, "gradient-penalty": 4}
    size: Any = gan.regularisers["size"]
    assert (size.every, size.weight) == (3, 5.0)
    assert gan.augmentation is None


def test_an_augmentation_is_made_and_bound(install: Install, load: Any, points: str) -> None:
    install("gan-shift", "gancli.augmentations", {"shift": "gan_shift:Shift"}, AUGMENTATION)
    gan = build.gan(load(points, "augmentation={name: shift, by: 0.5}"), DataSpec((2,)))
    plain = build.gan(load(points), DataSpec((2,)))
    plain.load_state_dict(gan.state_dict())
    x = torch.randn(3, 2)
    torch.testing.assert_close(gan.discriminator(x), plain.discriminator(x + 0.5))


def test_a_lazy_term_is_logged_when_it_is_due(
    install: Install, gan: Any, write: Callable[..., Path], points: str, history: Any
) -> None:
    install("gan-size", "gancli.regularisers", {"size": "gan_size:Size"}, REGULARISER)
    terms = ["penalties=[{name: r1, every: 2}]", "regularisers=[{name: size, every: 3}]"]
    result = gan("train", write(points), *terms, "--quiet")
    assert result.exit_code == 0, result.output
    logged = {line["step"]: line for line in history(Path("runs/r")) if "discriminator" in line}
    assert [step for step, line in logged.items() if "r1" in line] == [2, 4, 6]
    assert [step for step, line in logged.items() if "size" in line] == [3, 6]


@pytest.mark.parametrize("warmup", [True, False])
def test_the_recipe_says_whether_the_average_warms_up(load: Any, points: str, warmup: bool) -> None:
    training = build.training(load(points, f"train.ema_warmup={str(warmup).lower()}", "train.ema=0.9"))
    assert isinstance(training.average, Average)
    weight, averaged = (next(network.parameters()) for network in (training.gan.generator, training.average.module))
    training.average.update_parameters(training.gan.generator)  # the first one copies
    before = weight.detach().clone()
    torch.nn.init.ones_(weight.data)
    training.average.update_parameters(training.gan.generator)
    decay = min(0.9, 2 / 11) if warmup else 0.9  # (1 + n) / (10 + n) after n = 1 updates
    torch.testing.assert_close(averaged, decay * before + (1 - decay))


@pytest.mark.parametrize("name", ["ada", "diffaugment"])
def test_an_augmentation_of_images_refuses_points_at_its_line(gan: Any, write: Any, points: str, name: str) -> None:
    result = gan("train", write(f"{points}augmentation: {name}\n"), "--dry-run")
    assert result.exit_code == 2, result.output
    assert "r.yaml:6:1: augmentation: " in result.stderr
    assert "expected 'augmentation: none' for points" in result.stderr
