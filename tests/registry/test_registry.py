"""One door for components: plugins come in by metadata, and a broken one disturbs nobody else."""

import json
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import pytest
import torch
from pydantic import Field

from gancli import recipe, registry
from gancli.errors import PluginError, RecipeError
from gancli.losses import Hinge
from gancli.storage import checkpoint

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


def test_one_of_two_packages_of_one_name_can_be_chosen(
    install: Install, load: Callable[..., Any], points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_PLUGINS", "gan_one, gan-three")
    for package in ("gan-one", "gan-two"):
        install(package, "gancli.losses", {"scaled": f"{package.replace('-', '_')}:Scaled"}, SCALED)
    assert registry.find("loss", "scaled").package == "gan-one"
    assert load(points, "loss=scaled").loss.name == "scaled"
    status = {it.package: registry.status(it) for it in registry.installed() if it.name == "scaled"}
    assert status == {"gan-one": "ok", "gan-two": "switched off by GAN_PLUGINS"}


@pytest.mark.parametrize("chosen", ["none", "gan-other", "no such package"])
def test_a_package_that_is_switched_off_is_not_imported(
    install: Install,
    gan: Callable[..., Any],
    write: Callable[..., Path],
    points: str,
    monkeypatch: pytest.MonkeyPatch,
    chosen: str,
) -> None:
    monkeypatch.setenv("GAN_PLUGINS", chosen)
    install("gan-hidden", "gancli.losses", {"hidden": "gan_hidden:X"}, "raise RuntimeError('imported')")
    install("gan-thief", "gancli.losses", {"hinge": "gan_thief:X"}, "raise RuntimeError('imported')")
    install("gan-step", "gancli.optimizers", {"step": "gan_step:X"}, "raise RuntimeError('imported')")
    path = write(points)
    assert gan("train", path, "loss=hinge", "--quiet").exit_code == 0
    for word in ("loss=hidden", "optimizer={name: step}"):
        result = gan("train", path, word)
        assert result.exit_code == 6
        assert f"is switched off by GAN_PLUGINS={chosen}; add gan-" in result.stderr
    rows = json.loads(gan("plugin", "list", "--json").stdout)
    assert {it["package"] for it in rows if it["status"] == "ok"} == {"gancli"}
    assert "switched off by GAN_PLUGINS" in {it["status"] for it in rows if it["package"] == "gan-hidden"}


@pytest.mark.parametrize("chosen", ["", "gan-scaled", "gan.acgan,GAN_Scaled"])
def test_a_chosen_package_takes_part(install: Install, monkeypatch: pytest.MonkeyPatch, chosen: str) -> None:
    monkeypatch.setenv("GAN_PLUGINS", chosen)
    install("gan-scaled", "gancli.losses", {"scaled": "gan_scaled:Scaled"}, SCALED)
    assert registry.find("loss", "scaled").package == "gan-scaled"


def test_the_limit_of_an_import_leaves_the_alarm_as_it_was(install: Install) -> None:
    install("gan-alarm", "gancli.losses", {"alarm": "gan_alarm:Scaled"}, SCALED)
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 1000)
    try:
        registry.load("loss", "alarm")
        assert signal.getsignal(signal.SIGALRM) == signal.SIG_IGN
        assert registry.IMPORT_SECONDS < signal.getitimer(signal.ITIMER_REAL)[0] <= 1000
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_plugin_can_be_imported_in_a_thread(install: Install) -> None:
    install("gan-thread", "gancli.losses", {"thread": "gan_thread:Scaled"}, SCALED)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(registry.load, "loss", "thread").result().__name__ == "Scaled"


TWO = """
def fail(): {}["nothing"]

class First:
    def call(self, other): other()

class Second:
    def call(self): fail()
"""


def test_the_deepest_third_party_is_blamed(install: Install) -> None:
    def error_of(call: Callable[[], Any]) -> BaseException:
        with pytest.raises((KeyError, AttributeError, TypeError)) as caught:
            call()
        return caught.value

    install("gan-deep", "gancli.losses", {"first": "gan_deep:First", "second": "gan_deep:Second"}, TWO)
    install("gan-flat", "gancli.losses", {"flat": "gan_flat:First"}, TWO)
    unused = error_of(import_module("gan_deep").fail)
    assert registry.blame(unused) is None  # nobody has asked for a component of it
    first, second, flat = (registry.load("loss", name)() for name in ("first", "second", "flat"))
    for call, name in (
        (second.call, "second"),
        (lambda: first.call(second.call), "second"),
        (lambda: flat.call(second.call), "second"),
        (lambda: first.call(lambda: flat.call(None)), "flat"),
        (lambda: flat.call(lambda: Hinge().generator(None)), "flat"),  # type: ignore[arg-type]
        (import_module("gan_deep").fail, "first"),
    ):
        blamed = registry.blame(error_of(call))
        assert blamed is not None
        assert blamed.name == name
    assert registry.blame(error_of(lambda: Hinge().generator(None))) is None  # type: ignore[arg-type]


def test_a_package_brings_recipes(install: Install, gan: Callable[..., Any], tmp_path: Path, points: str) -> None:
    install("gan-recipes", "gancli.recipes", {"gan-recipes": "gan_recipes_data.recipes"})
    folder = tmp_path / "site/gan_recipes_data/recipes"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('listing imports nothing')")
    (folder / "of_a_plugin.yaml").write_text("# A ring (Nobody, 2020): what to expect\n" + points)
    assert "of_a_plugin" in gan("recipe", "list").stdout
    assert gan("train", "of_a_plugin", "--quiet").stdout == "runs/of_a_plugin\n"
