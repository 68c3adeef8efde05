"""Architectures: the networks that play the game, one published method a file."""

from gancli.architectures.base import Architecture, LabelEmbedding, bounded, check_shape, refuse_sources
from gancli.architectures.compact import Compact
from gancli.architectures.dcgan import DCGAN
from gancli.architectures.dirac import Dirac
from gancli.architectures.minibatch_deviation import MinibatchDeviation
from gancli.architectures.mlp import MLP
from gancli.architectures.pixel_norm import normalised

__all__ = [
    "DCGAN",
    "MLP",
    "Architecture",
    "Compact",
    "Dirac",
    "LabelEmbedding",
    "MinibatchDeviation",
    "bounded",
    "check_shape",
    "normalised",
    "refuse_sources",
]
