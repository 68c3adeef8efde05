"""What a model promises."""

import copy

import torch
from torch import Tensor

from gancli import build
from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.models import GAN, Inputs
from gancli.recipe import PLAYERS
from gancli.sampling.draw import labels_in_turn, undisturbed
from gancli.testing.promises import Broken, NotTried
from gancli.testing.subject import Subject
from gancli.testing.values import check_mean, check_scalar

N = 6  # examples
NO_GRAD = "draw the discriminator's fakes under torch.no_grad()"


def names_its_losses(subject: Subject) -> None:
    """discriminator_losses and generator_losses return named, already weighted scalars; their sum is what the player
    minimises.
    """
    game, batch = _game(subject)
    for player in PLAYERS:
        losses = _losses(game, player, batch)
        if not isinstance(losses, dict) or not losses:
            raise Broken(f"{player}_losses(batch): {type(losses).__name__}", "return a dict of names and scalars")
        for name, loss in losses.items():
            check_scalar(loss, f"{player}_losses(batch)[{name!r}]")


def trains_every_parameter_of_each_player(subject: Subject) -> None:
    """Gradients of a player's losses reach every parameter of that player."""
    game, batch = _game(subject)
    for player in PLAYERS:
        unreached = [name for name, gradient in _gradients(game, player, player, batch).items() if gradient is None]
        if unreached:
            found = f"no gradient of the {player}'s losses to {player}.{unreached[0]}"
            raise Broken(found, "use it in a loss, or freeze it with requires_grad_(False)")


def gives_the_discriminators_losses_no_gradient_to_the_generator(subject: Subject) -> None:
    """The discriminator's losses give no gradient to the generator: their fakes are drawn under torch.no_grad()."""
    game, batch = _game(subject)
    reached = _gradients(game, "discriminator", "generator", batch)
    if names := [name for name, gradient in reached.items() if gradient is not None]:
        raise Broken(f"a gradient to generator.{names[0]}", NO_GRAD)


def moves_neither_player_by_itself(subject: Subject) -> None:
    """A model never calls an optimizer: computing losses moves no weight."""
    game, batch = _game(subject)
    before = {name: weights.detach().clone() for name, weights in game.named_parameters()}
    for player in PLAYERS:
        _losses(game, player, batch)
    moved = [name for name, weights in game.named_parameters() if not torch.equal(weights, before[name])]
    if moved:
        raise Broken(f"a changed {moved[0]!r}", "return losses; the training makes the step")


def is_a_mean_over_the_batch(subject: Subject) -> None:
    """A model's losses do not grow with the batch."""
    game, batch = _game(subject)
    many = tuple(tensor.repeat(8, *[1] * (tensor.ndim - 1)) for tensor in batch)
    for player in PLAYERS:
        one, eight = _losses(game, player, batch), _losses(game, player, many)
        for name in one.keys() & eight.keys():
            check_mean(name, one[name].detach(), eight[name].detach())


def draws_from_the_generator_it_is_given(subject: Subject) -> None:
    """generate(generator, inputs) calls the generator that it is given, which may be the averaged copy."""
    game, batch = _game(subject)
    other = copy.deepcopy(game.generator)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(0.5)
    inputs = _inputs(game, batch)
    with undisturbed(game), undisturbed(other), torch.no_grad():
        if torch.equal(game.sampler(game.generator)(inputs), game.sampler(other)(inputs)):
            raise Broken("the samples of self.generator for another one", "call generator(…), not self.generator(…)")


def draws_a_path(subject: Subject) -> None:
    """path(generator, start, end) returns a function from how far, of shape (N, 1), to samples."""
    game, _ = _game(subject)
    if game.translates:
        raise NotTried("it translates")
    weights = torch.eye(game.num_classes) if game.num_classes else None
    start, end = (
        Inputs(game.latent.sample(1), None if weights is None else weights[index : index + 1]) for index in (0, 1)
    )
    with undisturbed(game), torch.no_grad():
        drawn = game.path(game.generator, start, end)(torch.linspace(0, 1, 5).unsqueeze(1))
    if drawn.shape != (5, *game.data.shape):
        raise Broken(f"shape {tuple(drawn.shape)} for 5 places on the way", "return one sample a place")


def _game(subject: Subject) -> tuple[GAN, Batch]:
    """A new game of the component's host, and a minibatch."""
    data = subject.data
    game = build.gan(subject.host, data.spec)
    return game, data.gather(torch.arange(N) % len(data), torch.Generator().manual_seed(0))


def _losses(game: GAN, player: str, batch: Batch) -> Losses:
    losses: Losses = getattr(game, f"{player}_losses")(batch)
    return losses


def _gradients(game: GAN, player: str, to: str, batch: Batch) -> dict[str, Tensor | None]:
    """The gradients of one player's losses by the parameters of one; None for a parameter that they do not reach."""
    named = {name: weights for name, weights in getattr(game, to).named_parameters() if weights.requires_grad}
    total = torch.stack([*_losses(game, player, batch).values()]).sum()
    gradients = torch.autograd.grad(total, [*named.values()], allow_unused=True)
    return dict(zip(named, gradients, strict=True))


def _inputs(game: GAN, batch: Batch) -> Inputs:
    if game.translates:
        return Inputs(x=batch[1])
    return Inputs(game.latent.sample(N), labels_in_turn(game, N))


MODEL_FORM = (names_its_losses,)
MODEL_VALUES = (
    trains_every_parameter_of_each_player,
    gives_the_discriminators_losses_no_gradient_to_the_generator,
    moves_neither_player_by_itself,
    is_a_mean_over_the_batch,
    draws_from_the_generator_it_is_given,
    draws_a_path,
)
