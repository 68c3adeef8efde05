"""From a recipe's plan, or from a checkpoint, to objects: the only place where components are made."""

from gancli.build.components import CONTRACTS, check_contract
from gancli.build.data import dataset, extractor
from gancli.build.examples import check_dataset
from gancli.build.game import gan, refuse_unlabelled
from gancli.build.loggers import loggers
from gancli.build.optimizers import optimizer
from gancli.build.restore import drawing_part, from_checkpoint, load_network, load_own_state, recipe_of
from gancli.build.trainings import Training, check_game, check_plugins, training
from gancli.build.transfer import take_networks
from gancli.build.value_problems import logits_problem, scalar_problem

__all__ = [
    "CONTRACTS",
    "Training",
    "check_contract",
    "check_dataset",
    "check_game",
    "check_plugins",
    "dataset",
    "drawing_part",
    "extractor",
    "from_checkpoint",
    "gan",
    "load_network",
    "load_own_state",
    "loggers",
    "logits_problem",
    "optimizer",
    "recipe_of",
    "refuse_unlabelled",
    "scalar_problem",
    "take_networks",
    "training",
]
