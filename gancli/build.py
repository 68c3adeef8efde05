"""From a recipe to objects: the only place where names become components."""

import inspect
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from gancli import registry, runtime
from gancli.architectures import Architecture
from gancli.checkpoint import Checkpoint
from gancli.data import Dataset, DataSpec
from gancli.data.base import derive_seed
from gancli.errors import CheckpointError, GanError, PluginError
from gancli.models import GAN, LatentPrior
from gancli.recipe import PLAYERS, Component, Ramp, Recipe, from_values, typed_options
from gancli.schedules import Schedule


@dataclass
class Training:
    """Everything that a recipe names, made and on its device."""

    dataset: Dataset
    gan: GAN
    optimizers: dict[str, Optimizer]  # by player
    schedules: list[Schedule]
    average: AveragedModel | None
    device: torch.device

    @property
    def generator(self) -> nn.Module:
        """The network to sample from: the average if there is one."""
        return self.gan.generator if self.average is None else self.average.module


def training(recipe: Recipe) -> Training:
    """Make the dataset, the game, the players' optimizers and the average.

    Raises RecipeError for what does not fit together, DataError, DeviceError, and PluginError for a plugin's failure.
    """
    device = runtime.choose_device(recipe.device)
    data = dataset(recipe).to(device)
    torch.manual_seed(derive_seed(recipe.seed, "weights"))
    game = gan(recipe, data.spec)
    runtime.place(game, device, recipe.precision)
    torch.manual_seed(derive_seed(recipe.seed, "training"))
    schedules: list[Schedule] = []
    optimizers = {player: optimizer(recipe, player, getattr(game, player), schedules) for player in PLAYERS}
    average = runtime.average_of(game.generator, recipe.train.ema) if recipe.train.ema else None
    return Training(data, game, optimizers, schedules, average, device)


def dataset(recipe: Recipe) -> Dataset:
    """The dataset; it is read, or downloaded, here."""
    made: Dataset = _make(recipe, "dataset", "dataset", recipe.dataset)
    return made


def gan(recipe: Recipe, data: DataSpec) -> GAN:
    """The game with its networks, freshly initialised."""
    penalties = {
        penalty.name: _make(recipe, "penalty", f"penalties.{index}", penalty)
        for index, penalty in enumerate(recipe.penalties)
    }
    if len(penalties) < len(recipe.penalties):
        raise recipe.error("penalties", "a penalty stands twice; add its weights up instead")
    made: GAN = _make(
        recipe,
        "model",
        "model",
        recipe.model,
        data=data,
        architecture=_Refusing(recipe, _make(recipe, "architecture", "architecture", recipe.architecture)),
        loss=_make(recipe, "loss", "loss", recipe.loss),
        penalties=penalties,
        latent=LatentPrior(recipe.latent.dim, recipe.latent.prior, recipe.latent.scale),
    )
    return made


def optimizer(recipe: Recipe, player: str, network: nn.Module, schedules: list[Schedule]) -> Optimizer:
    """A player's optimizer over its network; the schedules of its options are added to ``schedules``."""
    component = recipe.optimizer.of(player)
    written = component.options
    ramps = {key: Ramp.model_validate(value) for key, value in written.items() if isinstance(value, dict)}
    started = Component(name=component.name, **(written | {key: ramp.start for key, ramp in ramps.items()}))
    options = typed_options("optimizer", started)
    kind = registry.load("optimizer", component.name)
    if "fused" in inspect.signature(kind).parameters and not {"foreach", "fused", "differentiable"} & options.keys():
        options["fused"] = True  # one kernel for all parameters
    try:
        made: Optimizer = kind([it for it in network.parameters() if it.requires_grad], **options)
    except (ValueError, RuntimeError) as error:
        raise recipe.error("optimizer", error) from None
    for key, ramp in ramps.items():
        steps = ramp.steps or recipe.train.steps
        schedules.append(Schedule(made, key, ramp.start, ramp.end, steps, ramp.shape))
    return made


def from_checkpoint(checkpoint: Checkpoint, device: torch.device) -> tuple[GAN, nn.Module]:
    """The game of a checkpoint, and its generator with the averaged weights if it has any.

    Raises CheckpointError if the tensors do not fit the networks that the checkpoint's recipe names.
    """
    for package, version in checkpoint.plugins.items():
        if package not in {plugin.package for plugin in registry.plugins()}:
            raise PluginError(f"this checkpoint needs the package {package} (it was {version}); pip install {package}")
    recipe = from_values(checkpoint.recipe, checkpoint.name)
    game = gan(recipe, checkpoint.data)
    load_network(game.generator, checkpoint, "ema" if recipe.train.ema else "generator")
    runtime.place(game, device, "fp32")
    return game, game.generator


def load_network(network: nn.Module, checkpoint: Checkpoint, part: str) -> None:
    """Put a checkpoint's tensors into a network.

    Raises CheckpointError, with the keys and shapes that do not fit, before a weight is changed.
    """
    found, expected = checkpoint.part(part), network.state_dict()
    wrong = [f"{part}.{key} is missing" for key in expected.keys() - found.keys()]
    wrong += [f"{part}.{key} is not expected" for key in found.keys() - expected.keys()]
    for key in expected.keys() & found.keys():
        if expected[key].shape != found[key].shape or expected[key].dtype != found[key].dtype:
            wrong.append(f"{part}.{key} is {_form(found[key])}, expected {_form(expected[key])}")
    if wrong:
        shown = "\n  ".join(sorted(wrong)[:10])
        raise CheckpointError(
            f"the checkpoint of {checkpoint.name!r} at step {checkpoint.step} does not fit its own recipe:\n  {shown}"
        )
    network.load_state_dict(found)


def _form(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')}{list(tensor.shape)}"


class _Refusing(Architecture):
    """An architecture whose refusal is blamed on its own section of the recipe, and not on the model that asked."""

    def __init__(self, recipe: Recipe, architecture: Architecture) -> None:
        self.recipe, self.architecture = recipe, architecture

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        try:
            return self.architecture.generator(data, latent_dim, num_classes)
        except ValueError as error:
            raise self.recipe.error("architecture", error) from error

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        try:
            return self.architecture.discriminator(data, num_classes, outputs)
        except ValueError as error:
            raise self.recipe.error("architecture", error) from error


def _make(recipe: Recipe, kind: str, key: str, component: Component, **supplied: Any) -> Any:
    """Call a component with what build supplies and with the recipe's options.

    A ValueError is its refusal, and so the recipe's error; what else fails in a third party's code is the plugin's.
    """
    options = typed_options(kind, component)
    try:
        return registry.load(kind, component.name)(**supplied, **options)
    except GanError:
        raise
    except ValueError as error:
        raise recipe.error(key, error) from error
    except Exception as error:
        plugin = registry.find(kind, component.name)
        if plugin.package == "gancli":
            raise
        raise PluginError(f"{plugin} failed: {type(error).__name__}: {error}") from error
