"""The recipes of the package: each plays one of its models, with the papers' schedule."""

from pathlib import Path

import gan_translate
import pytest

from gancli import recipe

RECIPES = sorted((Path(gan_translate.__file__).parent / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_it_is_valid_and_its_learning_rate_is_held_and_then_falls_to_zero(path: Path) -> None:
    checked = recipe.load(path)
    assert (checked.model.name, checked.architecture.name) in {("pix2pix", "unet"), ("cyclegan", "resnet")}
    for player in ("discriminator", "generator"):
        lr = checked.optimizer.of(player).options["lr"]
        assert (lr["to"], lr["shape"], lr["steps"]) == (0, "linear", checked.train.steps)
        assert lr["after"] > 0
