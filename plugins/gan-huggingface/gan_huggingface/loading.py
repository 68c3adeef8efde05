"""The splits of a dataset, by the library ``datasets``; its code is never from the dataset."""

import os
from pathlib import Path
from typing import Any

from gancli import DataError
from gancli.data_folder import offline
from gancli.errors import printable

PAGE = "https://huggingface.co/datasets"


def opened(path: str, config: str | None) -> Any:
    """The splits by their names. Raises DataError, with the way out, if they cannot be had."""
    if offline():
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import datasets

    if offline():  # it may have been imported before
        datasets.config.HF_HUB_OFFLINE = True
    datasets.disable_progress_bars()
    local = Path(path).expanduser()
    try:
        if local.is_file():
            return datasets.load_dataset("parquet", data_files={"train": str(local)})
        return datasets.load_dataset(str(local) if local.exists() else path, config)
    except Exception as error:  # it has errors of six libraries
        problem = str(error).strip().partition("\n")[0] or type(error).__name__
        raise DataError(printable(f"{path}: {problem}; {_way_out(path, local)}")) from None


def _way_out(path: str, local: Path) -> str:
    if local.exists():
        return "expected a Parquet file, or a folder of images or of Parquet files"
    get = f"hf download --repo-type dataset {path} --local-dir FOLDER, and dataset.path=FOLDER"
    if offline() or os.environ.get("HF_HUB_OFFLINE"):
        return f"GAN_OFFLINE or HF_HUB_OFFLINE is set, so nothing is downloaded: unset it, or, with a network: {get}"
    return f"is the name as on {PAGE}, and is there a network? Elsewhere: {get}"
