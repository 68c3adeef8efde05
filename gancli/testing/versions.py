"""Whether the versions that a package needs are those that are installed."""

import platform
from importlib.metadata import Distribution, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from gancli.testing.promises import Broken


def check_python(found: Distribution) -> None:
    """This Python must be one that the package names."""
    needed = str(found.metadata.json.get("requires_python", ""))
    if needed and not SpecifierSet(needed).contains(platform.python_version(), prereleases=True):
        raise Broken(f"it needs Python {needed}, and this is {platform.python_version()}", "change requires-python")


def check_installed(requirement: Requirement) -> None:
    """What the package needs must be installed, in a version that it names."""
    try:
        here = version(requirement.name)
    except ModuleNotFoundError as error:  # PackageNotFoundError is one
        raise Broken(f"it needs {requirement}, which is not installed", f"pip install '{requirement}'") from error
    if not requirement.specifier.contains(Version(here), prereleases=True):
        raise Broken(f"it needs {requirement}, and {here} is installed", "change the version that it needs")
