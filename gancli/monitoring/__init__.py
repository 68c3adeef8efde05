"""The health of a training: the ways in which GANs are known to fail, noticed early and said in plain words."""

from gancli.monitoring.monitor import LOOKS, REFERENCE, Health, mark

__all__ = ["LOOKS", "REFERENCE", "Health", "mark"]
