"""The plugin whose code raised an error is blamed for it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from gancli import registry
from gancli.architectures import MLP
from gancli.data import DataSpec
from gancli.losses import Hinge
from tests.registry.scaled import Install

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


INHERITED = """
from gancli.architectures import MLP

class Net(MLP):
    pass
"""


def test_an_inherited_method_is_code_of_the_class_that_inherits(install: Install) -> None:
    """The error is raised in our code, which works on what the plugin passed on."""
    install("gan-inherits", "gancli.architectures", {"inherits": "gan_inherits:Net"}, INHERITED)
    architecture = registry.load("architecture", "inherits")()
    with pytest.raises(AttributeError) as caught:
        architecture.generator(None, 4)
    blamed = registry.blame(caught.value)
    assert blamed is not None
    assert blamed.package == "gan-inherits"


def test_an_error_is_raised_in_an_object_whose_method_was_running() -> None:
    loss, other = Hinge(), Hinge()
    with pytest.raises(AttributeError) as caught:
        loss.generator(None)  # type: ignore[arg-type]
    assert registry.is_raised_in(caught.value, loss)
    assert not registry.is_raised_in(caught.value, other)


def test_a_decorated_method_is_a_method() -> None:
    architecture = MLP(generator_hidden=[65536] * 9)
    with pytest.raises(ValueError, match="found a network of ") as caught:
        architecture.generator(DataSpec((2,)), 4)
    assert registry.is_raised_in(caught.value, architecture)
