"""What a component refuses or fails at is blamed on the recipe's line, or on the package, that it belongs to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import build
from gancli.data import DataSpec
from gancli.errors import PluginError, RecipeError

Install = Callable[..., None]
Load = Callable[..., Any]

ACGAN = Path(__file__).parents[2] / "plugins/gan-acgan/gan_acgan"
MODEL = """
from gancli.models import VanillaGAN

class Model(VanillaGAN):
    def make_discriminator(self, architecture):
        {statement}
        return super().make_discriminator(architecture)
"""
NET = """
from gancli.architectures import MLP

class Net(MLP):
    def generator(self, data, latent_dim, num_classes=0):
        return self.checked(super().generator(data, latent_dim, num_classes))

    def discriminator(self, data, {parameters}):
        {statement}
        return super().discriminator(data, num_classes)

    def checked(self, network):
        return network
"""
ASKING = """
        try:
            architecture.discriminator(None)
        except ValueError as error:
            raise ValueError("asked") from error
"""
OUTPUTS = "num_classes=0, outputs=1"


def install_net(install: Install, statement: str = "pass", parameters: str = OUTPUTS) -> None:
    code = NET.replace("{statement}", statement).replace("{parameters}", parameters)
    install("gan-net", "gancli.architectures", {"net": "gan_net:Net"}, code)


def install_model(install: Install, statement: str = "pass") -> None:
    install("gan-model", "gancli.models", {"model": "gan_model:Model"}, MODEL.replace("{statement}", statement))


@pytest.fixture
def made(load: Load, points: str) -> Callable[..., Any]:
    return lambda *overrides: build.gan(load(points, *overrides), DataSpec((2,)))


@pytest.mark.parametrize("model", ["gan", "model"])
def test_what_a_built_in_architecture_refuses_is_about_its_line(install: Install, made: Any, model: str) -> None:
    install_model(install)
    with pytest.raises(RecipeError, match=r"^argument 'architecture=dcgan': architecture: dcgan draws images"):
        made("architecture=dcgan", f"model={model}")


@pytest.mark.parametrize("model", ["gan", "model"])
def test_what_an_architecture_of_a_plugin_refuses_is_about_its_line(install: Install, made: Any, model: str) -> None:
    install_model(install)
    install_net(install, "raise ValueError('found points, expected images')")
    with pytest.raises(RecipeError, match=r": architecture: found points, expected images$"):
        made("architecture=net", f"model={model}")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("'latent.dim: found 3, expected 4'", "^argument 'latent.dim=3': latent.dim: found 3, expected 4$"),
        (
            "'label_dim: found 8, expected 4'",
            "^argument 'architecture.*': architecture.label_dim: found 8, expected 4$",
        ),
        ("'batches: found 8, expected 4'", "^argument 'architecture.*': architecture: batches: found 8, expected 4$"),
    ],
)
def test_a_refusal_that_begins_with_a_key_is_about_its_line(
    install: Install, made: Any, statement: str, problem: str
) -> None:
    install_net(install, f"raise ValueError({statement})")
    with pytest.raises(RecipeError, match=problem):
        made("architecture={name: net, label_dim: 8}", "latent.dim=3")


@pytest.mark.parametrize("architecture", ["mlp", "net"])
def test_what_a_model_refuses_is_about_the_models_line(install: Install, made: Any, architecture: str) -> None:
    install_model(install, "raise ValueError('not with me')")
    install_net(install)
    with pytest.raises(RecipeError, match=r"^argument 'model=model': model: not with me$"):
        made("model=model", f"architecture={architecture}")


def test_a_model_may_ask_an_architecture_and_refuse_by_itself(install: Install, made: Any) -> None:
    install_model(install, ASKING)
    install_net(install, "raise ValueError('found nothing')")
    with pytest.raises(RecipeError, match=r": model: asked$"):
        made("model=model", "architecture=net")


@pytest.mark.parametrize("model", ["gan", "model"])
def test_what_fails_in_an_architecture_is_of_its_package(install: Install, made: Any, model: str) -> None:
    install_model(install)
    install_net(install, "{}['nothing']")
    with pytest.raises(PluginError, match=r"^architecture 'net' of gan-net 1\.0 failed: KeyError: 'nothing'$"):
        made("architecture=net", f"model={model}")


def test_a_model_gets_the_architecture_as_it_is(install: Install, made: Any) -> None:
    install_net(install)
    install_model(install, "self.checked_by = architecture.checked(type(architecture).__name__)")
    assert made("architecture=net", "model=model").checked_by == "Net"


@pytest.mark.parametrize("model", ["gan", "model"])
def test_an_architecture_of_other_parameters_is_blamed_and_not_the_model(
    install: Install, made: Any, model: str
) -> None:
    install_model(install, "architecture.discriminator(self.data, outputs=3)")
    install_net(install, parameters="num_classes=0")
    expected = r"its discriminator\(\) takes \(data, num_classes\), expected \(data, num_classes=0, outputs=1\)$"
    with pytest.raises(PluginError, match=r"^architecture 'net' of gan-net 1\.0 failed: TypeError: " + expected):
        made("architecture=net", f"model={model}")


def test_under_acgan_the_architecture_is_blamed(
    install: Install, load: Load, digits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another package than the one whose model called it."""
    monkeypatch.syspath_prepend(ACGAN.parent)
    install("gan-acgan-again", "gancli.models", {"acgan-again": "gan_acgan.acgan:ACGAN"})
    install_net(install, "self.no_such_thing")
    recipe = load(digits, "architecture=net", "model=acgan-again")
    with pytest.raises(PluginError, match=r"^architecture 'net' of gan-net 1\.0 failed: AttributeError: "):
        build.gan(recipe, DataSpec((1, 28, 28), 10))


LOSS = """
from gancli.losses import NonSaturating

class Odd(NonSaturating):
    def {method}: return 0
"""


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("discriminator(self, logits)", "its discriminator() takes (logits), expected (real_logits, fake_logits)"),
        ("generator(self, a, b, c)", "its generator() takes (a, b, c), expected (fake_logits, real_logits=None)"),
    ],
)
def test_a_loss_of_other_parameters_is_blamed(install: Install, made: Any, method: str, says: str) -> None:
    install("gan-odd", "gancli.losses", {"odd": "gan_odd:Odd"}, LOSS.replace("{method}", method))
    with pytest.raises(PluginError) as caught:
        made("loss=odd")
    assert str(caught.value) == f"loss 'odd' of gan-odd 1.0 failed: TypeError: {says}"
