"""Images that cannot be read: an error that names all of them, unless they are few and may be left out."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from gancli.data.classes import class_of
from gancli.data.listing import Listing
from gancli.data.manifest import some
from gancli.errors import DataError, in_lines, plural, printable

ClassOf = Callable[[str], str]
Result = TypeVar("Result")


def of_all(calls: Iterable[Callable[[], Result]]) -> list[Result]:
    """The result of every call; raises DataError with the problems of all of them, so that they are mended at once."""
    results, problems = [], []
    for call in calls:
        try:
            results.append(call())
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError("\n".join(problems))
    return results


def refuse_bad(
    folder: Path, listing: Listing, bad: Mapping[str, str], *, skip: bool, class_of: ClassOf = class_of
) -> None:
    """Raises DataError that names everything that cannot be read, unless it may be left out.

    Args:
        skip: whether the user asks for it.
        class_of: the class of an image by its name; none may lose its last image.
    """
    problems = {**listing.unreadable, **bad}
    if not problems:
        return
    obstacle = _obstacle(listing, bad, class_of)
    if skip and not listing.unreadable and not obstacle:
        return
    counted = [f"{len(bad)} of {len(listing.images)} images"] if bad else []
    counted += [f"{len(listing.unreadable)} {plural('folder', len(listing.unreadable))}"] if listing.unreadable else []
    way_out = f"repair or remove them{_way_out(listing, obstacle, skip=skip)}"
    named = in_lines(f"{printable(name)}: {printable(problem)}" for name, problem in problems.items())
    raise DataError(f"{folder}: {' and '.join(counted)} cannot be read; {way_out}:{named}")


def _way_out(listing: Listing, obstacle: str, *, skip: bool) -> str:
    """The option that leaves the bad images out, or the reason why it cannot."""
    if listing.unreadable:
        return "; the number of images in a folder that cannot be read is not known, so they cannot be left out"
    if not obstacle:
        return ", or leave them out with dataset.on_bad_image=skip"
    return f"; {obstacle}" if skip else ""


def _obstacle(listing: Listing, bad: Mapping[str, str], class_of: ClassOf) -> str:
    """The reason why the bad images cannot be left out: too many, or a class without images; empty if there is none."""
    allowed = max(1, len(listing.images) // 100)
    if len(bad) > allowed:
        return f"dataset.on_bad_image=skip leaves out 1 % at most, or a single one: here {allowed}"
    kept = {class_of(name) for name in listing.images if name not in bad}
    lost = {class_of(name) for name in bad} - kept
    if lost and (lost != {""} or not kept):
        return f"without them, no image of {some(sorted(lost - {''})) or 'any kind'} is left"
    return ""
