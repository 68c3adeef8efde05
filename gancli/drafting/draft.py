"""A new recipe, as text."""

from pathlib import Path

from gancli.drafting.annotated import annotated
from gancli.drafting.choices import Choices
from gancli.drafting.nearest import OWN_IMAGES, nearest
from gancli.errors import UsageError
from gancli.recipe import from_values


def draft(wanted: dict[str, str], images: Path | None = None, *, file: Path | None = None) -> str:
    """A commented recipe with what is wanted, and every default.

    Args:
        wanted: names of components by the recipe's keys: dataset, model, architecture, loss.
        images: a folder of images to learn from, whose facts decide what is not wanted.
        file: where it is to be written; by default mine.yaml.

    Raises:
        RecipeError: a component that there is not, or that needs options that have no default.
        DataError: the folder is none of images.
        UsageError: the folder's images need a package that is not installed.
    """
    file = file or Path("mine.yaml")
    choices = _choices(wanted, images).replaced(wanted)
    recipe = from_values(choices.values, file.stem)
    comment = f"{choices.title}.\n\n  gan train {file.name}\n\nEvery key is here; one that is left out has its default."
    return annotated(recipe, comment, choices.reasons)


def _choices(wanted: dict[str, str], images: Path | None) -> Choices:
    if images is None:
        if (dataset := wanted.get("dataset")) in OWN_IMAGES:
            raise UsageError(f"--dataset {dataset}: its images are in a folder; say which instead: --images DIR")
        return nearest(wanted)
    from gancli.drafting.folder_facts import look_at
    from gancli.drafting.proposal import proposal

    return proposal(look_at(images))
