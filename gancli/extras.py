"""Packages that not everybody needs: which of them are missing."""

from collections.abc import Iterable
from importlib.util import find_spec

from gancli.errors import UsageError


def missing(packages: Iterable[str]) -> list[str]:
    """Those that are not installed; nothing is imported."""
    found = {package: find_spec(package) for package in packages}
    # A folder of that name in the working directory is no package.
    return [package for package, spec in found.items() if spec is None or spec.origin is None]


def require(who: str, packages: Iterable[str], extra: str) -> None:
    """Raises UsageError, with the command that installs them, if packages of an extra of gan are missing.

    Args:
        who: needs them, in the message.
    """
    if absent := missing(packages):
        raise UsageError(f"{who} needs {' and '.join(absent)}: pip install 'gancli[{extra}]'")
