"""From a recipe to objects: the only place where names become components."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from gancli import registry
from gancli.architectures import Architecture
from gancli.architectures.meta import without_values
from gancli.data import Dataset, DataSpec
from gancli.errors import CheckpointError, GanError, PluginError, RecipeError, UsageError, is_out_of_memory, printable
from gancli.extractors import Extractor, for_dataset, from_file, learnable
from gancli.losses import AdversarialLoss
from gancli.models import GAN, LatentPrior
from gancli.models.base import NO_LABELS
from gancli.penalties import Penalty
from gancli.progress import task
from gancli.random import derive_seed
from gancli.recipe import PLAYERS, Component, Ramp, Recipe, from_values, typed_options
from gancli.sampling.draw import eval_mode
from gancli.storage.checkpoint import Checkpoint, form
from gancli.storage.header import one_line
from gancli.training.device import Average, choose_device, place
from gancli.training.schedules import Schedule

CONTRACTS: dict[str, type] = {  # what a component of each kind is an instance of
    "model": GAN,
    "architecture": Architecture,
    "loss": AdversarialLoss,
    "penalty": Penalty,
    "dataset": Dataset,
    "optimizer": Optimizer,
    "extractor": Extractor,
}


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


def training(recipe: Recipe, saved: DataSpec | None = None) -> Training:
    """Make the dataset, the game, the players' optimizers and the average.

    Args:
        saved: the facts about the data in a checkpoint to resume from, whose classes keep their numbers.

    Raises RecipeError for what does not fit together, DataError, DeviceError, and PluginError for a plugin's failure.
    """
    device = choose_device(recipe.device)
    data = dataset(recipe, saved).to(device)
    _refuse_unlabelled(recipe, data)
    torch.manual_seed(derive_seed(recipe.seed, "weights"))
    game = gan(recipe, data.spec)
    _try_out(recipe, game)  # what it draws, the next seed makes forgotten
    if recipe.train.batch_size == 1 and any(isinstance(module, _BatchNorm) for module in game.modules()):
        raise recipe.error("train.batch_size", "found 1; these networks have BatchNorm, which needs 2 at least")
    place(game, device)
    torch.manual_seed(derive_seed(recipe.seed, "training"))
    schedules: list[Schedule] = []
    optimizers = {player: optimizer(recipe, player, getattr(game, player), schedules) for player in PLAYERS}
    average = Average(game.generator, recipe.train.ema) if recipe.train.ema else None
    return Training(data, game, optimizers, schedules, average, device)


def dataset(recipe: Recipe, saved: DataSpec | None = None) -> Dataset:
    """The dataset, its classes in the order of ``saved`` if it has the same ones; it is read, or downloaded, here."""
    made: Dataset = _make(recipe, "dataset", "dataset", recipe.dataset)
    with _blaming("dataset", recipe.dataset.name):
        made.spec.check()  # a checkpoint with other facts would be refused
        return made.with_class_order(saved.class_names) if saved else made


def _refuse_unlabelled(recipe: Recipe, data: Dataset) -> None:
    """Raises RecipeError for a model that needs labels and data without; the model itself does not know the reason."""
    if getattr(registry.load("model", recipe.model.name), "conditional", False) and not data.spec.num_classes:
        reason = f": {printable(data.why_unlabelled)}" if data.why_unlabelled else ""
        raise recipe.error("model", f"{NO_LABELS}{reason}; model=gan trains without them")


def gan(recipe: Recipe, data: DataSpec) -> GAN:
    """The game with its networks, freshly initialised."""
    penalties = {
        penalty.name: _make(recipe, "penalty", f"penalties.{index}", penalty)
        for index, penalty in enumerate(recipe.penalties)
    }
    made: GAN = _make(
        recipe,
        "model",
        "model",
        recipe.model,
        data=data,
        architecture=_Refusing(recipe, _make(recipe, "architecture", "architecture", recipe.architecture)),
        loss=_make(recipe, "loss", "loss", recipe.loss),
        penalties=penalties,
        regularisers={},
        augmentation=None,
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
    taken = registry.options(registry.load("optimizer", component.name))
    if "fused" in taken and not {"foreach", "fused", "differentiable"} & options.keys():
        options["fused"] = True  # one kernel for all parameters
    weights = [it for it in network.parameters() if it.requires_grad]
    try:
        made: Optimizer = _call(recipe, "optimizer", "optimizer", component.name, weights, **options)
    except RuntimeError as error:
        raise recipe.error("optimizer", error) from None
    for key, ramp in ramps.items():
        assert ramp.steps is not None  # written out when the recipe was checked
        schedules.append(Schedule(made, key, ramp.start, ramp.end, ramp.steps, ramp.shape))
    return made


def extractor(recipe: Recipe, data: Dataset, chosen: str = "") -> Extractor:
    """What the dataset's images are compared in: its own extractor, or the one that is asked for.

    Args:
        chosen: a file that holds an extractor, or the name of a component that makes one of a dataset.

    Raises UsageError for one that does not fit the images, CheckpointError for a file that holds none, DataError, and
    PluginError for a plugin's failure.
    """
    if not chosen:
        with _blaming("dataset", recipe.dataset.name), task("making an extractor of the images") as report:
            return for_dataset(data, recipe.dataset.name, progress=report)
    if chosen.endswith(".safetensors"):
        return from_file(Path(chosen), data.spec)
    try:
        make = registry.load("extractor", chosen)
    except LookupError as error:
        raise UsageError(f"extractor: {error}; a file of one ends in .safetensors") from None
    with _blaming("extractor", chosen):
        made: Extractor = make(learnable(data))  # the rest judges
        _check_contract("extractor", made)
    return made


def from_checkpoint(checkpoint: Checkpoint, device: torch.device) -> tuple[GAN, nn.Module]:
    """The game of a checkpoint, and its generator with the averaged weights if it has any.

    Raises CheckpointError if the tensors do not fit the networks that the checkpoint's recipe names, PluginError if a
    package that it needs is not installed.
    """
    recipe = recipe_of(checkpoint)
    game = gan(recipe, checkpoint.data)
    load_network(game.generator, checkpoint, "ema" if recipe.train.ema else "generator")
    load_own_state(game, checkpoint)
    place(game, device)
    return game, game.generator


def recipe_of(checkpoint: Checkpoint) -> Recipe:
    """The recipe that a checkpoint was made with, once its networks are known to be those whose weights were saved.

    Raises CheckpointError if they are not, PluginError if a package that it needs is not installed.
    """
    for package, version in checkpoint.plugins.items():
        if package not in {plugin.package for plugin in registry.installed()}:
            needs = f"{checkpoint.file}: needs the package {package} (it was {version})"
            raise PluginError(f"{needs}; pip install {package}")
    try:
        recipe = from_values(checkpoint.recipe, checkpoint.name)
        # No memory is taken for what a stranger's file asks for; what a plugin cannot make so is compared later.
        with without_values(), suppress(PluginError):
            game = gan(recipe, checkpoint.data)
            for part in PLAYERS:
                _check_fits(getattr(game, part).state_dict(), checkpoint, part)
            _check_fits(game.generator.state_dict() if recipe.train.ema else {}, checkpoint, "ema")
            _check_fits(game.own_state(), checkpoint, "model")
    except (RecipeError, RuntimeError, OverflowError) as error:
        problems = error.problems if isinstance(error, RecipeError) else (str(error),)
        shown = "\n  ".join(map(one_line, problems[:10]))
        raise CheckpointError(f"{checkpoint.file}: its recipe cannot be used:\n  {shown}") from None
    return recipe


def third_parties(recipe: Recipe) -> dict[str, str]:
    """The distributions, and their versions, that a recipe needs besides gan itself."""
    named = {
        ("dataset", recipe.dataset.name),
        ("model", recipe.model.name),
        ("architecture", recipe.architecture.name),
        ("loss", recipe.loss.name),
        *(("penalty", penalty.name) for penalty in recipe.penalties),
        *(("optimizer", recipe.optimizer.of(player).name) for player in PLAYERS),
    }
    return {it.package: it.version for it in registry.plugins() if (it.kind, it.name) in named and not it.is_ours}


def load_network(network: nn.Module, checkpoint: Checkpoint, part: str) -> None:
    """Put a checkpoint's tensors into a network.

    Raises CheckpointError, with the keys and shapes that do not fit, before a weight is changed.
    """
    _check_fits(network.state_dict(), checkpoint, part)
    network.load_state_dict(checkpoint.part(part))


def load_own_state(game: GAN, checkpoint: Checkpoint) -> None:
    """Put back the parameters and buffers of a model that belong to no player: of its losses, penalties, ….

    Raises CheckpointError, with the keys and shapes that do not fit, before one is changed.
    """
    _check_fits(game.own_state(), checkpoint, "model")
    game.load_state_dict(checkpoint.part("model"), strict=False)  # the players are loaded by themselves


def _check_fits(expected: dict[str, Tensor], checkpoint: Checkpoint, part: str) -> None:
    found = checkpoint.part(part)
    wrong = [f"{part}.{key} is missing" for key in expected.keys() - found.keys()]
    wrong += [f"{part}.{key} is not expected" for key in found.keys() - expected.keys()]
    for key in expected.keys() & found.keys():
        if expected[key].shape != found[key].shape or expected[key].dtype != found[key].dtype:
            wrong.append(f"{part}.{key} is {form(found[key])}, expected {form(expected[key])}")
    if wrong:
        shown = "\n  ".join(sorted(wrong)[:10])
        raise CheckpointError(f"{checkpoint.file}: its tensors do not fit its own recipe:\n  {shown}")


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
    """Make a component of what build supplies and of the recipe's options."""
    return _call(recipe, kind, key, component.name, **supplied, **typed_options(kind, component))


