"""Where datasets are kept between runs, and whether they may be downloaded."""

import os
from pathlib import Path

from platformdirs import user_cache_path


def data_folder() -> Path:
    """``GAN_DATA_DIR``, else the platform's cache folder."""
    return Path(os.environ["GAN_DATA_DIR"]) if os.environ.get("GAN_DATA_DIR") else user_cache_path("gan")


def offline() -> bool:
    """True if the user forbids the network."""
    return os.environ.get("GAN_OFFLINE", "") not in ("", "0")
