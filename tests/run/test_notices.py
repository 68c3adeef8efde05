"""Notes before a training: few images without an augmentation."""

from collections.abc import Callable

import pytest
import torch

from gancli import build
from gancli.recipe import Recipe
from gancli.run.notices import first_notices

Load = Callable[..., Recipe]
SAID = (
    "20 images are few, and in a long training the discriminator memorises them; if samples get "
    "worse or are copies, add to the command: "
)


def said(load: Load, text: str, *overrides: str) -> list[str]:
    recipe = load(text, *overrides)
    return first_notices(recipe, build.training(recipe))


def test_few_images_are_said_with_what_to_type(load: Load, pictures: str) -> None:
    (notice,) = said(load, pictures)
    assert notice.startswith(SAID)
    command = notice.rpartition(": ")[2]
    assert command == "augmentation=diffaugment"
    assert said(load, pictures, command) == []
    assert said(load, pictures, "augmentation=ada") == []


@pytest.mark.parametrize("change", ["augmentation=none", "augmentation=ada"])
def test_so_few_images_that_no_augmentation_helps_are_said(load: Load, pictures: str, change: str) -> None:
    recipe = load(pictures, change)
    training = build.training(recipe)
    for number, said in ((1, "1 image is too few"), (19, "19 images are too few")):
        training.dataset.images = torch.zeros(number, 1, 28, 28, dtype=torch.uint8)
        (notice,) = first_notices(recipe, training)
        assert notice.startswith(said)


def test_points_and_many_images_are_not_remarked_on(
    load: Load, points: str, pictures: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(load, points) == []
    recipe = load(pictures)
    training = build.training(recipe)
    training.dataset.images = torch.zeros(1000, 1, 28, 28, dtype=torch.uint8)
    assert first_notices(recipe, training) == []
    training.dataset.images = training.dataset.images[1:]
    assert first_notices(recipe, training)[0].startswith("999 images are few")