def _call(recipe: Recipe, kind: str, key: str, name: str, *arguments: Any, **options: Any) -> Any:
    """Call a component, and check that what it makes keeps the contract of its kind.

    A ValueError is its refusal, and so the recipe's error; what else fails in a third party's code is the plugin's.
    """
    component = registry.load(kind, name)
    with _blaming(kind, name):
        try:
            made = component(*arguments, **options)
        except ValueError as error:
            raise recipe.error(key, error) from error
        _check_contract(kind, made)
    return made


def _check_contract(kind: str, made: object) -> None:
    if not isinstance(made, CONTRACTS[kind]):
        found, expected = type(made).__name__, CONTRACTS[kind].__name__
        raise TypeError(f"found an instance of {found}, expected one of {expected}")


@contextmanager
def _blaming(*component: str) -> Iterator[None]:
    """Turn what fails in a third party's code into a PluginError; it is the one of this kind and name, if none is seen.

    Stdout is for results: what a plugin prints goes to stderr.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (GanError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a plugin may do anything, sys.exit included
        called = next((it for it in registry.plugins() if (it.kind, it.name) == component and not it.is_ours), None)
        plugin = registry.blame(error) or called
        if plugin is None or is_out_of_memory(error):
            raise
        raise PluginError(f"{plugin} failed: {type(error).__name__}: {error}") from error


def _try_out(recipe: Recipe, game: GAN) -> None:
    """Let a third party's generator draw two samples, so that a wrong shape is found before there is a run.

    Raises PluginError.
    """
    named = [registry.find("architecture", recipe.architecture.name), registry.find("model", recipe.model.name)]
    plugin = next((it for it in named if not it.is_ours), None)
    if plugin is None:
        return
    y = torch.arange(2) % game.num_classes if game.num_classes else None
    with _blaming(plugin.kind, plugin.name), torch.no_grad(), eval_mode(game.generator):
        samples, expected = game.sample_fakes(2, y), (2, *game.data.shape)
        if samples.shape != expected:
            raise TypeError(f"the generator returns samples of shape {tuple(samples.shape)}, expected {expected}")
