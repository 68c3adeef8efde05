"""Pictures that are paired by their names."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from gancli.data.parts import Part
from gancli.errors import DataError, in_lines, printable
from gancli.names import composed


def partners(part: Part, first: Iterable[str], second: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of names that differ in nothing but their endings, in the order of ``first``.

    Raises DataError that names every picture without a partner, and those that would have two.
    """
    of_first, of_second = (_by_stem(part, name, names) for name, names in zip(part.names, (first, second), strict=True))
    alone = [f"{part.names[0]}/{of_first[stem]}" for stem in of_first if stem not in of_second]
    alone += [f"{part.names[1]}/{of_second[stem]}" for stem in of_second if stem not in of_first]
    if alone:
        raise DataError(_no_partner(part, alone, common=len(of_first.keys() & of_second.keys())))
    return [(name, of_second[stem]) for stem, name in of_first.items()]


def _by_stem(part: Part, folder: str, names: Iterable[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(composed(str(PurePosixPath(name).with_suffix(""))), []).append(name)
    twice = [" and ".join(map(printable, several)) for several in found.values() if len(several) > 1]
    if twice:
        raise DataError(
            f"{part.root / folder}: found pictures whose names differ in the ending alone, so that a partner is not "
            f"known: {in_lines(twice)}\n  remove all but one of each"
        )
    return {stem: name for stem, (name,) in found.items()}


def _no_partner(part: Part, alone: list[str], *, common: int) -> str:
    those = f"{len(alone)} picture{' has' if len(alone) == 1 else 's have'} no partner"
    both = " and ".join(part.names)
    way_out = f"expected the same names in {both}, whatever their endings; rename or remove them"
    unpaired = "" if common else ", or, if these are no pairs, take dataset.name=domains"
    return f"{part.root}: {those}, beside {common} pairs; {way_out}{unpaired}:{in_lines(map(printable, alone))}"
