"""A trial of third parties' components: one whole step of both players on a few examples, before there is a run."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from gancli.build.contracts import (
    blaming_breach,
    breach,
    enforce,
    is_out_of_bounds,
    logits_problem,
    losses_problem,
    untouched,
)
from gancli.build.examples import check_dataset
from gancli.build.game import gan
from gancli.build.optimizers import optimizer
from gancli.build.refusals import check_augmentation, check_regularisers
from gancli.data import Dataset
from gancli.losses import Losses
from gancli.models import GAN, Inputs
from gancli.models.discriminators import mixes_batch
from gancli.recipe import PLAYERS, Recipe, ResolvedComponent
from gancli.registry import Plugin
from gancli.sampling.draw import generate, labels_in_turn, make_sampler, undisturbed

EXAMPLES = 2
NETWORKS = {player: f"self.{player} is a network, or a ModuleDict of several" for player in PLAYERS}


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
        self.recipe, self.data = recipe, data
        self.observed = 0  # times that the augmentation was shown the real logits
        model, architecture = recipe.plan.model.plugin, recipe.plan.architecture.plugin
        others = [part.plugin for part in recipe.plan]
        self.model = _third_party(model, architecture, *others)  # to blame for what is computed
        self.architecture = _third_party(architecture, model, *others)  # to blame for its networks

    def run(self) -> None:
        torch.manual_seed(0)
        game = gan(self.recipe, self.data.spec, self._enforce)
        self._check_parts(game)
        check_augmentation(self.recipe, game)
        check_regularisers(self.recipe, game)
        drawn = self.data.gather(torch.arange(EXAMPLES) % len(self.data), torch.Generator().manual_seed(0))
        batch = tuple(tensor.cpu() for tensor in drawn)
        self._check_samples(game, batch)
        game.step = math.lcm(*(term.every for term in _terms(game))) - 1  # at which all terms are due
        hooks = [network.register_forward_hook(self._check_logits) for network in _networks(game.discriminator)]
        discriminator, generator = (self._step(game, player, batch) for player in PLAYERS)
        for hook in hooks:
            hook.remove()
        self._check_names(game, discriminator, generator)
        self._check_use(game, discriminator, generator)
        self._check_twin(game, batch)
        self._check_mixing(game, batch)

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

    def _check_parts(self, game: GAN) -> None:
        """A model has what the contract's constructor gives it, and each parameter has an owner."""
        if not hasattr(game, "loss"):
            raise breach(self.model, "a model's constructor calls super().__init__(**game)", "one that does not")
        for player, sentence in NETWORKS.items():
            if not isinstance(network := getattr(game, player, None), nn.Module):
                raise breach(self.model, sentence, type(network).__name__)
        owned = {id(parameter) for player in PLAYERS for parameter in getattr(game, player).parameters()}
        for name, parameter in game.named_parameters():
            if parameter.requires_grad and id(parameter) not in owned:
                found = f"{name!r} in neither self.generator nor self.discriminator, so that nothing trains it"
                way_out = "put its network into one of them, as a nn.ModuleDict, or call requires_grad_(False)"
                raise breach(self.model, "every parameter belongs to a player, or is frozen", f"{found}; {way_out}")

    def _step(self, game: GAN, player: str, batch: tuple[Tensor, ...]) -> Losses:
        """The losses of one player; that they have gradients to its parameters is checked."""
        sentence = f"{player}_losses(batch) returns a dict of names and scalar tensors"
        with blaming_breach(self.model, sentence), untouched(self.model, batch):
            losses: Losses = getattr(game, f"{player}_losses")(batch)
        if problem := losses_problem(losses):
            raise breach(self.model, sentence, problem)
        weights = [parameter for parameter in getattr(game, player).parameters() if parameter.requires_grad]
        sentence = f"the losses of the {player} depend on its parameters, and can be differentiated"
        with blaming_breach(self.model, sentence):
            gradients = torch.autograd.grad(torch.stack([*losses.values()]).sum(), weights, allow_unused=True)
        if all(gradient is None for gradient in gradients):
            raise breach(self.model, sentence, "no gradient")
        return losses

    def _check_logits(self, network: nn.Module, inputs: tuple[Any, ...], logits: Any) -> None:
        if problem := logits_problem(logits, len(inputs[0])):
            sentence = "a discriminator returns logits of shape (N,), (N, outputs) or, for patches, (N, 1, h, w)"
            raise breach(self.architecture, sentence, problem)

    def _check_names(self, game: GAN, discriminator: Losses, generator: Losses) -> None:
        both = discriminator.keys() & generator.keys()
        if twice := both | (game.records.keys() & (discriminator | generator).keys()):
            raise breach(self.model, "every loss and every record has its own name", f"{min(twice)!r} more than once")

    def _check_use(self, game: GAN, discriminator: Losses, generator: Losses) -> None:
        """The recipe's terms are among the losses, under their names or, of several networks, ``r1.A``."""
        wanted = [("penalty", name, discriminator) for name in game.penalties]
        wanted += [("regulariser", name, generator) for name in game.regularisers]
        for kind, name, losses in wanted:
            if not any(loss == name or loss.startswith(f"{name}.") for loss in losses):
                raise self.recipe.error("model", f"this model does not use the {kind} {name!r}; leave it out")
        if game.augmentation is not None and not self.observed:
            sentence = "discriminator_losses shows the augmentation the real logits, self.observe(real_logits)"
            raise breach(self.model, sentence, "no such call")

    def _check_samples(self, game: GAN, batch: tuple[Tensor, ...]) -> None:
        spec = self.data.spec
        shape = (EXAMPLES, *spec.shape)
        sentence = f"the generator returns samples of shape {shape}" + ", in [-1, 1]" * spec.is_image
        before = {name: tensor.clone() for name, tensor in game.state_dict().items()}
        with blaming_breach(self.architecture, sentence):
            samples = _samples(game, batch)
        for name, tensor in game.state_dict().items():
            if not torch.equal(tensor, before[name]):
                found = f"a changed {name!r}; let the sampler work on a copy"
                raise breach(self.model, "sampling changes no parameter and no buffer", found)
        if samples.shape != shape:
            raise breach(self.architecture, sentence, f"shape {tuple(samples.shape)}")
        if not samples.isfinite().all():
            raise breach(self.architecture, sentence, "numbers that are not finite")
        if spec.is_image and is_out_of_bounds(samples):
            found = f"{samples.min():.3g} to {samples.max():.3g}; end with tanh, or clamp in evaluation mode"
            raise breach(self.architecture, sentence, found)

    def _check_twin(self, game: GAN, batch: tuple[Tensor, ...]) -> None:
        """Two games with one state_dict are one: nothing that they compute with is left out of it."""
        sentence = "everything that a network computes with is a parameter or a buffer"
        twin = gan(self.recipe, self.data.spec)
        twin.step = game.step
        with blaming_breach(self.architecture, sentence):
            twin.load_state_dict(game.state_dict())
            drawn = [_samples(each, batch) for each in (game, twin)]
            scores = [_scores(each, batch) for each in (game, twin)]
        if not torch.equal(*drawn):
            found = "two networks with the same state_dict that differ; keep layers in a ModuleList, not in a list"
            raise breach(self.architecture, sentence, found)
        for name, score in scores[0].items():
            if not torch.equal(score, scores[1][name]):
                found = f"two models with the same state_dict whose loss {name!r} differs"
                way_out = "keep layers in a ModuleList, and numbers in a Buffer"
                raise breach(self._maker_of(name), sentence, f"{found}; {way_out}")

    def _check_mixing(self, game: GAN, batch: tuple[Tensor, ...]) -> None:
        """Real and fake samples may be scored together, unless a layer says that it looks across the batch."""
        if mixes_batch(game.discriminator):
            return
        together = _scores(game, batch)
        game.discriminator.mixes_batch = True  # type: ignore[assignment]
        apart = _scores(game, batch)
        del game.discriminator.mixes_batch
        if not all(torch.allclose(score, apart[name], rtol=1e-3, atol=1e-4) for name, score in together.items()):
            sentence = "a layer of the discriminator that looks across the batch says mixes_batch = True"
            raise breach(self.architecture, sentence, "logits that depend on the other samples of the batch")

    def _maker_of(self, loss: str) -> Plugin:
        """The third party that a loss comes from: the term of this name, or the loss, or the networks."""
        plan = self.recipe.plan
        terms = {term.name: term.plugin for term in (*plan.penalties, *plan.regularisers)}
        return _third_party(terms.get(loss), plan.loss.plugin, self.architecture)


