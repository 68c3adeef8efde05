"""The type aliases of the public API, with a docstring each: ``help(gancli.Batch)`` would show that of ``tuple``.

Only ``gancli`` gives these to a user; the package itself uses the plain aliases, which say the same to a type checker.
"""

from types import GenericAlias
from typing import TYPE_CHECKING, Any, get_origin

from gancli.data.base import Batch as Batch
from gancli.losses import Losses as Losses
from gancli.penalties import Critic as Critic


class DocumentedAlias(GenericAlias):
    """A type alias that ``help`` explains."""

    def __new__(cls, name: str, alias: Any, doc: str) -> "DocumentedAlias":
        documented = super().__new__(cls, get_origin(alias), alias.__args__)
        for attribute, value in {"__name__": name, "__module__": "gancli", "__doc__": doc}.items():
            setattr(documented, attribute, value)
        return documented

    def __getattribute__(self, name: str) -> Any:
        """Its own name and docstring; a GenericAlias has those of its origin, such as ``tuple``."""
        own = name in ("__name__", "__module__", "__doc__")
        return object.__getattribute__(self, name) if own else super().__getattribute__(name)


if not TYPE_CHECKING:  # which would not take the name of a value for a type
    Batch = DocumentedAlias(
        "Batch",
        Batch,
        """A minibatch: ``(x,)``, ``(x, y)`` or ``(x, source)``, as ``gancli.Dataset.gather`` returns it.

        x is what is to be generated, of shape (N, *data.shape): images in [-1, 1], or points. y has class indices of
        shape (N,), int64; source the images to translate, of shape (N, *data.source.shape).
        """,
    )
    Losses = DocumentedAlias(
        "Losses",
        Losses,
        """Named, already weighted scalars, as ``gancli.GAN.generator_losses`` returns them.

        Their sum is what one player minimises; a name is that of the loss in the log and in the figures.
        """,
    )
    Critic = DocumentedAlias(
        "Critic",
        Critic,
        """A discriminator with its condition and its augmentation bound, as a penalty gets it: samples to logits.

        It takes samples of shape (N, *data.shape) and returns logits of shape (N,), (N, K) or (N, 1, h, w).
        """,
    )
