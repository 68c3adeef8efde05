"""Where an extractor comes from: shipped with the package, kept from the last time, or made now."""

from contextlib import suppress
from pathlib import Path

from gancli.data import Dataset, DataSpec
from gancli.data.manifest import some
from gancli.data_folder import data_folder
from gancli.errors import CheckpointError, UsageError
from gancli.extractors.base import OnProgress, silent
from gancli.extractors.classifier import train_classifier
from gancli.extractors.files import load, save
from gancli.extractors.frozen import Frozen
from gancli.extractors.parts import learnable
from gancli.extractors.random_features import drawn

SHIPPED = {name: Path(__file__).with_name(f"{name}.safetensors") for name in ("mnist", "fashion-mnist")}


def for_dataset(dataset: Dataset, name: str = "", *, progress: OnProgress = silent) -> Frozen:
    """The extractor that a dataset's images are compared in unless the user asks for another.

    Digits and clothes have one that comes with the package. For other labelled images a classifier is trained on two
    fifths of them, once, and kept in the data folder. Where there are no classes, or too little to learn
    from, the features are random.

    Args:
        name: of the dataset, in a recipe.
        progress: called with the share of the training that is done.

    Raises:
        UsageError: the examples are not images.
        DataError: they cannot be read.
    """
    if not dataset.spec.is_image:
        raise UsageError(f"features are of images (C, H, W), and these data have the shape {dataset.spec.shape}")
    if name in SHIPPED and (shipped := load(SHIPPED[name])).record.data == dataset.spec:
        return shipped
    if dataset.spec.num_classes < 2 or len(dataset) < labelled_images_needed(dataset.spec.num_classes):
        return drawn(dataset.spec)
    part = learnable(dataset)
    kept = data_folder() / "extractors" / f"classifier-v1-{part.fingerprint[:16]}.safetensors"
    with suppress(CheckpointError):  # missing or damaged: it is made again
        if (found := load(kept)).record.fingerprint == part.fingerprint:
            return found
    made = train_classifier(part, progress=progress)
    with suppress(OSError):  # on a full or read-only disk, the next call makes it again
        kept.parent.mkdir(parents=True, exist_ok=True)
        save(made, kept)
    return made


def shipped_for(data: DataSpec) -> str:
    """The name of the shipped extractor for images of exactly these facts; empty if there is none."""
    return next((name for name, path in SHIPPED.items() if load(path).record.data == data), "")


def without_data(data: DataSpec) -> Frozen:
    """The extractor for images of these facts where nothing can be learned from them: shipped, or random."""
    name = shipped_for(data)
    return load(SHIPPED[name]) if name else drawn(data)


def labelled_images_needed(num_classes: int) -> int:
    """How many images a classifier is trained from: two fifths of them are learned from, the others evaluate."""
    return max(100, 25 * num_classes)


def from_file(path: Path, data: DataSpec) -> Frozen:
    """A saved extractor, for images of these facts.

    Raises CheckpointError for a file that holds none, UsageError for one that was made for other images.
    """
    found = load(path)
    made_for = found.record.data
    if made_for.shape != data.shape:
        raise UsageError(f"{path}: takes images of shape {made_for.shape}, and these have the shape {data.shape}")
    if made_for.num_classes and data.num_classes and made_for.class_names != data.class_names:
        raise UsageError(
            f"{path}: knows the classes {some(made_for.class_names)}, and these images have {some(data.class_names)}"
        )
    return found
