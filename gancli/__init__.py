"""The library: ``load``, ``train``, ``evaluate``; and the contracts, facts and errors that a plugin author imports.

The names are loaded on first use, so that ``import gancli`` alone costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancli.architectures import Architecture, LabelEmbedding
    from gancli.augmentations import Augmentation
    from gancli.data import Dataset, DataSpec, ImageDataset, Source
    from gancli.errors import DataError, GanError
    from gancli.generator import Generator
    from gancli.library import evaluate, load, train
    from gancli.losses import AdversarialLoss
    from gancli.models import GAN, Batch, ConditionalGAN, Inputs, LatentPrior, Losses, VanillaGAN
    from gancli.penalties import Critic, Penalty, squared_gradient_norm
    from gancli.registry import CONTRACT
    from gancli.regularisers import Regulariser
    from gancli.run.run import Run
    from gancli.run.step import Step
    from gancli.sampling.samples import Samples

__version__ = "0.1.0"

_HOME = {
    "load": "library",
    "train": "library",
    "evaluate": "library",
    "Run": "run.run",
    "Step": "run.step",
    "Samples": "sampling.samples",
    "Generator": "generator",
    "GAN": "models",
    "Batch": "models",
    "ConditionalGAN": "models",
    "VanillaGAN": "models",
    "Inputs": "models",
    "LatentPrior": "models",
    "Losses": "models",
    "Architecture": "architectures",
    "LabelEmbedding": "architectures",
    "AdversarialLoss": "losses",
    "Penalty": "penalties",
    "Critic": "penalties",
    "squared_gradient_norm": "penalties",
    "Regulariser": "regularisers",
    "Augmentation": "augmentations",
    "Dataset": "data",
    "ImageDataset": "data",
    "DataSpec": "data",
    "Source": "data",
    "GanError": "errors",
    "DataError": "errors",
    "CONTRACT": "registry",
}

__all__ = [
    "CONTRACT",
    "GAN",
    "AdversarialLoss",
    "Architecture",
    "Augmentation",
    "Batch",
    "ConditionalGAN",
    "Critic",
    "DataError",
    "DataSpec",
    "Dataset",
    "GanError",
    "Generator",
    "ImageDataset",
    "Inputs",
    "LabelEmbedding",
    "LatentPrior",
    "Losses",
    "Penalty",
    "Regulariser",
    "Run",
    "Samples",
    "Source",
    "Step",
    "VanillaGAN",
    "evaluate",
    "load",
    "squared_gradient_norm",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gancli' has no attribute {name!r}")
    return getattr(import_module(f"gancli.{_HOME[name]}"), name)
