"""The options and docstrings of a component as its source file has them: nothing is imported.

An import would take seconds of every TAB, and run code for a report.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MAX_DEPTH = 10  # imports and base classes that are followed
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class WrittenOption:
    """A keyword argument with the annotation and the default that stand in the source."""

    annotation: str
    default: Any  # ... without one, and if it is not a plain value
    choices: tuple[str, ...] = ()  # those of Literal and bool, as a recipe writes them


def options(target: str, method: str = "__init__") -> dict[str, WrittenOption]:
    """The named arguments of a class or a function, without ``self``, ``*`` and ``**``; none if it cannot be found.

    Args:
        target: ``module:name``, as an entry point says it.
        method: of the class, whose arguments are wanted; its own, or that of the first base class that has it.
    """
    module, _, name = target.replace(" ", "").partition(":")
    found = _definition(module, name)
    if found is not None and isinstance(found[1], ast.ClassDef):
        found = _method(found[0], found[1], method)
    if found is None or not isinstance(found[1], Function):
        return {}
    return dict(_arguments(found[0], found[1]))


def docstrings(target: str) -> tuple[str, str]:
    """The docstring of a class or a function, and that of the module that defines it; empty if it cannot be found."""
    module, _, name = target.replace(" ", "").partition(":")
    found = _definition(module, name)
    if found is None or not isinstance(found[1], ast.ClassDef | Function):
        return "", ""
    home = _tree(found[0])
    return ast.get_docstring(found[1]) or "", (home and ast.get_docstring(home)) or ""


def attribute(target: str, name: str) -> Any:
    """The plain value of an attribute of a class, its own or that of a base class; None if it cannot be found."""
    module, _, owner = target.replace(" ", "").partition(":")
    found = _definition(module, owner)
    if found is None or not isinstance(found[1], ast.ClassDef):
        return None
    for _, kind in _lineage(found[0], found[1]):
        for node in kind.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and name in _assigned(node):
                return None if (value := _plain(node.value)) is ... else value
    return None


def _assigned(node: ast.Assign | ast.AnnAssign) -> list[str]:
    return [ast.unparse(target) for target in (node.targets if isinstance(node, ast.Assign) else [node.target])]


@cache
def names(module: str) -> dict[str, str]:
    """The names that a module imports from others, each with its ``module:name``."""
    tree = _tree(module)
    return {} if tree is None else dict(_imported(module, tree))


def keys(module: str, name: str) -> list[str]:
    """The texts that are keys of a dictionary that a module writes out; none if it cannot be found."""
    found = _definition(module, name)
    written = found[1].value if found is not None and isinstance(found[1], ast.Assign) else None
    constants = written.keys if isinstance(written, ast.Dict) else []
    return [str(key.value) for key in constants if isinstance(key, ast.Constant)]


def _arguments(module: str, function: Function) -> Iterator[tuple[str, WrittenOption]]:
    given, keywords = function.args, function.args.kwonlyargs
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + list(given.defaults) + list(given.kw_defaults)
    for argument, default in zip([*positional, *keywords], defaults, strict=True):
        if argument.arg not in ("self", "cls"):
            annotation = ast.unparse(argument.annotation) if argument.annotation else ""
            choices = tuple(_choices(module, argument.annotation)) if argument.annotation else ()
            yield argument.arg, WrittenOption(annotation, _plain(default), choices)


def _choices(module: str, annotation: ast.expr, depth: int = 0) -> Iterator[str]:
    """The values of a Literal or a bool, also of one that has a name or is one side of a union."""
    match annotation:
        case ast.BinOp():
            yield from _choices(module, annotation.left)
            yield from _choices(module, annotation.right)
        case ast.Subscript() if ast.unparse(annotation.value).endswith("Literal"):
            yield from (str(node.value) for node in ast.walk(annotation.slice) if isinstance(node, ast.Constant))
        case ast.Subscript(slice=ast.Tuple(elts=[kind, *_])) if ast.unparse(annotation.value).endswith("Annotated"):
            yield from _choices(module, kind)
        case ast.Name(id="bool"):
            yield from ("true", "false")
        case ast.Name() if depth < MAX_DEPTH:
            found = _definition(module, annotation.id)
            if found is not None and isinstance(found[1], ast.Assign):
                yield from _choices(found[0], found[1].value, depth + 1)


def _plain(default: ast.expr | None) -> Any:
    try:
        return ... if default is None else ast.literal_eval(default)
    except ValueError:
        return ...


def _method(module: str, owner: ast.ClassDef, name: str) -> tuple[str, Function] | None:
    for home, kind in _lineage(module, owner):
        for node in kind.body:
            if isinstance(node, Function) and node.name == name:
                return home, node
    return None


def _lineage(module: str, owner: ast.ClassDef, depth: int = 0) -> Iterator[tuple[str, ast.ClassDef]]:
    """A class and its base classes, each with its module, in the order in which their members are looked for."""
    yield module, owner
    for base in owner.bases if depth < MAX_DEPTH else ():
        parent = _definition(module, ast.unparse(base))
        if parent is not None and isinstance(parent[1], ast.ClassDef):
            yield from _lineage(parent[0], parent[1], depth + 1)


def _definition(module: str, name: str, depth: int = 0) -> tuple[str, ast.stmt] | None:
    """The statement that defines a name of a module, and the module that it is in."""
    tree = _tree(module)
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.ClassDef | Function) and node.name == name:
            return module, node
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            return module, node
    if depth < MAX_DEPTH and (home := names(module).get(name)):
        source, _, original = home.partition(":")
        return _definition(source, original, depth + 1)
    return None


def _imported(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):  # those for the type checker too: our own package imports its names late
        if isinstance(node, ast.ImportFrom):
            source = ".".join(filter(None, [_parent(module, node.level), node.module]))
            yield from ((alias.asname or alias.name, f"{source}:{alias.name}") for alias in node.names)


def _parent(module: str, level: int) -> str:
    """The package that a relative import of a module begins at."""
    file = _file(module)
    ups = level - (file is not None and file.name == "__init__.py")
    return "" if level == 0 else ".".join(module.split(".")[: len(module.split(".")) - ups])


@cache
def _tree(module: str) -> ast.Module | None:
    try:
        file = _file(module)
        return None if file is None else ast.parse(file.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):  # there is nothing to be read from it
        return None


def _file(module: str) -> Path | None:
    top, *rest = module.split(".")
    spec = find_spec(top)  # a top-level name: nothing is imported
    if spec is None or not rest:
        return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
    paths = [Path(location, *rest) for location in spec.submodule_search_locations or ()]
    files = [file for path in paths for file in (path / "__init__.py", path.with_name(f"{path.name}.py"))]
    return next(filter(Path.is_file, files), None)
