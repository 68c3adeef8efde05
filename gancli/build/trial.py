"""A trial of third parties' components: one whole step of both players on a few examples, before there is a run."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from gancli.build.contracts import blaming_breach, breach, enforce
from gancli.build.examples import check_dataset
from gancli.build.game import gan
from gancli.build.optimizers import optimizer
from gancli.build.refusals import check_augmentation, check_regularisers
from gancli.build.suspects import Suspects
from gancli.build.trial_losses import check_names, check_parts, check_use, losses_of
from gancli.build.trial_networks import check_mixing, check_samples, check_twin
from gancli.build.value_problems import logits_problem
from gancli.data import Dataset
from gancli.models import GAN
from gancli.models.terms import Periodic
from gancli.recipe import PLAYERS, Recipe, ResolvedComponent
from gancli.registry import Plugin

EXAMPLES = 2


def try_out(recipe: Recipe, data: Dataset) -> None:
    """Try the components of a recipe, if a third party made one of them; nothing of it stays.

    Raises PluginError for a broken contract, RecipeError for a model that does not use what the recipe names.
    """
    parts = [part for part in recipe.plan if part.plugin and not part.plugin.is_ours]
    if recipe.plan.dataset in parts and recipe.plan.dataset.plugin is not None:
        check_dataset(data, recipe.plan.dataset.plugin)
    for player, planned in recipe.plan.optimizers.items():
        if planned.component in parts and planned.component.plugin is not None:
            _check_optimizer(recipe, player, planned.component.plugin)
    if any(part.kind not in ("dataset", "optimizer") for part in parts):
        _Trial(recipe, data).run()


def _check_optimizer(recipe: Recipe, player: str, plugin: Plugin) -> None:
    """One step of an optimizer, over a layer of its own."""
    layer = nn.Linear(2, 2)
    made = optimizer(recipe, player, layer, [])
    before = layer.weight.detach().clone()
    sentence = "step() moves the parameters by their gradients, to finite values"
    with blaming_breach(plugin, sentence):
        for _ in range(2):  # the first one makes its state
            layer(torch.ones(1, 2)).sum().backward()
            made.step()
    if torch.equal(layer.weight, before):
        raise breach(plugin, sentence, "parameters that did not move")
    if not layer.weight.isfinite().all():
        raise breach(plugin, sentence, "parameters that are not finite")


class _Trial:
    """A game that is played once, with every third party's contract enforced."""

    def __init__(self, recipe: Recipe, data: Dataset) -> None:
        self.recipe, self.data, self.suspects = recipe, data, Suspects(recipe)
        self.observed = 0  # times that the augmentation was shown the real logits

    def run(self) -> None:
        torch.manual_seed(0)
        game = gan(self.recipe, self.data.spec, self._enforce)
        check_parts(game, self.suspects)
        check_augmentation(self.recipe, game)
        check_regularisers(self.recipe, game)
        drawn = self.data.gather(torch.arange(EXAMPLES) % len(self.data), torch.Generator().manual_seed(0))
        batch = tuple(tensor.cpu() for tensor in drawn)
        check_samples(game, batch, self.data.spec, self.suspects)
        self._check_step(game, batch)
        check_twin(game, batch, self.recipe, self.data.spec, self.suspects)
        check_mixing(game, batch, self.suspects)

    def _enforce(self, component: ResolvedComponent, made: Any) -> None:
        if component.plugin is not None and not component.plugin.is_ours:
            enforce(component.kind, component.plugin, made)
        if component.kind == "augmentation":
            self._count_observed(made)

    def _count_observed(self, augmentation: Any) -> None:
        observe = augmentation.observe

        def counted(real_logits: Tensor) -> None:
            self.observed += 1
            observe(real_logits)

        augmentation.observe = counted

    def _check_step(self, game: GAN, batch: tuple[Tensor, ...]) -> None:
        """The losses of both players at a step at which all terms are due."""
        terms: list[Periodic] = [*game.penalties.values(), *game.regularisers.values()]
        game.step = math.lcm(*(term.every for term in terms)) - 1
        hooks = [network.register_forward_hook(self._check_logits) for network in _networks(game.discriminator)]
        discriminator, generator = (losses_of(game, player, batch, self.suspects) for player in PLAYERS)
        for hook in hooks:
            hook.remove()
        check_names(game, discriminator, generator, self.suspects)
        check_use(game, discriminator, generator, self.recipe)
        if game.augmentation is not None and not self.observed:
            sentence = "discriminator_losses shows the augmentation the real logits, self.observe(real_logits)"
            raise breach(self.suspects.model, sentence, "no such call")

    def _check_logits(self, network: nn.Module, inputs: tuple[Any, ...], logits: Any) -> None:
        if problem := logits_problem(logits, len(inputs[0])):
            sentence = "a discriminator returns logits of shape (N,), (N, outputs) or, for patches, (N, 1, h, w)"
            raise breach(self.suspects.architecture, sentence, problem)


def _networks(player: nn.Module) -> list[nn.Module]:
    return list(player.values()) if isinstance(player, nn.ModuleDict) else [player]
