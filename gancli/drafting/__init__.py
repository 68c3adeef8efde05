"""New recipes: from the listed one that is nearest to what is asked for, or from a look at a folder of images."""

from gancli.drafting.draft import draft

__all__ = ["draft"]
