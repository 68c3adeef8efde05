"""What an extractor promises."""

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.errors import DataError, GanError, UsageError
from gancli.extractors import Extractor, as_pictures, learnable
from gancli.testing.promises import Broken, NotTried
from gancli.testing.subject import Subject
from gancli.testing.toys import ToyImages
from gancli.testing.values import check_untouched

SCALE = 10.0  # how far a deviation may be from 1


def is_made_of_a_dataset(subject: Subject) -> None:
    """An extractor is made of a dataset."""
    made = _made(subject)
    if not isinstance(made, Extractor):
        raise Broken(f"an instance of {type(made).__name__}", "extend gancli.extractors.Extractor")


def gives_features_of_its_dim(subject: Subject) -> None:
    """Features are of shape (N, dim), float32, on the CPU, without a gradient."""
    made, images = _made(subject), _images()
    for n in (len(images), 1):
        features = made.features(images[:n])
        if features.shape != (n, made.dim):
            raise Broken(
                f"shape {tuple(features.shape)} for {n} images and dim = {made.dim}", "set dim to what you give"
            )
        if features.dtype != torch.float32 or features.requires_grad or features.device.type != "cpu":
            found = f"{features.dtype} on {features.device.type}, {'with' if features.requires_grad else 'without'}"
            raise Broken(f"{found} a gradient", "compute under torch.no_grad() and end with .float().cpu()")
        if not features.isfinite().all():
            raise Broken("features that are not finite", "keep divisions from 0")


def gives_each_image_its_own_features(subject: Subject) -> None:
    """The same images give the same features, in any order and number."""
    made, images = _made(subject), _images()
    features, turned = made.features(images), made.features(images.flip(0)).flip(0)
    first = made.features(images[:1])
    if not all(
        torch.allclose(one, other, rtol=1e-3, atol=1e-3) for one, other in ((features, turned), (features[:1], first))
    ):
        raise Broken("other features for the same image", "use evaluation mode, and nothing random")


def sees_images_as_files_hold_them(subject: Subject) -> None:
    """Images are first rounded as a file of them is (as_pictures)."""
    made, images = _made(subject), _images()
    between = (images + 1e-3).clamp(max=1)
    if not torch.equal(made.features(between), made.features(as_pictures(between))):
        raise Broken("other features for an image and for its file", "begin with gancli.extractors.as_pictures(images)")


def scales_its_features(subject: Subject) -> None:
    """Each feature has a standard deviation of about 1 over real images."""
    deviation = _made(subject).features(_images()).std(0).median().item()
    if not 1 / SCALE < deviation < SCALE:
        raise Broken(f"a median deviation of {deviation:.3g}", "divide by that of the images that it is made of")


def has_one_id(subject: Subject) -> None:
    """id is a text that is equal exactly when the features are."""
    one, again, other = _made(subject), _made(subject), _made(subject, height=20, width=20)
    if not isinstance(one.id, str) or not one.id:
        raise Broken(f"{one.id!r}", "set self.id")
    if one.id != again.id:
        raise Broken(f"{one.id!r} and {again.id!r} for the same data", "make its id and its features of the data alone")
    if one.id == other.id and not torch.equal(one.features(_images()), _or_none(other)):
        raise Broken(f"{one.id!r} for data of 16 and of 20 pixels", "put a digest of what it has learned into the id")


def gives_probabilities_of_classes(subject: Subject) -> None:
    """classes(images) returns probabilities of shape (N, K), or None."""
    made, images = _made(subject), _images()
    found = made.classes(images)
    if found is None:
        return
    if found.shape != (len(images), 3) or not torch.allclose(found.sum(1), torch.ones(len(images)), atol=1e-3):
        raise Broken(f"shape {tuple(found.shape)}, with sums of {found.sum(1).mean():.3g}", "end with softmax(dim=1)")


def leaves_the_images_as_they_are(subject: Subject) -> None:
    """A component does not change in place what it is given."""
    check_untouched("features(images)", _made(subject).features, _images())


def _made(subject: Subject, height: int = 16, width: int = 16) -> Extractor:
    """A new extractor of the part of sixty images that one may learn from; NotTried for one that needs a file."""
    data: Dataset = learnable(ToyImages(height=height, width=width, labelled=True))
    try:
        made: Extractor = subject.make(data)
    except (DataError, UsageError) as error:
        raise NotTried(f"it needs what is not here: {error}") from error
    return made


def _images() -> Tensor:
    data = ToyImages(labelled=True)
    return data.gather(torch.arange(len(data)), torch.Generator())[0]


def _or_none(other: Extractor) -> Tensor:
    """Its features of images of 16 pixels; NaN if it takes none of them."""
    try:
        return other.features(_images())
    except (GanError, RuntimeError, ValueError):
        return torch.full((1,), torch.nan)


EXTRACTOR_FORM = (
    is_made_of_a_dataset,
    gives_features_of_its_dim,
    gives_each_image_its_own_features,
)
EXTRACTOR_VALUES = (
    sees_images_as_files_hold_them,
    scales_its_features,
    has_one_id,
    gives_probabilities_of_classes,
    leaves_the_images_as_they_are,
)
