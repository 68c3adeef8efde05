"""An import may only point down the layers of the architecture; only the command line and its terminal print."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import gancli

PACKAGE = Path(gancli.__file__).parent
ROWS = [
    {"__main__"},
    {"cli"},
    {"terminal"},
    {"explore"},
    {"library"},
    {
        "run",
        "comparison",
        "evaluation",
        "export",
        "testing",
        "explanation",
        "report",
        "diagnosis",
        "completion",
        "json_schema",
        "drafting",
    },
    {"build"},
    {
        *("recipe", "registry", "scaffold", "sampling", "projection", "storage", "figures", "monitoring"),
        *("extractors", "metrics"),
    },
    {"training"},
    {"models"},
    {"data", "architectures", "losses", "penalties", "regularisers", "augmentations", "loggers"},
    {
        "commands",
        "errors",
        "files",
        "lazy",
        "names",
        "progress",
        "seeds",
        "data_folder",
        "torchrun",
        "shares",
        "modules",
        "extras",
    },
]
HEIGHT = {part: len(ROWS) - row for row, parts in enumerate(ROWS) for part in parts}
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement that runs, those inside functions too; not what is there for the type checker alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from statements(child)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> set[str]:
    """The parts of our own package that a file imports."""
    names: list[str] = []
    for node in statements(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    ours = [name.split(".")[1] for name in names if name.startswith("gancli.")]
    return {part for part in ours if part in HEIGHT} | {
        "unknown" for part in ours if part not in HEIGHT and part != "__version__"
    }


@cache
def graph() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {part: set() for part in HEIGHT}
    for path in FILES:
        if part_of(path) != "__init__":
            found[part_of(path)] |= imports(path) - {part_of(path)}
    return found


def test_the_list_of_layers_is_of_this_package() -> None:
    parts = {part_of(path) for path in FILES} - {"__init__"}
    assert parts == set(HEIGHT)
    edges = graph()
    assert "unknown" not in set().union(*edges.values())
    # The reader of imports sees those at the top, those inside functions, and packages.
    assert {"training", "storage"} <= edges["run"]
    assert {"run", "figures"} <= edges["cli"]
    assert "errors" in edges["data"]


def test_imports_point_down() -> None:
    upward = [(part, other) for part, others in graph().items() for other in others if HEIGHT[other] > HEIGHT[part]]
    assert upward == []


def test_nothing_in_a_row_goes_round() -> None:
    assert len(list(TopologicalSorter(graph()).static_order())) == len(HEIGHT)


def test_training_is_algorithm_1_and_nothing_else() -> None:
    assert graph()["training"] == {"errors", "losses", "torchrun", "shares", "modules"}


def test_plain_torch_knows_no_recipes_and_no_registry() -> None:
    edges = graph()
    for part in ("losses", "penalties", "regularisers", "augmentations"):
        assert edges[part] == set()
    assert edges["metrics"] == {"errors"}
    for part in ("architectures", "models", "data"):
        assert edges[part] & {"recipe", "registry", "build", "run", "storage"} == set()


def test_nobody_prints() -> None:
    for path in FILES:
        functions = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
        calls = {ast.unparse(function) for function in functions if isinstance(function, ast.Name | ast.Attribute)}
        assert "print" not in calls, path
        if part_of(path) not in {"cli", "terminal"}:
            assert {"typer.echo", "sys.stdout.write", "sys.stderr.write", "typer.Exit"} & calls == set(), path
