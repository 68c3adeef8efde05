"""The relativistic pairing loss and the R2 penalty, for gan."""

from gan_relativistic.r2 import R2
from gan_relativistic.relativistic import Relativistic

__all__ = ["R2", "Relativistic"]
