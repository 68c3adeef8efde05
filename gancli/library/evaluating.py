"""``gancli.evaluate``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancli.errors import UsageError, Warn, ignore

if TYPE_CHECKING:
    from gancli.evaluation import Report


def evaluate(
    path: Path | str,
    *moved: str,
    metrics: Sequence[str] = (),
    n: int | None = None,
    seeds: int = 5,
    extractor: str = "",
    full: bool = False,
    options: Mapping[str, Any] | None = None,
    warn: Warn = ignore,
    device: str = "auto",
) -> "Report":
    """The metrics of a checkpoint file or of a run, as ``load`` takes it, beside those of real data.

    The report is printed as the table of ``gan evaluate``, and is a table in a notebook.

    Args:
        path: the file, or the run's folder.
        moved: where files of the recipe are now.
        metrics: their names; by default those that apply.
        n: samples, and real examples to compare with, at most; by default, as many as is usual for such data.
        seeds: the number of sets of samples.
        extractor: a file, or the name of a component; by default, the dataset's own.
        full: all metrics, the slow and the old ones too.
        options: of the model's sampler, for example ``{"truncation": 0.7}``.
        warn: gets the messages that ``load`` gives.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises CheckpointError, DataError, UsageError, PluginError, DeviceError.
    """
    from gancli import build
    from gancli.build import places
    from gancli.evaluation import Evaluator, choose
    from gancli.storage import checkpoint
    from gancli.training.device import choose_device

    if seeds < 1 or (n is not None and n < 1):
        raise UsageError(f"n and seeds: found {n} and {seeds}, expected 1 or more")
    chosen = choose(list(metrics), full=full)
    saved = places.moved(checkpoint.result(Path(path), warn), moved)
    recipe = build.recipe_of(saved)
    with places.saying_where(recipe, ["gan", "evaluate", str(path), *moved], Path(path)):
        dataset = build.dataset(recipe, saved.data)
    evaluator = Evaluator(
        recipe,
        dataset,
        chosen,
        n=n,
        seeds=seeds,
        extractor=extractor,
        options=options or {},
        device=choose_device(device),
    )
    return evaluator(saved)
