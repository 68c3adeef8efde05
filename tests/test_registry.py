"""One door for components: plugins come in by metadata, and a broken one disturbs nobody else."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
import torch
from pydantic import Field

from gancli import checkpoint, recipe, registry
from gancli.errors import PluginError, RecipeError
from gancli.losses import Hinge

Install = Callable[..., None]

SCALED = """
from gancli import AdversarialLoss

class Scaled(AdversarialLoss):
    def __init__(self, *, scale: float = 2.0):
        self.scale = scale
    def discriminator(self, real_logits, fake_logits):
        return self.scale * (fake_logits.mean() - real_logits.mean())
    def generator(self, fake_logits, real_logits=None):
        return -self.scale * fake_logits.mean()
"""


Width = Annotated[int, Field(ge=1)]


class Component:
    def __init__(self, data: int, *rest: int, width: Width, depth: int = 2, **others: Any) -> None:
        pass


def test_options_are_read_off_the_signature() -> None:
    options = registry.options(Component, supplied={"data"})
    assert list(options) == ["width", "depth"]
    assert (options["width"].required, options["depth"].required, options["depth"].default) == (True, False, 2)
    assert options["width"].annotation == Width


def test_tensors_are_no_options_of_an_optimizer() -> None:
    options = registry.options(torch.optim.Adam, supplied={"params"})
    assert options["lr"].annotation is float
    assert options["betas"].annotation == tuple[float, float]


def test_names_and_suggestions() -> None:
    assert "hinge" in registry.names("loss")
    assert registry.load("loss", "hinge") is Hinge
    assert registry.load("optimizer", "rmsprop") is torch.optim.RMSprop
    with pytest.raises(LookupError, match="did you mean 'hinge'"):
        registry.find("loss", "hinges")
    with pytest.raises(LookupError, match=r"there is .*wasserstein"):
        registry.find("loss", "qqqqqq")
    with pytest.raises(LookupError, match=r"no optimizer of torch\.optim"):
        registry.load("optimizer", "optimizer")


def test_a_plugin_is_named_in_a_recipe_like_a_built_in(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    install("gan-scaled", "gancli.losses", {"scaled": "gan_scaled:Scaled"}, SCALED)
    path = write(points)
    result = gan("train", path, "loss={name: scaled, scale: 3}", "--quiet")
    assert result.exit_code == 0, result.stderr
    assert checkpoint.newest(Path("runs/r")).plugins == {"gan-scaled": "1.0"}
    with pytest.raises(RecipeError, match="did you mean 'scale'"):
        recipe.load(path, ["loss={name: scaled, scael: 3}"])


def test_two_packages_of_one_name_are_an_error_of_that_name_alone(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    for package in ("gan-one", "gan-two"):
        install(package, "gancli.losses", {"scaled": f"{package.replace('-', '_')}:Scaled"}, SCALED)
    with pytest.raises(PluginError, match="two packages provide the loss 'scaled': ") as caught:
        registry.find("loss", "scaled")
    assert "gan-one 1.0" in str(caught.value)
    assert "gan-two 1.0" in str(caught.value)
    result = gan("train", write(points), "loss=scaled")
    assert result.exit_code == 6
    assert gan("train", "r.yaml", "--quiet").exit_code == 0
    assert gan("plugin", "list").stdout.count("scaled") == 2


def test_nobody_takes_a_built_in_name(install: Install) -> None:
    install("gan-thief", "gancli.losses", {"hinge": "gan_thief:Scaled"}, SCALED)
    with pytest.raises(PluginError, match="gan-thief"):
        registry.find("loss", "hinge")


@pytest.mark.parametrize("code", ["raise RuntimeError('broken')", "import sys; sys.exit(0)", "syntax error here"])
def test_a_broken_plugin_disturbs_no_other_command(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str, code: str
) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:Broken"}, code)
    path = write(points)
    for command in (["--help"], ["plugin", "list"], ["recipe", "list"], ["recipe", "check", path]):
        assert gan(*command).exit_code == 0
    assert "gan_broken" not in sys.modules
    result = gan("train", path, "loss=broken")
    assert result.exit_code == 6
    assert "gan: loss 'broken' of gan-broken 1.0 cannot be imported: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_plugin_that_fails_when_it_is_made_is_named(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    code = "class Failing:\n    def __init__(self):\n        {}['nothing']\n"
    install("gan-failing", "gancli.losses", {"failing": "gan_failing:Failing"}, code)
    result = gan("train", write(points), "loss=failing")
    assert result.exit_code == 6
    assert "gan: loss 'failing' of gan-failing 1.0 failed: KeyError" in result.stderr


def test_a_package_brings_recipes(install: Install, gan: Callable[..., Any], tmp_path: Path, points: str) -> None:
    install("gan-recipes", "gancli.recipes", {"gan-recipes": "gan_recipes_data.recipes"})
    folder = tmp_path / "site/gan_recipes_data/recipes"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('listing imports nothing')")
    (folder / "of_a_plugin.yaml").write_text("# A ring (Nobody, 2020): what to expect\n" + points)
    assert "of_a_plugin" in gan("recipe", "list").stdout
    assert gan("train", "of_a_plugin", "--quiet").stdout == "runs/of_a_plugin\n"
