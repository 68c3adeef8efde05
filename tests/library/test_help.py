"""``help`` explains every public name in its own words, and a notebook completes it."""

import inspect
import pydoc
from types import GenericAlias
from typing import Any

import pytest

import gancli

CLASSES = [name for name in gancli.__all__ if inspect.isclass(getattr(gancli, name))]
BORROWED = ("builtins", "torch", "collections", "typing", "abc", "types")  # packages whose help is not ours


def shown(value: Any) -> list[str]:
    return pydoc.render_doc(value, renderer=pydoc.plaintext).splitlines()


def own_docstring(value: Any) -> str:
    """That of a function, of a class alone, of an alias; of any other value, that of its class."""
    if inspect.isroutine(value):
        return inspect.cleandoc(value.__doc__ or "")
    if isinstance(value, GenericAlias):
        return inspect.cleandoc(value.__doc__ or "")
    described = value if inspect.isclass(value) else type(value)
    assert described.__module__.startswith("gancli")
    return inspect.cleandoc(vars(described)["__doc__"])


@pytest.mark.parametrize("name", gancli.__all__)
def test_it_says_what_the_name_is(name: str) -> None:
    lines = shown(getattr(gancli, name))
    first = own_docstring(getattr(gancli, name)).splitlines()[0]
    assert any(first in line for line in lines[:12])
    assert name in " ".join(lines[:3]) or name == "CONTRACT"


@pytest.mark.parametrize("name", CLASSES)
def test_no_public_method_shows_the_help_of_another_package(name: str) -> None:
    owner = getattr(gancli, name)
    for method, value in vars(owner).items():
        if method.startswith("_") or not inspect.isroutine(value):
            continue
        doc = inspect.getdoc(value)
        inherited = [base for base in owner.__mro__[1:] if getattr(vars(base).get(method), "__doc__", None)]
        if doc and not value.__doc__:
            assert inherited[0].__module__.split(".")[0] not in BORROWED, f"{name}.{method}: {doc}"
        assert doc, f"{name}.{method}"


def test_the_module_lists_the_names_and_completes_them() -> None:
    assert set(gancli.__all__) <= set(dir(gancli))
    missing = [name for name in gancli.__all__ if name not in (gancli.__doc__ or "")]
    assert missing == []
    assert set(gancli._HOME) == set(gancli.__all__)
