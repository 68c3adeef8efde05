"""The folders of recipes that installed packages bring."""

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from gancli.registry.discovery import Plugin, plugins


def recipe_folders() -> list[tuple[Plugin, Path]]:
    """The folders of recipes that installed packages bring, located without importing the packages.

    An entry point of the group ``gancli.recipes`` names a sub-folder of its package: ``gan_acgan.recipes``.
    """
    folders = []
    for plugin in plugins():
        if plugin.kind != "recipe":
            continue
        top, *rest = plugin.entry_point.value.split(".")
        spec = None
        with suppress(ImportError, ValueError):  # not the name of a package: there are no recipes
            spec = find_spec(top)  # a top-level name: nothing is imported
        for location in (spec.submodule_search_locations or []) if spec else []:
            # In a source checkout our own recipes lie beside the package; the wheel packs them inside.
            for folder in (Path(location, *rest), Path(location).parent.joinpath(*rest)):
                with suppress(PermissionError):  # a package that may not be read hides its own recipes, and no others
                    if folder.is_dir():
                        folders.append((plugin, folder))
                        break
    return folders
