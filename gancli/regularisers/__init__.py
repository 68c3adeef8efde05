"""Regularisers of the generator, one published method a file."""

from gancli.regularisers.base import Regulariser
from gancli.regularisers.orthogonal import Orthogonal
from gancli.regularisers.path_length import PathLength

__all__ = ["Orthogonal", "PathLength", "Regulariser"]
