"""What is said of a recipe that leaves it to its user where the files are."""

import re
from pathlib import Path as FilePath

from gancli import commands, registry
from gancli.recipe.problems import Problem, problem_at
from gancli.recipe.tree import Path, Tree, dotted


def missing_place(tree: Tree, path: Path) -> Problem:
    """The problem of a place that is not written, such as ``dataset.root``, with the command that gives it."""
    command = commands.command("train", _called(tree), f"{dotted(path)}=DIR")
    return problem_at(tree, path, f"missing; say where your files are, for example: {command}")


def _called(tree: Tree) -> str:
    """The recipe as a command names it: a listed one by its name, any other by its path."""
    file = FilePath(re.sub(r"(:\d+){1,2}$", "", tree.place(())))
    is_listed = any(folder in file.parents for _, folder in registry.recipe_folders())
    return file.stem if is_listed else str(file)
