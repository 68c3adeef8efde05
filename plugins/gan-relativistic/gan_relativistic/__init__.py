"""The relativistic pairing loss, for gan."""

from gan_relativistic.relativistic import Relativistic

__all__ = ["Relativistic"]