def _third_party(*plugins: Plugin | None) -> Plugin:
    return next(plugin for plugin in plugins if plugin is not None and not plugin.is_ours)


def _terms(game: GAN) -> list[Any]:
    return [*game.penalties.values(), *game.regularisers.values()]


def _networks(player: nn.Module) -> list[nn.Module]:
    return list(player.values()) if isinstance(player, nn.ModuleDict) else [player]


def _samples(game: GAN, batch: tuple[Tensor, ...]) -> Tensor:
    return generate(game, game.generator, _inputs(game, batch), make_sampler(game, game.generator))


def _inputs(game: GAN, batch: tuple[Tensor, ...]) -> Inputs:
    z = game.latent.sample(EXAMPLES, rng=torch.Generator().manual_seed(0))
    return Inputs(z, labels_in_turn(game, EXAMPLES), batch[1] if game.translates else None)


def _scores(game: GAN, batch: tuple[Tensor, ...]) -> Losses:
    """The losses of both players in evaluation mode, which all networks and terms take part in; they leave no trace."""
    state = {name: tensor.clone() for name, tensor in game.state_dict().items()}
    with torch.enable_grad(), undisturbed(game):
        losses = game.discriminator_losses(batch) | game.generator_losses(batch)
    game.load_state_dict(state)
    return {name: loss.detach() for name, loss in losses.items()}
