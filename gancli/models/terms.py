"""The terms that a recipe adds to a player's loss: penalties, regularisers."""

from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from torch import nn


class Periodic(Protocol):
    """A term that may be lazy (Karras et al., 2020, https://arxiv.org/abs/1912.04958, section 2.2)."""

    every: int


T = TypeVar("T", bound=Periodic)


class Terms(nn.Module, Mapping[str, T], Generic[T]):
    """Terms by the name of their loss; the state of those that are modules is saved with the model."""

    def __init__(self, terms: Mapping[str, T]) -> None:
        super().__init__()
        self._terms = dict(terms)
        # Not by add_module, which refuses the names of nn.Module's own attributes: a penalty may be called ``train``.
        modules = {name: term for name, term in terms.items() if isinstance(term, nn.Module)}
        self._modules.update(modules)  # type: ignore[arg-type]  # T may be a module

    def due(self, step: int) -> Iterator[tuple[str, T]]:
        """The terms of the step after ``step`` finished ones: with ``every: n``, of the steps n, 2n, 3n, …"""
        return ((name, term) for name, term in self._terms.items() if (step + 1) % term.every == 0)

    def __getitem__(self, name: str) -> T:
        return self._terms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    __hash__ = nn.Module.__hash__  # Mapping compares by content, a module is itself
    __eq__ = object.__eq__
