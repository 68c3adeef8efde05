"""Datasets: the contract, and the built-in ones, each in a file of its own."""

from gancli.data.base import Dataset, fingerprint
from gancli.data.description import describe
from gancli.data.domains import Domains
from gancli.data.edges import Edges
from gancli.data.fashion_mnist import FashionMNIST
from gancli.data.folder import ImageFolder
from gancli.data.gaussian import Gaussian
from gancli.data.images import ImageDataset
from gancli.data.minibatches import batches
from gancli.data.mixtures import GaussianMixture, Grid, Ring
from gancli.data.mnist import MNIST
from gancli.data.pairs import Pairs
from gancli.data.spec import DataSpec, Source
from gancli.data.stacked import StackedMNIST
from gancli.data.torchvision import TorchvisionSet

__all__ = [
    "MNIST",
    "DataSpec",
    "Dataset",
    "Domains",
    "Edges",
    "FashionMNIST",
    "Gaussian",
    "GaussianMixture",
    "Grid",
    "ImageDataset",
    "ImageFolder",
    "Pairs",
    "Ring",
    "Source",
    "StackedMNIST",
    "TorchvisionSet",
    "batches",
    "describe",
    "fingerprint",
]
