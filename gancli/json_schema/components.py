"""The schema of a component: its name alone, or a mapping of its name and its own options."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gancli import registry
from gancli.errors import PluginError
from gancli.explanation.options import plain
from gancli.json_schema.types import Schema, of_annotation, reference, when
from gancli.recipe.components import defaults
from gancli.recipe.definitions import NO_AUGMENTATION, Definition, define
from gancli.recipe.schema import Term
from gancli.registry.docstrings import Documentation, documentation


@dataclass(frozen=True)
class Component:
    """A component that a recipe can name.

    Attributes:
        names: by which a recipe names it, the shortest first.
        options: the schema of each.
        required: the options that must be written.
        is_open: it cannot be imported, so that nothing is known of its options.
    """

    kind: str
    names: tuple[str, ...]
    documentation: Documentation
    options: dict[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def key(self) -> str:
        """Its name among the document's definitions; a reference may not hold a slash."""
        return f"{self.kind}.{self.names[0].replace('/', '.')}"

    @property
    def by_name(self) -> Schema:
        """The names, with what they stand for."""
        return {"enum": list(self.names), "description": self.documentation.summary}

    @property
    def block(self) -> Schema:
        """The mapping of its name and its options."""
        term = {"every": _every()} if self.kind in ("penalty", "regulariser") else {}
        return {
            "description": self.documentation.summary,
            "properties": {"name": self.by_name} | self.options | term,
            "required": ["name", *self.required],
            "additionalProperties": self.is_open,
        }


def _every() -> Schema:
    return {"type": "integer", "minimum": 1, "default": 1, "description": documentation(Term).options["every"]}


def components(kind: str, broken: list[str]) -> list[Component]:
    """Those of one kind, imported; one that cannot be is left open, and its error is added to ``broken``."""
    none = [Component(kind, ("none",), Documentation("No augmentation."))] if kind == NO_AUGMENTATION[0] else []
    return none + [_component(kind, names, broken) for names in _names(kind)]


def _names(kind: str) -> Iterable[tuple[str, ...]]:
    """The names of each component; of two packages that claim one, only those with the package's."""
    there = [plugin for plugin in registry.plugins() if plugin.kind == kind]
    torch = registry.torch_optimizers() if kind == "optimizer" else ()
    for name in torch:
        rivals = registry.claims(there, kind, name)
        yield (f"torch/{name}",) if rivals else (name, f"torch/{name}")
    for plugin in there:
        clash = plugin.name in torch or len(registry.claims(there, kind, plugin.name)) > 1
        yield (plugin.full_name,) if clash else (plugin.name, plugin.full_name)


def _component(kind: str, names: tuple[str, ...], broken: list[str]) -> Component:
    try:
        definition = define(kind, names[0])
        found = documentation(definition.factory)
        return Component(
            kind,
            names,
            found,
            _options(definition, found),
            tuple(name for name, option in definition.options.items() if option.required),
        )
    except (PluginError, LookupError) as error:
        broken.append(str(error))
        return Component(kind, names, Documentation("It cannot be imported; its options are not known."), is_open=True)


def _options(definition: Definition, found: Documentation) -> dict[str, Schema]:
    values = defaults(definition)
    schemas = {}
    for name, option in definition.options.items():
        schema = of_annotation(option.annotation)
        if name in definition.datasets:
            schema = reference("dataset") if option.required else {"anyOf": [reference("dataset"), {"type": "null"}]}
        if description := found.options.get(name):
            schema = schema | {"description": description}
        schemas[name] = schema if option.required else schema | {"default": plain(values[name])}
    return schemas


def named(kind: str, known: Sequence[Component]) -> dict[str, Schema]:
    """The definitions of a kind: ``loss`` is either form, ``loss.hinge`` the mapping of one component."""
    alone = [component.by_name for component in known if not component.required]
    block = {
        "type": "object",
        "properties": {"name": {"anyOf": [component.by_name for component in known]}},
        "required": ["name"],
        "allOf": [when(has_name(component), reference(component.key)) for component in known],
    }
    either = when({"type": "object"}, block, {"anyOf": alone} if alone else {"not": {}})
    return {kind: either} | {component.key: component.block for component in known}


def has_name(component: Component) -> Schema:
    """Whether a mapping names this component."""
    return {"properties": {"name": {"enum": list(component.names)}}, "required": ["name"]}
