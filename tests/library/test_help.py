"""``help`` explains every public name in its own words, and a notebook completes it."""

import inspect
import pydoc
from typing import Any

import pytest

import gancli

CLASSES = [name for name in gancli.__all__ if inspect.isclass(getattr(gancli, name))]
BORROWED = ("builtins", "torch", "collections", "typing", "abc", "types")  # packages whose help is not ours


def shown(value: Any) -> str:
    return pydoc.render_doc(value, renderer=pydoc.plaintext)


@pytest.mark.parametrize("name", gancli.__all__)
def test_it_says_what_the_name_is(name: str) -> None:
    value = getattr(gancli, name)
    own = value.__dict__.get("__doc__") if hasattr(value, "__dict__") else None
    doc = inspect.cleandoc(own or type(value).__doc__ or "")
    home = type(value) if own is None else value
    assert getattr(home, "__module__", "gancli").startswith("gancli") or name in ("Batch", "Critic", "Losses")
    first = doc.splitlines()[0]
    assert first.endswith((".", ":", ","))
    assert first in "\n".join(shown(value).splitlines()[:12])


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
