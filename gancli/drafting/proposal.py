"""A proposal for a folder of images, with a reason for each choice."""

from typing import Any

from gancli import registry
from gancli.drafting.choices import Choices
from gancli.drafting.folder_facts import FolderFacts
from gancli.drafting.nearest import nearest, values_of
from gancli.errors import UsageError, plural

FEW = 5000  # images; the recipe photos was made for 100 to 5,000
SIZES = (128, 64, 32)
TRANSLATORS = {"pairs": "pix2pix", "domains": "cyclegan"}


def proposal(facts: FolderFacts) -> Choices:
    """The choices for a folder.

    Raises UsageError for images to translate, if no package that translates is installed.
    """
    size = next((size for size in SIZES if size <= facts.side), SIZES[-1])
    dataset = {"name": facts.layout, "root": str(facts.root), "size": size, "channels": _channels(facts)}
    dataset |= {"flip": _is_mirrored(facts), "on_bad_image": "skip"}
    if facts.layout in TRANSLATORS:
        return _translation(facts, dataset)
    few = facts.count <= FEW
    base = values_of("photos" if few else "fashion_cgan")  # this one learns from 60,000
    train = base["train"] | {"batch_size": max(1, min(base["train"]["batch_size"], facts.count))}
    values = base | {"dataset": dataset, "model": "cgan" if len(facts.classes) > 1 else "gan", "train": train}
    title = f"A GAN on {facts.count:,} {plural('image', facts.count)} of a folder"
    reasons = {"dataset": _size_reason(facts, size), "model": _model_reason(facts)}
    return Choices(title, values, reasons | _reasons(few))


def _translation(facts: FolderFacts, dataset: dict[str, Any]) -> Choices:
    model = TRANSLATORS[facts.layout]
    what = "pairs of images" if facts.layout == "pairs" else "images of two domains without pairs"
    if model not in registry.names("model"):
        raise UsageError(
            f"{facts.root}: found {what}, which the model {model} learns to translate, and no installed package that "
            f"provides it{registry.how_to_get('model', model)}"
        )
    base = nearest({"model": model})
    reasons = {
        "dataset": f"The folder has {what}. {_size_reason(facts, dataset['size'])}",
        "model": f"{model} learns to translate {what}.",
        "architecture": "Networks that take an image, and not noise.",
    }
    return Choices(f"{model} on {what}", base.values | {"dataset": dataset}, reasons)


def _size_reason(facts: FolderFacts, size: int) -> str:
    sides = f"{'All' if facts.same_size else 'Half of the'} images have {facts.side} pixels or more on the shorter side"
    limit = "; larger ones take much longer" if size == SIZES[0] else ""
    scaled = "" if facts.side >= size else ", and are enlarged"
    colours = "no image has colours" if facts.grey else "some have colours"
    return f"{size} × {size} pixels: {sides[0].lower()}{sides[1:]}{scaled}{limit}; {colours}; {_flip_reason(facts)}."


def _channels(facts: FolderFacts) -> int | list[int]:
    """Grey drawings may have targets in colour; the identity term of domains wants one number for both."""
    if facts.layout == "pairs" and len(set(facts.greys)) > 1:
        return [1 if grey else 3 for grey in facts.greys]
    return 1 if facts.grey else 3


def _is_mirrored(facts: FolderFacts) -> bool:
    return facts.layout != "pairs" and not facts.grey


def _flip_reason(facts: FolderFacts) -> str:
    if _is_mirrored(facts):
        return "mirrored; for letters, write flip: false"
    if facts.grey:
        return "not mirrored, because they may be letters"
    return "not mirrored; flip: true mirrors every second pair"


def _model_reason(facts: FolderFacts) -> str:
    match len(facts.classes):
        case 0:
            return "gan: images lie in the folder itself, so there are no classes."
        case 1:
            return "gan: there is one sub-folder only, so nothing to choose between."
        case number:
            return f"cgan: the {number} sub-folders are classes, and it draws the one that is asked for."


def _reasons(few: bool) -> dict[str, str]:
    if not few:
        return {
            "architecture": f"More than {FEW:,} images are enough for dcgan, as in the recipe fashion_cgan.",
            "augmentation": f"None: more than {FEW:,} images are not memorised so soon.",
            "train": "Steps and minibatches as in the recipe fashion_cgan.",
        }
    return {
        "architecture": "compact is made for few images, and quick on a CPU.",
        "penalties": "R1 keeps the discriminator smooth; it is due every 8th step, as in the recipe photos.",
        "augmentation": f"At most {FEW:,} images would be memorised; without cutout, as in photos.",
        "train": "Steps and minibatches as in the recipe photos.",
    }
