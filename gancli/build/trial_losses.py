"""The trial of losses: that they are differentiable, have names of their own, and use what the recipe names."""

import torch
from torch import Tensor, nn

from gancli.build.contracts import blaming_breach, breach, untouched
from gancli.build.suspects import Suspects
from gancli.build.value_problems import losses_problem
from gancli.losses import Losses
from gancli.models import GAN
from gancli.recipe import PLAYERS, Recipe

NETWORKS = {player: f"self.{player} is a network, or a ModuleDict of several" for player in PLAYERS}


def check_parts(game: GAN, suspects: Suspects) -> None:
    """A model has what the contract's constructor gives it, and each parameter has an owner."""
    if not hasattr(game, "loss"):
        raise breach(suspects.model, "a model's constructor calls super().__init__(**game)", "one that does not")
    for player, sentence in NETWORKS.items():
        if not isinstance(network := getattr(game, player, None), nn.Module):
            raise breach(suspects.model, sentence, type(network).__name__)
    owned = {id(parameter) for player in PLAYERS for parameter in getattr(game, player).parameters()}
    for name, parameter in game.named_parameters():
        if parameter.requires_grad and id(parameter) not in owned:
            found = f"{name!r} in neither self.generator nor self.discriminator, so that nothing trains it"
            way_out = "put its network into one of them, as a nn.ModuleDict, or call requires_grad_(False)"
            raise breach(suspects.model, "every parameter belongs to a player, or is frozen", f"{found}; {way_out}")


def losses_of(game: GAN, player: str, batch: tuple[Tensor, ...], suspects: Suspects) -> Losses:
    """The losses of one player; that they have gradients to its parameters is checked."""
    sentence = f"{player}_losses(batch) returns a dict of names and scalar tensors"
    with blaming_breach(suspects.model, sentence), untouched(suspects.model, batch):
        losses: Losses = getattr(game, f"{player}_losses")(batch)
    if problem := losses_problem(losses):
        raise breach(suspects.model, sentence, problem)
    weights = [parameter for parameter in getattr(game, player).parameters() if parameter.requires_grad]
    sentence = f"the losses of the {player} depend on its parameters, and can be differentiated"
    with blaming_breach(suspects.model, sentence):
        gradients = torch.autograd.grad(torch.stack([*losses.values()]).sum(), weights, allow_unused=True)
    if all(gradient is None for gradient in gradients):
        raise breach(suspects.model, sentence, "no gradient")
    return losses


def check_names(game: GAN, discriminator: Losses, generator: Losses, suspects: Suspects) -> None:
    """No two losses and no two records have one name."""
    both = discriminator.keys() & generator.keys()
    if twice := both | (game.records.keys() & (discriminator | generator).keys()):
        raise breach(suspects.model, "every loss and every record has its own name", f"{min(twice)!r} more than once")


def check_use(game: GAN, discriminator: Losses, generator: Losses, recipe: Recipe) -> None:
    """The recipe's terms are among the losses, under their names or, of several networks, ``r1.A``."""
    wanted = [("penalty", name, discriminator) for name in game.penalties]
    wanted += [("regulariser", name, generator) for name in game.regularisers]
    for kind, name, losses in wanted:
        if not any(loss == name or loss.startswith(f"{name}.") for loss in losses):
            raise recipe.error("model", f"this model does not use the {kind} {name!r}; leave it out")
