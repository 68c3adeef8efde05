"""``gan train`` in a process that ``torchrun`` started beside process 0: it trains, and prints nothing but errors."""

import signal
from typing import TYPE_CHECKING

import typer

from gancli import torchrun
from gancli.cli.signals import STOPPING
from gancli.cli.training_request import TrainingRequest
from gancli.errors import UsageError
from gancli.progress import task
from gancli.terminal.waiting import silent

if TYPE_CHECKING:
    from gancli.recipe import Recipe


def has_followed(request: TrainingRequest, *, dry_run: bool, quiet: bool) -> bool:
    """Meet the other processes; True if this is not process 0, and has trained with it to the end.

    Raises UsageError for a --dry-run, which needs no other processes.
    """
    is_first = torchrun.rank() == 0
    if dry_run and not is_first:
        raise typer.Exit(UsageError.exit_code)
    if dry_run:
        raise UsageError("--dry-run needs no other processes; start it without torchrun")
    with silent(quiet or not is_first), task("waiting for the other processes"):
        own = meet(request)
    if not is_first:
        follow(own, is_resumed=request.resume is not None)
    return not is_first


def meet(request: TrainingRequest) -> "Recipe | None":
    """Join the other processes, and check that all were asked for the same; returns this process's recipe.

    Raises UsageError, in all of them, if they were not. The recipe is None if process 0 takes it from a run or from a
    checkpoint, which need not be on this machine.
    """
    import json

    from gancli.errors import GanError
    from gancli.run import others
    from gancli.training import processes

    if torchrun.rank():
        _die_at_signals()
    processes.join()
    if torchrun.rank():
        _leave_signals_to_process_0()
    own = None
    try:
        own = _own_recipe(request)
        named = [] if own else [request.recipe or "", *request.overrides]
        text = others.request(own, [str(request.resume or ""), str(request.start_from or ""), *named])
    except GanError as error:
        text = json.dumps({"error": str(error)})
    try:
        others.check_requests(text)
    except GanError as error:
        _end_quietly(error)
        raise
    return own


def follow(recipe: "Recipe | None", *, is_resumed: bool) -> None:
    """Train as process 0 says; what it reports is not said again here."""
    from gancli.errors import DataError, DivergedError, LostProcessError, PluginError
    from gancli.run import others
    from gancli.training import processes

    try:
        others.follow(recipe, is_resumed=is_resumed)
    except (DataError, DivergedError, LostProcessError, PluginError) as error:
        _end_quietly(error)
    finally:
        processes.leave()


def _own_recipe(request: TrainingRequest) -> "Recipe | None":
    """The recipe that this process was given by its path or name; None without one."""
    if request.recipe is None:
        return None
    from gancli.recipe import load, locate
    from gancli.recipe.overrides import is_override

    if request.start_from is not None and is_override(request.recipe):
        return None
    return load(locate(request.recipe), request.overrides)


def _end_quietly(error: Exception) -> None:
    if torchrun.rank():
        raise typer.Exit(getattr(error, "exit_code", 1)) from error


def _die_at_signals() -> None:
    """While it waits for others to start, inside of torch, Python handles no signal."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)


def _leave_signals_to_process_0() -> None:
    """torchrun signals every process; process 0 ends the step, saves, and tells the others."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
