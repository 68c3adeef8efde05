"""The errors of a training's step, with the step, the component that failed and a hint."""

import shlex

import torch

from gancli import registry
from gancli.errors import DeviceError, DivergedError, GanError, LostProcessError, PluginError, is_out_of_memory
from gancli.recipe import Recipe
from gancli.storage.run_folder import RunFolder


def with_context(error: Exception, step: int, recipe: Recipe, device: torch.device, folder: RunFolder) -> Exception:
    """The error of a step with its context and the way out; an unexpected error is returned as it is."""
    if isinstance(error, DivergedError):
        diverged = DivergedError(f"step {step}: {error}; {_diverged_hint(recipe, step, folder)}")
        diverged.step = step
        return diverged
    if isinstance(error, LostProcessError):
        resume = shlex.quote(str(folder.path))
        return LostProcessError(f"step {step}: {error}; {latest_checkpoint(folder)}; resume with --resume {resume}")
    if is_out_of_memory(error):
        size = recipe.train.batch_size
        smaller = f"train.batch_size={size // 2}, or " if size > 1 else ""
        return DeviceError(
            f"step {step}: out of memory on {device} with train.batch_size={size}; {latest_checkpoint(folder)}. "
            f"Try a new run with {smaller}a smaller network"
        )
    if not isinstance(error, GanError) and (plugin := registry.blame(error)):
        reason = f"{type(error).__name__}: {error}"
        return PluginError(f"{plugin} failed at step {step}: {reason}; {latest_checkpoint(folder)}")
    return error


def _diverged_hint(recipe: Recipe, step: int, folder: RunFolder) -> str:
    """The way out; at the first step, before any learning rate could matter, the plugins that computed the losses."""
    plugins = _plugins(recipe) if step == 1 else []
    if not plugins:
        return recovery_hint(folder)
    return f"{latest_checkpoint(folder)}. At the first step the cause is the data or the code of {' or '.join(plugins)}"


def _plugins(recipe: Recipe) -> list[str]:
    """The third parties' components that compute a step's losses, the likeliest cause first."""
    likely = ["loss", "penalty", "model", "regulariser", "augmentation", "architecture", "dataset"]
    plugins = [component.plugin for component in recipe.plan if component.plugin and component.kind in likely]
    found = sorted(plugins, key=lambda plugin: likely.index(plugin.kind))
    return [str(plugin) for plugin in found if not plugin.is_ours]


def recovery_hint(folder: RunFolder) -> str:
    """The way out of a training that diverged."""
    return f"{latest_checkpoint(folder)}. Try a smaller learning rate"


def latest_checkpoint(folder: RunFolder) -> str:
    """The newest checkpoint, in words."""
    newest = folder.newest()
    return f"the last good checkpoint is {newest}" if newest else "no checkpoint was saved before"
