"""Where datasets are kept between runs."""

import os
from pathlib import Path

from platformdirs import user_cache_path


def data_folder() -> Path:
    """``GAN_DATA_DIR``, else the platform's cache folder."""
    return Path(os.environ["GAN_DATA_DIR"]) if os.environ.get("GAN_DATA_DIR") else user_cache_path("gan")
