"""The kinds of components that there is a template for."""

from typing import Literal, get_args

Kind = Literal[
    "loss", "penalty", "regulariser", "augmentation", "architecture", "model", "dataset", "extractor", "logger"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
