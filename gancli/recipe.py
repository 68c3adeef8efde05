"""A recipe: one YAML file that names everything a training needs.

Reading one reports every problem at once, each with the place where it was written: unknown keys, wrong types, values
out of range, names that no package provides, and options that the named component does not take.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Required, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    model_validator,
    with_config,
)
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

from gancli import registry, strict_yaml
from gancli.errors import RecipeError
from gancli.strict_yaml import Tree, dotted

COMPONENTS = ("dataset", "model", "architecture", "loss", "optimizer")  # `X: name` is short for `X: {name: name}`
PLAYERS = ("discriminator", "generator")
SUPPLIED = {  # what build fills in, and a recipe cannot
    "model": {"data", "architecture", "loss", "penalties", "latent"},
    "optimizer": {"params"},
}
Problem = tuple[str, str]  # its place, and the whole line
RUN_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")


class Section(BaseModel):
    """A part of the recipe: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Component(Section):
    """A named component and its own options."""

    model_config = ConfigDict(extra="allow")
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")

    @property
    def options(self) -> dict[str, Any]:
        """The options as written, with the component's defaults filled in."""
        return dict(self.model_extra or {})


def _has_a_word_for_a_name(block: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(block.get("name", ""), str):
        raise ValueError("expected the name of an optimizer")
    return block


Block = Annotated[dict[str, Any], AfterValidator(_has_a_word_for_a_name)]


class Optimizer(Component):
    """One optimizer for both players; a player's block holds what differs for it."""

    discriminator: Block = {}
    generator: Block = {}

    def of(self, player: str) -> Component:
        """The optimizer of one player: ``"discriminator"`` or ``"generator"``."""
        own = getattr(self, player)
        shared = {} if own.get("name", self.name) != self.name else self.options
        return Component(**{"name": self.name} | shared | own)


class Ramp(Section):
    """An optimizer's number that changes over the steps: ``lr: {from: 2e-3, to: 0}``."""

    start: float = Field(alias="from")
    end: float = Field(alias="to")
    steps: int | None = Field(default=None, ge=1)  # None: the whole training
    shape: Literal["linear", "cosine", "exponential"] = "linear"

    @model_validator(mode="after")
    def _exponential_is_positive(self) -> Self:
        if self.shape == "exponential" and min(self.start, self.end) <= 0:
            raise ValueError("expected from and to above 0, between which an exponential ramp can go")
        return self


class Latent(Section):
    """The noise that a generator starts from: N(0, scale²), or uniform in (-scale, scale)."""

    dim: int = Field(default=100, ge=1, le=65536)
    prior: Literal["normal", "uniform"] = "normal"
    scale: float = Field(default=1.0, gt=0)


class Train(Section):
    """How long, how often, how many."""

    steps: int = Field(default=5000, ge=1)
    k_steps: int = Field(default=1, ge=1, le=1000)
    batch_size: int = Field(default=64, ge=1, le=1_000_000)
    ema: float = Field(default=0.999, ge=0, lt=1)  # 0: no average is kept
    log_every: int = Field(default=10, ge=1)
    sample_every: int = Field(default=500, ge=1)
    checkpoint_every: int = Field(default=1000, ge=1)
    keep: int = Field(default=2, ge=1)  # checkpoints


class Recipe(Section):
    """The whole recipe, checked and with every default filled in."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    dataset: Component
    model: Component = Component(name="gan")
    architecture: Component
    loss: Component = Component(name="non-saturating")
    penalties: tuple[Component, ...] = ()
    latent: Latent = Latent()
    optimizer: Optimizer = Optimizer(name="adam", lr=2e-4, betas=[0.5, 0.99])  # type: ignore[call-arg]
    train: Train = Train()
    device: str = Field(default="auto", pattern=r"^(auto|cpu|mps|cuda(:\d{1,2})?)$")
    precision: Literal["fp32", "bf16"] = "fp32"
    seed: int = Field(default=0, ge=0, lt=2**63)

    _name: str = PrivateAttr(default="run")
    _tree: Tree = PrivateAttr(default_factory=lambda: Tree({}))

    @property
    def name(self) -> str:
        """The recipe's file name without its ending; a run is named after it."""
        return self._name

    def error(self, key: str, problem: object) -> RecipeError:
        """A RecipeError about one dotted key, with the place where the recipe says it."""
        place = self._tree.place(_path(key))
        return RecipeError(f"{place}: {key}: {problem}" if place else f"{key}: {problem}")

    def values(self) -> dict[str, Any]:
        """The recipe as plain values; ``from_values`` reads them back."""
        return self.model_dump(mode="json", by_alias=True)

    def to_yaml(self) -> str:
        """The recipe as YAML that loads back to the same recipe."""
        return strict_yaml.dump(self.values())


def locate(text: str) -> Path:
    """The file behind a path or a listed name.

    Raises RecipeError, with the nearest listed name, if there is none.
    """
    listed: dict[str, Path] = {}
    for _, path in listed_recipes():
        listed.setdefault(path.stem, path)
    if Path(text).is_file() or (Path(text).exists() and text not in listed):
        return Path(text)
    if text in listed:
        return listed[text]
    hint = registry.suggestion(Path(text).stem, listed) or "; 'gan recipe list' shows the names that work anywhere"
    raise RecipeError(f"{text}: there is no such file, and no listed recipe of this name{hint}")


def listed_recipes() -> Iterator[tuple[registry.Plugin, Path]]:
    """Every recipe that comes with an installed package, ours first."""
    for plugin, folder in sorted(registry.recipe_folders(), key=lambda found: found[0].package != "gancli"):
        for path in sorted(folder.rglob("*.yaml")):
            yield plugin, path


def load(path: str | Path, overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe, change it by ``KEY=VALUE`` overrides, and check it.

    Raises RecipeError with one line a problem.
    """
    path = Path(path)
    if not path.is_file():  # a folder, a pipe, a device: reading could hang
        raise RecipeError(f"{path}: found {'a folder' if path.is_dir() else 'no file'}; expected a recipe, as YAML")
    if not RUN_NAME.match(path.stem):
        raise RecipeError(f"{path}: a run is named after its recipe; use letters, digits, '.', '_' and '-' in the name")
    try:
        with path.open("rb") as file:
            raw = file.read(strict_yaml.MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from None
    return _check(strict_yaml.read(raw, str(path)), overrides, path.stem)


def from_values(values: dict[str, Any], name: str, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe of a checkpoint's header, checked like any other."""
    tree = strict_yaml.Tree(json.loads(json.dumps(values)), {(): name})
    return _check(tree, overrides, name)


def _override(tree: Tree, overrides: Sequence[str]) -> list[Problem]:
    problems: list[Problem] = []
    for section in ("model", "loss", "optimizer"):  # so that an override can change one key of a default
        tree.values.setdefault(section, Recipe.model_fields[section].default.model_dump(mode="json"))
    _expand(tree)
    for argument in overrides:
        key, equals, text = argument.partition("=")
        path = _path(key)
        if not equals or not all(key.split(".")):
            problems.append(("", f"argument {argument!r}: expected KEY=VALUE, for example train.steps=100"))
            continue
        try:
            tree.assign(path, text, f"argument {argument!r}")
        except RecipeError as error:
            problems += [("", problem) for problem in error.problems]
        _expand(tree)
    return problems


def _path(key: str) -> strict_yaml.Path:
    return tuple(int(part) if part.isdecimal() else part for part in key.split("."))


def _expand(tree: Tree) -> None:
    """Write ``X: name`` out as ``X: {name: name}``."""
    values = tree.values
    for section in COMPONENTS:
        if isinstance(values.get(section), str):
            values[section] = {"name": values[section]}
    if isinstance(values.get("penalties"), list):
        values["penalties"] = [{"name": it} if isinstance(it, str) else it for it in values["penalties"]]


def _check(tree: Tree, overrides: Sequence[str], name: str) -> Recipe:
    problems = _override(tree, overrides) + _schema_problems(tree) + _ramp_problems(tree)
    for component in _named_components(tree):
        # Importing a component costs seconds (torch): after an error, only where it has options to be checked.
        problems += component.problems(tree, import_it=not problems or len(component.options) > 0)
    if problems:
        raise RecipeError(*(line for _, line in sorted(problems, key=_reading_order)))
    recipe = Recipe.model_validate_json(json.dumps(tree.values))
    recipe._name, recipe._tree = name, tree
    return recipe


def _reading_order(problem: Problem) -> list[int]:
    return [int(number) for number in re.findall(r":(\d+)", problem[0])[-2:]]


def _problem(tree: Tree, path: strict_yaml.Path, text: str) -> Problem:
    place = tree.place(path)
    return place, ": ".join(part for part in (place, dotted(path), text) if part)


def _schema_problems(tree: Tree) -> list[Problem]:
    try:
        Recipe.model_validate_json(json.dumps(tree.values))
    except ValidationError as error:
        return [_explain(tree, (), detail, _known_keys(detail["loc"])) for detail in error.errors()]
    return []


def _ramp_problems(tree: Tree) -> list[Problem]:
    """Problems of the numbers of an optimizer that are written as a ramp."""
    problems: list[Problem] = []
    for path, options in _optimizers(tree):
        for option, value in options.items():
            try:
                if isinstance(value, dict):
                    Ramp.model_validate_json(json.dumps(value))
            except ValidationError as error:
                known = [field.alias or key for key, field in Ramp.model_fields.items()]
                problems += [_explain(tree, (*path, option), detail, known) for detail in error.errors()]
    return problems


def _known_keys(path: tuple[Any, ...]) -> list[str]:
    """The keys that the recipe's schema allows beside the last one of ``path``."""
    section: Any = Recipe
    for key in path[:-1]:
        field = getattr(section, "model_fields", {}).get(key)
        section = field.annotation if field else None
    return [field.alias or key for key, field in getattr(section, "model_fields", {}).items()]


def _explain(tree: Tree, prefix: strict_yaml.Path, detail: Any, known: Sequence[str]) -> Problem:
    """One error of pydantic in our words."""
    path = (*prefix, *detail["loc"])
    # A union's members appear in pydantic's path; only keys that were written have a place.
    while len(path) > len(prefix) + 1 and path not in tree.places and detail["type"] != "missing":
        path = path[:-1]
    if detail["type"] == "extra_forbidden":
        hint = registry.suggestion(str(path[-1]), known) or f"; there is {', '.join(sorted(known)) or 'no option'}"
        return _problem(tree, path, f"unknown key{hint}")
    if detail["type"] == "missing":
        return _problem(tree, path, f"missing; expected {path[-1]}: …")
    expected = detail["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    if detail["type"] == "string_pattern_mismatch":
        expected = (
            "expected auto, cpu, cuda, cuda:N or mps" if path[-1] == "device" else "expected the name of a component"
        )
    return _problem(tree, path, f"found {_shown(detail['input'])}, {expected[0].lower()}{expected[1:]}")


def _shown(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else shown[:57] + "…"


@dataclass
class _Named:
    """A component as written, before it is known to exist."""

    kind: str
    path: strict_yaml.Path
    name: str
    options: dict[str, Any]
    defaults_into: dict[str, Any] | None  # the mapping that the component's own defaults are filled into

    def problems(self, tree: Tree, *, import_it: bool) -> list[Problem]:
        try:
            if self.kind != "optimizer":
                registry.find(self.kind, self.name)
            if not import_it:
                return []
            known = registry.options(registry.load(self.kind, self.name), SUPPLIED.get(self.kind, ()))
        except LookupError as error:
            return [_problem(tree, (*self.path, "name"), str(error.args[0]))]
        problems = self._option_problems(tree, known)
        if not problems and self.defaults_into is not None:
            for option, about in known.items():
                if not about.required:
                    self.defaults_into.setdefault(option, about.default)
        return problems

    def _option_problems(self, tree: Tree, known: dict[str, registry.Option]) -> list[Problem]:
        try:
            _typed(self.options, known)
        except ValidationError as error:
            return [_explain(tree, self.path, detail, list(known)) for detail in error.errors()]
        return []


_OPTIONS = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


def typed_options(kind: str, component: Component) -> dict[str, Any]:
    """A checked component's options as the types of its signature: a list as the tuple that was annotated."""
    known = registry.options(registry.load(kind, component.name), SUPPLIED.get(kind, ()))
    return _typed(component.options, known)


def _typed(options: dict[str, Any], known: dict[str, registry.Option]) -> dict[str, Any]:
    fields = {name: (Required if it.required else NotRequired)[it.annotation] for name, it in known.items()}
    make: Any = TypedDict  # the type checker knows only those that are written out
    form = with_config(_OPTIONS)(make("Options", fields))
    typed: dict[str, Any] = TypeAdapter(form).validate_json(json.dumps(options))
    return typed


def _named_components(tree: Tree) -> Iterator[_Named]:
    """Every component that the recipe names with a word; whatever else stands there, the schema has refused."""
    values = tree.values
    for kind in ("dataset", "model", "architecture", "loss"):
        yield from _component(kind, (kind,), values.get(kind))
    penalties = values.get("penalties")
    for index, penalty in enumerate(penalties if isinstance(penalties, list) else ()):
        yield from _component("penalty", ("penalties", index), penalty)
    for path, options in _optimizers(tree):
        # torch's own defaults stay torch's, so none are filled in; a ramp is checked by the number it starts from.
        numbers = {key: value.get("from", 0.0) if isinstance(value, dict) else value for key, value in options.items()}
        yield from _component("optimizer", path, numbers, fill_in=False)


def _optimizers(tree: Tree) -> Iterator[tuple[strict_yaml.Path, dict[str, Any]]]:
    """The shared block of the optimizer, then each player's, each with the name that holds for it."""
    optimizer = tree.values.get("optimizer")
    if isinstance(optimizer, dict):
        yield ("optimizer",), {key: value for key, value in optimizer.items() if key not in PLAYERS}
        for player in PLAYERS:
            if isinstance(own := optimizer.get(player), dict):
                yield ("optimizer", player), {"name": optimizer.get("name")} | own


def _component(kind: str, path: strict_yaml.Path, written: Any, *, fill_in: bool = True) -> Iterator[_Named]:
    if isinstance(written, dict) and isinstance(written.get("name"), str):
        options = {key: value for key, value in written.items() if key != "name"}
        yield _Named(kind, path, written["name"], options, written if fill_in else None)
