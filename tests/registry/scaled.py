"""A loss of a plugin, for tests that install one."""

from collections.abc import Callable

Install = Callable[..., None]

SCALED = """
from gancli import AdversarialLoss

class Scaled(AdversarialLoss):
    def __init__(self, *, scale: float = 2.0):
        self.scale = scale
    def discriminator(self, real_logits, fake_logits):
        return self.scale * (fake_logits.mean() - real_logits.mean())
    def generator(self, fake_logits, real_logits=None):
        return -self.scale * fake_logits.mean()
"""
