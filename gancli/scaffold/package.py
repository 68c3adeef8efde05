"""A new package, from the templates of its kind and from those of every kind."""

import ast
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from gancli import registry
from gancli.errors import UsageError
from gancli.files import make_folder
from gancli.scaffold.kinds import Kind
from gancli.scaffold.names import Names, choose

TEMPLATES = Path(__file__).with_name("templates")
FILES = {  # of a package: the template of each
    "pyproject.toml": "every/pyproject.toml.txt",
    "$module/__init__.py": "$kind/module.py.txt",
    "$module/py.typed": "every/py.typed.txt",
    "$module/recipes/$recipe.yaml": "$kind/recipe.yaml.txt",
    "tests/test_$recipe.py": "every/test.py.txt",
    "README.md": "every/README.md.txt",
    "LICENSE": "every/LICENSE.txt",
    ".gitignore": "every/gitignore.txt",
}


@dataclass(frozen=True)
class NewPackage:
    """A package that has just been written."""

    names: Names
    folder: Path
    files: tuple[str, ...]  # relative to the folder

    @property
    def commands(self) -> tuple[str, ...]:
        """What to type once it is installed."""
        return _commands(self.names)


def write(name: str, kind: Kind, out: Path | None = None) -> NewPackage:
    """Write a package with one component, which works as it stands, and a recipe that trains with it.

    Args:
        name: of the component, with or without ``gan-`` before it.
        out: the folder to make; by default one of this name, in the current folder.

    Raises UsageError for a name that cannot be used or is taken, and for a folder that exists.
    """
    names = choose(name, kind)
    folder = Path(name) if out is None else out
    files = _files(names)
    try:
        make_folder(folder)
    except FileExistsError:
        raise UsageError(f"{folder}: exists, and nothing in it is overwritten; name another with --out DIR") from None
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # it was made here, a moment ago
        raise
    return NewPackage(names, folder, tuple(files))


def _files(names: Names) -> dict[str, str]:
    """The text of every file, by its path."""
    words = {
        "kind": names.kind,
        "component": names.component,
        "package": names.package,
        "module": names.module,
        "class_name": names.class_name,
        "recipe": names.recipe,
    }
    module = _filled("$kind/module.py.txt", words)
    _check_imports(names, module)
    words |= _words_of_every_file(names, module)
    return {Template(path).substitute(words): _filled(template, words) for path, template in FILES.items()}


def _words_of_every_file(names: Names, module: str) -> dict[str, str]:
    about = (ast.get_docstring(ast.parse(module)) or "").removesuffix(".")
    return {
        "group": registry.GROUPS[names.kind],
        "a_kind": f"{'an' if names.kind[0] in 'aeio' else 'a'} {names.kind}",
        "about": about,
        "description": re.sub(r", https://[^ ,)]+", "", about),
        "year": str(date.today().year),
        "named": _named(names),
        "commands": "\n".join(_commands(names)),
    }


def _named(names: Names) -> str:
    if names.kind == "extractor":
        return f"which `--extractor {names.component}` names. It is made of a dataset, and has no options"
    return f"which a recipe names `{names.component}`. Its annotated keywords are the options of a recipe"


def _commands(names: Names) -> tuple[str, ...]:
    train = f"gan train {names.recipe}"
    if names.kind == "extractor":
        return train, f"gan evaluate runs/{names.recipe} --extractor {names.component}"
    return (train,)


def _filled(template: str, words: dict[str, str]) -> str:
    path = TEMPLATES / Template(template).substitute(words)
    return Template(path.read_text(encoding="utf-8")).substitute(words)


def _check_imports(names: Names, module: str) -> None:
    """Raises UsageError for a class that would hide what its own module imports."""
    imports = [node for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Import | ast.ImportFrom)]
    if names.class_name in {alias.name for node in imports for alias in node.names}:
        raise UsageError(
            f"found the name {names.component!r}; its class would be called {names.class_name}, as something that its "
            f"module imports; choose another name, such as {names.component}-2"
        )
