"""Datasets: the contract, and the built-in ones, each in a file of its own."""

from gancli.data.base import Dataset
from gancli.data.description import describe
from gancli.data.fashion_mnist import FashionMNIST
from gancli.data.folder import ImageFolder
from gancli.data.gaussian import Gaussian
from gancli.data.images import ImageDataset
from gancli.data.minibatches import batches
from gancli.data.mixtures import GaussianMixture, Grid, Ring
from gancli.data.mnist import MNIST
from gancli.data.spec import DataSpec, Source
from gancli.data.stacked import StackedMNIST
from gancli.data.torchvision import TorchvisionSet

__all__ = [
    "MNIST",
    "DataSpec",
    "Dataset",
    "FashionMNIST",
    "Gaussian",
    "GaussianMixture",
    "Grid",
    "ImageDataset",
    "ImageFolder",
    "Ring",
    "Source",
    "StackedMNIST",
    "TorchvisionSet",
    "batches",
    "describe",
]
