"""Paths that a command may be given: of recipes, of runs, of checkpoints."""

from collections.abc import Callable, Iterator
from itertools import islice
from mimetypes import guess_type
from pathlib import Path

from gancli.completion import Candidates
from gancli.recipe import listed_recipes
from gancli.storage.run_folder import RUNS, RunFolder

MOST = 1000  # entries of a folder
Wanted = Callable[[Path], bool]


def recipes(typed: str) -> Candidates:
    """Recipes: the listed names, each with its package, and paths."""
    listed = {path.stem: plugin.package for plugin, path in listed_recipes()}
    return {name: package for name, package in listed.items() if name.startswith(typed)} | _paths(typed, _is_recipe)


def checkpoints(typed: str) -> Candidates:
    """Runs and checkpoint files; those of a run if the path ends with a slash behind it."""
    folder = RunFolder(Path(typed))
    if typed.endswith("/") and folder.is_run:
        return {str(path): "" for path in (folder.best, *folder.checkpoints()) if path.is_file()}
    return _paths(typed, _is_checkpoint, RUNS)


def pictures(typed: str) -> Candidates:
    """Pictures that can be read, and folders, which may hold some."""
    return _paths(typed, lambda path: (guess_type(path.name)[0] or "").startswith("image/") and path.is_file())


def folders(typed: str) -> Candidates:
    """Folders."""
    return _paths(typed, lambda path: False)


def _paths(typed: str, wanted: Wanted, opened: str = "") -> Candidates:
    """Wanted paths that begin as it is typed, and folders that lead to some; a lone folder is opened.

    Args:
        opened: a folder that is always opened.
    """
    parent = typed[: typed.rfind("/") + 1]
    found = dict(_entries(parent, typed, wanted, opened))
    only = next(iter(found)) if len(found) == 1 else ""
    return found | (_paths(only, wanted) if only.endswith("/") and only != typed else {})


def _entries(parent: str, typed: str, wanted: Wanted, opened: str) -> Iterator[tuple[str, str]]:
    for path in sorted(islice(Path(parent or ".").expanduser().iterdir(), MOST)):
        name = parent + path.name
        if not name.startswith(typed) or (path.name.startswith(".") and typed == parent):
            continue
        if wanted(path):
            yield name, ""
        elif path.is_dir() and name == opened:
            yield from _entries(f"{name}/", f"{name}/", wanted, "")
        elif path.is_dir():
            yield f"{name}/", ""


def _is_recipe(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml") and path.is_file()


def _is_checkpoint(path: Path) -> bool:
    return RunFolder(path).is_run or (path.suffix == ".safetensors" and path.is_file())
