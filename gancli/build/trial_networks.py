"""The trial of networks: what they draw, that they are complete in a state_dict, that they say if they mix a batch."""

import torch
from torch import Tensor

from gancli.build.contracts import blaming_breach, breach
from gancli.build.game import gan
from gancli.build.suspects import Suspects
from gancli.build.value_problems import is_out_of_bounds
from gancli.data import DataSpec
from gancli.losses import Losses
from gancli.models import GAN, Inputs
from gancli.models.discriminators import mixes_batch
from gancli.recipe import Recipe
from gancli.sampling.draw import generate, labels_in_turn, make_sampler, undisturbed


def check_samples(game: GAN, batch: tuple[Tensor, ...], spec: DataSpec, suspects: Suspects) -> None:
    """Samples have the shape and the range of the data, and drawing them changes nothing."""
    shape = (len(batch[0]), *spec.shape)
    sentence = f"the generator returns samples of shape {shape}" + ", in [-1, 1]" * spec.is_image
    before = {name: tensor.clone() for name, tensor in game.state_dict().items()}
    with blaming_breach(suspects.architecture, sentence):
        samples = _samples(game, batch)
    for name, tensor in game.state_dict().items():
        if not torch.equal(tensor, before[name]):
            found = f"a changed {name!r}; let the sampler work on a copy"
            raise breach(suspects.model, "sampling changes no parameter and no buffer", found)
    if samples.shape != shape:
        raise breach(suspects.architecture, sentence, f"shape {tuple(samples.shape)}")
    if not samples.isfinite().all():
        raise breach(suspects.architecture, sentence, "numbers that are not finite")
    if spec.is_image and is_out_of_bounds(samples):
        found = f"{samples.min():.3g} to {samples.max():.3g}; end with tanh, or clamp in evaluation mode"
        raise breach(suspects.architecture, sentence, found)


def check_twin(game: GAN, batch: tuple[Tensor, ...], recipe: Recipe, spec: DataSpec, suspects: Suspects) -> None:
    """Two games with one state_dict are one: nothing that they compute with is left out of it."""
    sentence = "everything that a network computes with is a parameter or a buffer"
    twin = gan(recipe, spec)
    twin.step = game.step
    with blaming_breach(suspects.architecture, sentence):
        twin.load_state_dict(game.state_dict())
        drawn = [_samples(each, batch) for each in (game, twin)]
        scores = [_scores(each, batch) for each in (game, twin)]
    if not torch.equal(*drawn):
        found = "two networks with the same state_dict that differ; keep layers in a ModuleList, not in a list"
        raise breach(suspects.architecture, sentence, found)
    for name, score in scores[0].items():
        if not torch.equal(score, scores[1][name]):
            found = f"two models with the same state_dict whose loss {name!r} differs"
            way_out = "keep layers in a ModuleList, and numbers in a Buffer"
            raise breach(suspects.of_loss(name), sentence, f"{found}; {way_out}")


def check_mixing(game: GAN, batch: tuple[Tensor, ...], suspects: Suspects) -> None:
    """Real and fake samples may be scored together, unless a layer says that it looks across the batch."""
    if mixes_batch(game.discriminator):
        return
    together = _scores(game, batch)
    game.discriminator.mixes_batch = True  # type: ignore[assignment]
    apart = _scores(game, batch)
    del game.discriminator.mixes_batch
    if not all(torch.allclose(score, apart[name], rtol=1e-3, atol=1e-4) for name, score in together.items()):
        sentence = "a layer of the discriminator that looks across the batch says mixes_batch = True"
        raise breach(suspects.architecture, sentence, "logits that depend on the other samples of the batch")


def _samples(game: GAN, batch: tuple[Tensor, ...]) -> Tensor:
    return generate(game, game.generator, _inputs(game, batch), make_sampler(game, game.generator))


def _inputs(game: GAN, batch: tuple[Tensor, ...]) -> Inputs:
    z = game.latent.sample(len(batch[0]), rng=torch.Generator().manual_seed(0))
    return Inputs(z, labels_in_turn(game, len(batch[0])), batch[1] if game.translates else None)


def _scores(game: GAN, batch: tuple[Tensor, ...]) -> Losses:
    """The losses of both players in evaluation mode, which all networks and terms take part in; they leave no trace."""
    state = {name: tensor.clone() for name, tensor in game.state_dict().items()}
    with torch.enable_grad(), undisturbed(game):
        losses = game.discriminator_losses(batch) | game.generator_losses(batch)
    game.load_state_dict(state)
    return {name: loss.detach() for name, loss in losses.items()}
