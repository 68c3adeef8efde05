"""Train generative adversarial networks from recipes, and sample from what was trained.

The functions, each of which does what the command of that name does::

    load(path)              -> Generator: sample, interpolate, translate; they return Samples, a tensor and a picture
    train(recipe, ...)      -> Run: iterate over it, and every Step is made and yielded
    evaluate(path)          -> Report: a Score for each metric, beside that of real data

What a component of a plugin extends or is given::

    AdversarialLoss, Penalty, Regulariser, Augmentation     terms of the game
    Architecture, LabelEmbedding                            networks; bounded, check_shape, refuse_sources check them,
                                                            and check_images what an augmentation is given
    GAN, VanillaGAN, ConditionalGAN                         models
    Dataset, ImageDataset, DataSpec, Source                 data, and the fingerprint of tensors
    Logger, LoggedRun                                       where its curves go
    Batch, Losses, Critic, Inputs, LatentPrior              what goes in and out; squared_gradient_norm
    CONTRACT                                                the version of all this

Errors are GanError and its subclasses, DataError and those in ``gancli.errors``, with the messages of the command line.

The names are loaded on first use, so that ``import gancli`` alone costs nothing.
"""

from typing import TYPE_CHECKING

from gancli.lazy import importer

if TYPE_CHECKING:
    from gancli.architectures import Architecture, LabelEmbedding, bounded, check_shape, refuse_sources
    from gancli.augmentations import Augmentation, check_images
    from gancli.data import Dataset, DataSpec, ImageDataset, Source, fingerprint
    from gancli.errors import DataError, GanError
    from gancli.evaluation import Report, Score
    from gancli.library import evaluate, load, train
    from gancli.library.aliases import Batch, Critic, Losses
    from gancli.library.generator import Generator
    from gancli.loggers import LoggedRun, Logger
    from gancli.losses import AdversarialLoss
    from gancli.models import GAN, ConditionalGAN, Inputs, LatentPrior, VanillaGAN
    from gancli.penalties import Penalty, squared_gradient_norm
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
    "Report": "evaluation",
    "Score": "evaluation",
    "Generator": "library.generator",
    "GAN": "models",
    "Batch": "library.aliases",
    "ConditionalGAN": "models",
    "VanillaGAN": "models",
    "Inputs": "models",
    "LatentPrior": "models",
    "Losses": "library.aliases",
    "Architecture": "architectures",
    "LabelEmbedding": "architectures",
    "bounded": "architectures",
    "check_shape": "architectures",
    "refuse_sources": "architectures",
    "AdversarialLoss": "losses",
    "Penalty": "penalties",
    "Critic": "library.aliases",
    "squared_gradient_norm": "penalties",
    "Regulariser": "regularisers",
    "Augmentation": "augmentations",
    "check_images": "augmentations",
    "Dataset": "data",
    "ImageDataset": "data",
    "DataSpec": "data",
    "Source": "data",
    "fingerprint": "data",
    "Logger": "loggers",
    "LoggedRun": "loggers",
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
    "LoggedRun",
    "Logger",
    "Losses",
    "Penalty",
    "Regulariser",
    "Report",
    "Run",
    "Samples",
    "Score",
    "Source",
    "Step",
    "VanillaGAN",
    "bounded",
    "check_images",
    "check_shape",
    "evaluate",
    "fingerprint",
    "load",
    "refuse_sources",
    "squared_gradient_norm",
    "train",
]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


__getattr__ = importer(__name__, _HOME)
