"""Pairs as they lie in folders: read once, checked, and kept in memory if they fit."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from gancli.data.bad_images import of_all, refuse_bad
from gancli.data.finding import listed
from gancli.data.fitting import Sides
from gancli.data.frames import Halves
from gancli.data.left_out import files_left_out
from gancli.data.manifest import some
from gancli.data.pair_images import Matched, PairImages, SideBySide
from gancli.data.partners import partners
from gancli.data.parts import Part
from gancli.data.reading import Reading
from gancli.data.scanned_folder import fits_in_memory, update_digest
from gancli.errors import DataError


@dataclass(frozen=True)
class PairFiles:
    """The pairs of a part, and what is to be said of them."""

    images: PairImages
    manifest: Mapping[str, str]  # path below the root → digest
    is_kept: bool  # in memory
    bits: tuple[int, int]  # that grey images of 16 bits use, of A and of B
    folders: int
    left_out: str
    notice: str

    def digest(self, reading: Reading, direction: str) -> str:
        """A digest of everything that determines the examples."""
        bits = self.bits[: self.folders]  # once of a folder, so that old digests stay valid
        decoder = "" if reading.decoder == "exact" else f" {reading.decoder}"
        facts = f"pairs {direction} {reading.shapes} {reading.loaded} {reading.fit} {bits}{decoder}\n"
        digest = hashlib.sha256(facts.encode())
        update_digest(digest, self.manifest)
        return digest.hexdigest()


def read_pairs(part: Part, reading: Reading) -> PairFiles:
    """The pairs of a part.

    Raises DataError for pictures without a partner, and for those that cannot be read; all of them are named.
    """
    return _matched(part, reading) if len(part.folders) == 2 else _side_by_side(part, reading)


def _matched(part: Part, reading: Reading) -> PairFiles:
    both = of_all(partial(listed, folder) for folder in part.folders)
    # Pictures in folders that cannot be read would lack partners.
    of_all(partial(refuse_bad, found.place, found.listing, {}, skip=False) for found in both)
    pairs = partners(part, *(found.listing.images for found in both))
    ordered = ([one for one, _ in pairs], [other for _, other in pairs])
    both = [
        replace(found, listing=replace(found.listing, images=names)) for found, names in zip(both, ordered, strict=True)
    ]
    is_kept = fits_in_memory(len(pairs), Halves(*reading.frames).shape, reading.memory_mb)
    first, second = reading.scan_both(both, keep=is_kept)
    good = [(one, other) for one, other in pairs if one in first.digests and other in second.digests]
    if not good:
        raise DataError(f"{part.root}: of every pair, one picture cannot be read; repair or replace them")
    first.keep_only({one for one, _ in good})
    second.keep_only({other for _, other in good})
    return PairFiles(
        Matched(first.images, second.images),
        {**first.manifest, **second.manifest},
        is_kept,
        (first.bits, second.bits),
        2,
        "; ".join([*first.left_out(), *second.left_out()]),
        "\n".join([*_differing(good, first.sides, second.sides), *first.named_remarks(), *second.named_remarks()]),
    )


def _differing(pairs: list[tuple[str, str]], first: Mapping[str, Sides], second: Mapping[str, Sides]) -> Iterator[str]:
    """Pairs whose pictures have different sizes."""
    names = [one for one, other in pairs if first[one] != second[other]]
    if names:
        yield (
            f"the two pictures of {len(names):,} of {len(pairs):,} pairs have different sizes, and each is scaled by "
            f"itself, so look in reals.png whether they still match: {some(names)}"
        )


def _side_by_side(part: Part, reading: Reading) -> PairFiles:
    (folder,), halves = part.folders, Halves(*reading.frames)
    there = listed(folder)
    is_kept = fits_in_memory(len(there.listing.images), halves.shape, reading.memory_mb)
    found = reading.scan(there, halves, keep=is_kept, bits=reading.bits[0])
    return PairFiles(
        SideBySide(found.images, halves),
        found.manifest,
        is_kept,
        (found.bits, found.bits),
        1,
        "; ".join(files_left_out(found.listing, found.bad) if part.is_trained_on else found.left_out()),
        "\n".join([*_odd(found.sides), *found.remarks()]),
    )


def _odd(sides: Mapping[str, Sides]) -> Iterator[str]:
    """Images that may not be two pictures of one size."""
    odd = [name for name, (_, width) in sides.items() if width % 2]
    if odd:
        yield f"the widths of {len(odd):,} of {len(sides):,} pairs are odd; the column between is left out: {some(odd)}"
    tall = [name for name, (height, width) in sides.items() if width <= height]
    if tall:
        yield (
            f"{len(tall):,} of {len(sides):,} images are not wider than tall; expected both pictures of a pair side by "
            f"side, so look in reals.png whether these are pairs: {some(tall)}"
        )
