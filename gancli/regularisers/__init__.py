"""Regularisers of the generator, one published method a file."""

from gancli.regularisers.base import Regulariser

__all__ = ["Regulariser"]
