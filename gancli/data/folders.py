"""Where datasets are kept between runs."""

from gancli.data_folder import data_folder

__all__ = ["data_folder"]
