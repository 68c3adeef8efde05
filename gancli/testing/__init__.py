"""Checks of a plugin's components, for the author's own tests: one line tries everything that a contract promises.

::

    from gancli.testing import check_loss
    from gan_mine import Mine

    def test_mine() -> None:
        check_loss(Mine)

Each function takes the class, or a function that makes an instance, and the options of its constructor that are not the
defaults: ``check_loss(Mine, margin=2.0)``. The component need not be installed. They raise PluginError, which names
every sentence of the contract that is broken, with the value found and how to mend it.
"""

from functools import partial

from gancli.testing.checks import STAGES, check, tried
from gancli.testing.promises import Outcome

check_loss = partial(check, "loss")
check_penalty = partial(check, "penalty")
check_regulariser = partial(check, "regulariser")
check_augmentation = partial(check, "augmentation")
check_architecture = partial(check, "architecture")
check_model = partial(check, "model")
check_dataset = partial(check, "dataset")
check_optimizer = partial(check, "optimizer")
check_extractor = partial(check, "extractor")
check_logger = partial(check, "logger")

__all__ = [
    "STAGES",
    "Outcome",
    "check_architecture",
    "check_augmentation",
    "check_dataset",
    "check_extractor",
    "check_logger",
    "check_loss",
    "check_model",
    "check_optimizer",
    "check_penalty",
    "check_regulariser",
    "tried",
]
