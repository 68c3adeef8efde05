"""What is read from source files is what an import would find."""

from collections.abc import Callable

import pytest

from gancli import registry
from gancli.completion import components
from gancli.recipe.definitions import define
from gancli.registry import Plugin, source_files

INSTALLED = [plugin for plugin in registry.plugins() if plugin.kind not in ("recipe", "extractor")]


@pytest.mark.parametrize("plugin", INSTALLED, ids=lambda plugin: f"{plugin.kind}-{plugin.name}")
def test_a_component_has_the_options_of_its_signature(plugin: Plugin) -> None:
    found, true = components.options(plugin.kind, plugin.name), define(plugin.kind, plugin.name).options
    assert list(found) == list(true)
    for name, option in found.items():
        assert option.default is ... or option.default == true[name].default
        assert (option.default is not ...) or true[name].required or not isinstance(true[name].default, str | bool)


def test_the_optimizers_are_those_of_torch() -> None:
    for name in components.names("optimizer"):
        assert list(components.options("optimizer", name)) == list(define("optimizer", name).options)
    with pytest.raises(LookupError) as error:
        define("optimizer", "none-of-them")
    assert str(error.value).endswith(f"available: {', '.join(components.names('optimizer'))}")


def test_choices_are_found_behind_names_and_unions() -> None:
    dcgan = components.options("architecture", "dcgan")
    assert dcgan["discriminator_norm"].choices == ("batch", "spectral", "none")
    assert components.options("dataset", "domains")["channels"].choices == ("1", "3")
    assert components.options("dataset", "folder")["flip"].choices == ("true", "false")
    assert components.options("augmentation", "diffaugment")["policy"].choices == ()  # a list of them is no single one
    assert dcgan["width"].choices == ()


def test_sampling_options_are_those_of_the_sampler() -> None:
    assert components.sampling_options("gan") == {}
    assert list(components.sampling_options("biggan")) == ["truncation", "standing_statistics"]
    assert components.sampling_options("cyclegan")["direction"].choices == ("AtoB", "BtoA")


@pytest.mark.parametrize("plugin", [one for one in INSTALLED if one.kind == "model"], ids=lambda plugin: plugin.name)
def test_whether_a_model_takes_a_class_is_read(plugin: Plugin) -> None:
    true = registry.load("model", plugin.name).conditional
    assert source_files.attribute(plugin.entry_point.value, "conditional") is true


FUNCTION = """\
from gan_made_parts import Base
def make(*, margin: float = 2.0): raise RuntimeError
class Inherits(Base): pass
class Odd(Unknown[int]): pass
"""
PARTS = """\
raise RuntimeError("imported")
class Base:
    def __init__(self, slope: float = 0.5, *rest, **more): pass
"""


def test_functions_and_inherited_constructors_are_read_and_nothing_is_imported(install: Callable[..., None]) -> None:
    install("gan-made", "gancli.losses", {"made": "gan_made:make", "inherits": "gan_made:Inherits"}, FUNCTION)
    install("gan-made-parts", "gancli.losses", {}, PARTS)
    assert {name: option.default for name, option in components.options("loss", "made").items()} == {"margin": 2.0}
    assert {name: option.default for name, option in components.options("loss", "inherits").items()} == {"slope": 0.5}


@pytest.mark.parametrize("target", ["gan_made_not:X", "gan_broken:X", "gan_broken:", "", "json:nothing", "sys:path"])
def test_what_cannot_be_read_has_no_options(install: Callable[..., None], target: str) -> None:
    install("gan-broken", "gancli.losses", {}, "def f(:\n")
    assert source_files.options(target) == {}
    assert source_files.attribute(target, "conditional") is None


def test_classes_that_go_round_end(install: Callable[..., None]) -> None:
    install("gan-round", "gancli.losses", {}, "from gan_round import A as B\nclass A(A): pass\n")
    assert source_files.options("gan_round:B") == source_files.options("gan_round:A") == {}
