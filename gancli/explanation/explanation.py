"""The explanation of a recipe, or of a run: what is trained, how, by which networks, and how it went."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli import build
from gancli.build.components import make
from gancli.data import DataSpec, describe
from gancli.errors import DataError
from gancli.explanation import run_report
from gancli.explanation.data_in_words import classes, shape
from gancli.explanation.networks import Networks, traced
from gancli.explanation.objectives import Objective, objectives
from gancli.explanation.parts import Part, parts
from gancli.explanation.procedure import procedure, settings
from gancli.explanation.run_report import RunReport
from gancli.progress import task
from gancli.recipe import Recipe, load
from gancli.registry.docstrings import documentation
from gancli.run.forecast import Forecast
from gancli.run.rehearsal import rehearse
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder


@dataclass(frozen=True)
class Explanation:
    """What a recipe or a run trains, for a reader."""

    name: str
    data: str  # in a sentence
    parts: tuple[Part, ...]  # model, architecture, loss, …
    objectives: tuple[Objective, ...]
    equilibrium: str  # the values of the losses at the end of an ideal game
    procedure: tuple[str, ...]  # of one iteration
    settings: dict[str, str]
    networks: Networks | None  # None: the data are not here
    run: RunReport | None = None  # None: it is a recipe
    needs: Forecast | None = None  # time and memory here; None: not measured


def of_recipe(recipe: Recipe, *, measured: bool = False) -> Explanation:
    """The explanation of a recipe; without its networks if its data are not here.

    Args:
        measured: whether a few steps are made, to see what they take here.

    Raises RecipeError for what does not fit together, and PluginError.
    """
    try:
        data = build.dataset(recipe)
    except DataError as error:
        if measured:
            raise
        return _explanation(
            recipe, f"{recipe.dataset.name}: the data are not here, so no network can be shown: {error}", None
        )
    build.refuse_unlabelled(recipe, data)
    used = getattr(recipe.plan.model.factory, "conditional", False)
    sentence = f"{recipe.dataset.name}, {shape(data.spec)}; {describe(data, labels_used=used)}"
    return _explanation(recipe, sentence, data.spec, needs=_needs(recipe, None, 0) if measured else None)


def of_run(place: Path, *, measured: bool = False) -> Explanation:
    """The explanation of a run, or of a checkpoint file; the data need not be here, unless steps are measured.

    Raises CheckpointError for what is neither, and PluginError.
    """
    folder = RunFolder(place)
    if place.is_dir() and not folder.checkpoints() and folder.recipe.is_file():
        recipe = load(folder.recipe, name=folder.name)
        saved, spec = None, build.dataset(recipe).spec
    else:
        saved = checkpoint.result(place)
        recipe, spec = build.recipe_of(saved), saved.data
    run = run_report.report(recipe, make(recipe, recipe.plan.loss), place, saved)
    sentence = f"{recipe.dataset.name}, {shape(spec)}{classes(spec)}"
    return _explanation(recipe, sentence, spec, run=run, needs=_needs(recipe, spec, run.step) if measured else None)


def _explanation(recipe: Recipe, data: str, spec: DataSpec | None, **more: Any) -> Explanation:
    translates = bool(getattr(recipe.plan.model.factory, "translates", ""))
    with task("looking at the networks"):
        networks = None if spec is None else traced(recipe, spec)
    return Explanation(
        name=recipe.name,
        data=data,
        parts=parts(recipe.plan),
        objectives=tuple(objectives(recipe, networks.losses if networks else None)),
        equilibrium=documentation(recipe.plan.loss.factory).equilibrium,
        procedure=tuple(procedure(recipe, translates=translates)),
        settings=settings(recipe, translates=translates),
        networks=networks,
        **more,
    )


def _needs(recipe: Recipe, spec: DataSpec | None, step: int) -> Forecast:
    return rehearse(recipe, build.training(recipe, spec), step)
