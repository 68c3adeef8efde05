"""966 portraits in colour, as a dataset for gan."""

from gan_emoji.emoji import Emoji

__all__ = ["Emoji"]
