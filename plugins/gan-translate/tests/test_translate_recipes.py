"""The recipes of the package: each plays one of its models, with the papers' learning rate."""

from pathlib import Path

import gan_translate
import pytest

from gancli import recipe

RECIPES = sorted((Path(gan_translate.__file__).parent / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_it_is_valid_and_has_the_papers_learning_rate(path: Path) -> None:
    checked = recipe.load(path)
    assert (checked.model.name, checked.architecture.name) in {("pix2pix", "unet"), ("cyclegan", "resnet")}
    expected = {"from": 2e-4, "to": 0.0, "after": 0.5, "shape": "linear", "steps": checked.train.steps}
    for player in ("discriminator", "generator"):
        assert checked.optimizer.of(player).options["lr"] == expected
