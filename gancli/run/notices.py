"""What a user should know about the data of a training before it begins."""

from gancli.build import Training
from gancli.recipe import Recipe

FEW = 1000  # images; below this number the discriminator soon knows them by heart (https://arxiv.org/abs/2006.06676)


def notices(training: Training) -> list[str]:
    """The notes of the dataset itself."""
    return training.dataset.notice.splitlines()


def first_notices(recipe: Recipe, training: Training) -> list[str]:
    """The notes on a training that has not begun, with what to type for another one."""
    return [*notices(training), *_few_images(recipe, training)]


def _few_images(recipe: Recipe, training: Training) -> list[str]:
    number, gan = len(training.dataset), training.gan
    if recipe.plan.augmentation is not None or number >= FEW or gan.translates or not gan.data.is_image:
        return []
    return [
        f"{number:,} images are few, and the discriminator learns them by heart unless they are augmented; "
        "add to the command: augmentation=diffaugment"
    ]
