"""YAML for files from strangers: plain values only, YAML 1.2 scalars, bounded size, and the place of every key.

PyYAML alone reads ``2e-4`` as a string and ``no`` as False, keeps the last of two equal keys, and lets aliases and
merge keys grow without bound. Here ``2e-4`` is a float, ``no`` is a string, and anchors, aliases, merge keys, tags and
repeated keys are errors.
"""

import re
from typing import Any

import yaml

from gancli.errors import RecipeError
from gancli.recipe.tree import MAX_DEPTH as MAX_DEPTH
from gancli.recipe.tree import Path, Tree

MAX_BYTES = 64 * 1024
MAX_NODES = 2000
MAX_DIGITS = 19  # the longest 64-bit integer

_SCALARS = {  # YAML 1.2, core schema: tag, pattern, first characters
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses what could grow or run."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as PyYAML has it
    nodes = 0
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not allowed", problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(
                problem=f"tags such as {event.tag!r} are not allowed", problem_mark=event.start_mark
            )
        self.nodes += 1
        self.depth += 1
        if self.nodes > MAX_NODES or self.depth > MAX_DEPTH:
            limit = f"more than {MAX_NODES} values" if self.nodes > MAX_NODES else f"deeper than {MAX_DEPTH} levels"
            raise yaml.MarkedYAMLError(
                problem=f"a recipe is small; this one has {limit}", problem_mark=event.start_mark
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Dumper(yaml.SafeDumper):
    """Writes what ``_Loader`` reads back as the same values."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as PyYAML has it


def _write_text(dumper: _Dumper, text: str) -> yaml.Node:
    # Folded, the further line breaks of YAML 1.1 would read back as spaces.
    style = '"' if re.search("[\x85\u2028\u2029]", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)

for _tag, (_pattern, _first) in _SCALARS.items():
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def read(raw: bytes, name: str) -> Tree:
    """Read one document whose top is a mapping; ``name`` begins every place.

    Raises RecipeError, with the place, for whatever is not such a document.
    """
    if len(raw) > MAX_BYTES:
        raise RecipeError(f"{name}:1:1: found {len(raw)} bytes; a recipe has at most {MAX_BYTES}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RecipeError(f"{name}:{line}:1: found bytes that are not UTF-8 text ({error.reason})") from None
    tree = parse(text, name)
    top = tree.values[""]
    if not isinstance(top, dict):
        kind = "an empty file" if top is None else f"a {type(top).__name__}"
        raise RecipeError(f"{name}:1:1: found {kind}; a recipe is a mapping such as 'dataset: mnist'")
    return Tree(top, {path[1:]: place for path, place in tree.places.items()} | {(): f"{name}:1:1"})


def parse(text: str, name: str) -> Tree:
    """Parse any YAML value; it is under the key ``""`` of the tree."""
    tree = Tree({})
    try:
        # No YAML constructor runs: nodes are composed, and turned into plain values below.
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        tree.values[""] = _value(node, ("",), tree, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RecipeError(f"{_at(name, mark)}: not valid YAML: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RecipeError(f"{name}:{line}:1: found the character {error.character!r}, which YAML forbids") from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError, IndexError) as error:
        # PyYAML raises errors of these kinds too on hostile input.
        raise RecipeError(f"{name}:1:1: not valid YAML: {type(error).__name__}") from None
    return tree


def dump(values: dict[str, Any]) -> str:
    """Write plain values as YAML that ``read`` reads back unchanged."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)


def in_one_line(value: Any) -> str:
    """Write a plain value as YAML in one line, as a command line takes it: ``{name: dcgan, width: 16}``."""
    text: str = yaml.dump(
        [value], Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=True, width=1e9
    )
    return text.strip()[1:-1]


def _value(node: yaml.Node | None, path: Path, tree: Tree, name: str) -> Any:
    if node is None:
        return None
    tree.places.setdefault(path, _at(name, node.start_mark))
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), tree, name) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.tag.endswith(":str"):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key_node.start_mark)
            key = _scalar(key_node)
            if key in mapping:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} is repeated", problem_mark=key_node.start_mark)
            tree.places[(*path, key)] = _at(name, key_node.start_mark)
            mapping[key] = _value(child, (*path, key), tree, name)
        return mapping
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    if re.search(r"[\ud800-\udfff]", text):  # written as an escape; no file could hold it
        raise yaml.MarkedYAMLError(problem="an escape is half of a character", problem_mark=node.start_mark)
    if kind in ("int", "float") and sum(map(str.isdigit, text)) > MAX_DIGITS + 17 * (kind == "float"):
        raise yaml.MarkedYAMLError(problem="the number is too long", problem_mark=node.start_mark)
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))
    if kind == "bool":
        return text.lower() == "true"
    return None if kind == "null" else text


def _at(name: str, mark: Any) -> str:
    if mark is None or name.startswith("argument "):
        return name
    return f"{name}:{mark.line + 1}:{mark.column + 1}"
