"""The version of the contract between gan and its plugins, which CONTRIBUTING.md writes out.

A package says in its metadata which versions it is written for, so that it is found to be of another one before any of
its code runs: one entry point a version, ``2 = "gan_mine"``, in the group ``gancli.contract``.
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint


class ContractVersion(int):
    """The version of the contract between gan and its plugins, a whole number.

    It grows by one when plugins that were right before have to be changed; CONTRIBUTING.md writes the contract out.
    """


CONTRACT = ContractVersion(1)
GROUP = "gancli.contract"
UNSAID = "1"  # of a package that says nothing


def contracts_of(points: Iterable[EntryPoint]) -> tuple[str, ...]:
    """The versions that a package with these entry points is written for, as it writes them, in order."""
    return tuple(sorted({point.name for point in points if point.group == GROUP})) or (UNSAID,)


def is_kept_by(contracts: tuple[str, ...]) -> bool:
    """Whether this gan keeps the contract of a package that is written for these versions."""
    return str(CONTRACT) in contracts
