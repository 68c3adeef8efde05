"""What went wrong in a step of a training, in words that help."""

from pathlib import Path

import torch

from gancli import registry
from gancli.errors import DeviceError, DivergedError, GanError, PluginError, is_out_of_memory
from gancli.storage import checkpoint


def explained(error: Exception, step: int, batch_size: int, device: torch.device, folder: Path) -> Exception:
    """The error of a step with the way out; one that nobody foresaw stays as it is.

    Args:
        folder: of the run's checkpoints.
    """
    if isinstance(error, DivergedError):
        return DivergedError(f"step {step}: {error}; {way_back(folder)}", step)
    if is_out_of_memory(error):
        smaller = f"train.batch_size={batch_size // 2}, or " if batch_size > 1 else ""
        return DeviceError(
            f"step {step}: out of memory on {device} with train.batch_size={batch_size}; {last_good(folder)}. "
            f"Try a new run with {smaller}a smaller network"
        )
    if not isinstance(error, GanError) and (plugin := registry.blame(error)):
        return PluginError(f"{plugin} failed at step {step}: {type(error).__name__}: {error}; {last_good(folder)}")
    return error


def way_back(folder: Path) -> str:
    """What to do about a training that diverged."""
    return f"{last_good(folder)}. A smaller learning rate is the usual way out"


def last_good(folder: Path) -> str:
    """The newest checkpoint, in words."""
    kept = checkpoint.in_order(folder)
    return f"the last good checkpoint is {kept[0]}" if kept else "no checkpoint was saved before"
