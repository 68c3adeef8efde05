"""Architectures: the networks that play the game, one published method a file."""

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape
from gancli.architectures.compact import Compact
from gancli.architectures.dcgan import DCGAN
from gancli.architectures.dirac import Dirac
from gancli.architectures.mlp import MLP

__all__ = ["DCGAN", "MLP", "Architecture", "Compact", "Dirac", "LabelEmbedding", "bounded", "check_shape"]
