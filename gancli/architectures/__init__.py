"""Architectures: the networks that play the game, one published method a file."""

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape
from gancli.architectures.dcgan import DCGAN
from gancli.architectures.mlp import MLP

__all__ = ["DCGAN", "MLP", "Architecture", "LabelEmbedding", "bounded", "check_shape"]
