"""What a user should know about the data and the steps of a training before it begins."""

from gancli.build import Training
from gancli.models import GAN
from gancli.models.discriminators import mixes
from gancli.recipe import Recipe
from gancli.run import captured
from gancli.run.precision import emulation_notices
from gancli.training import processes

FEW = 1000  # images; below this number the discriminator may memorise them (https://arxiv.org/abs/2006.06676)
VERY_FEW = 20  # images; below this number there is no variety to learn


def notices(recipe: Recipe, training: Training) -> list[str]:
    """The notes of the dataset itself, and on what makes steps slower or minibatches other ones than was asked for."""
    return [
        *training.dataset.notice.splitlines(),
        *emulation_notices(recipe, training.device),
        *_shares(recipe, training),
        *_graphs(recipe, training),
    ]


def first_notices(recipe: Recipe, training: Training) -> list[str]:
    """The notes on a training that has not begun, with what to type for another one."""
    return [*notices(recipe, training), *_few_images(recipe, training)]


def mixing_parts(gan: GAN) -> list[str]:
    """The classes of the layers and terms that look across a minibatch, each once."""
    parts = [*gan.modules(), *gan.penalties.values(), gan.loss]
    return list(dict.fromkeys(type(part).__name__ for part in parts if mixes(part)))


def _shares(recipe: Recipe, training: Training) -> list[str]:
    """What looks across a minibatch, and now sees one of several shares of it at a time."""
    shares, names = processes.size() * recipe.train.accumulate, mixing_parts(training.gan)
    if shares == 1 or not names:
        return []
    return [
        f"{', '.join(names)}: over each of the {shares} shares of a minibatch by itself, "
        "which is another game than over the whole minibatch"
    ]


def _graphs(recipe: Recipe, training: Training) -> list[str]:
    reason = captured.reason_against(recipe, training) if recipe.train.cuda_graph else ""
    return [captured.notice(reason)] if reason else []


def _few_images(recipe: Recipe, training: Training) -> list[str]:
    number, gan = len(training.dataset), training.gan
    if number >= FEW or gan.translates or not gan.data.is_image:
        return []
    if number < VERY_FEW:
        images = "1 image is" if number == 1 else f"{number} images are"
        return [f"{images} too few to learn any variety from: samples will be copies; 100 are a good start"]
    if recipe.plan.augmentation is not None:
        return []
    return [
        f"{number:,} images are few, and in a long training the discriminator memorises them; if samples get "
        "worse or are copies, add to the command: augmentation=diffaugment"
    ]
