"""``gan verify``: check that a killed training loses nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import CHECKPOINT, override_of
from gancli.cli.options import Json, RecipeName
from gancli.terminal.output import print_json, result, say
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.run.verification import VerificationResult

EXAMPLES = "Examples:  gan verify mnist_cgan  ·  gan verify mine.yaml --kills 10 --steps 200  ·  gan verify ring --json"


def verify(
    recipe: RecipeName,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Overrides.", autocompletion=override_of("recipe")),
    ] = None,
    start_from: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="CKPT", help="Both start from the networks of this checkpoint.", autocompletion=CHECKPOINT
        ),
    ] = None,
    kills: Annotated[int, typer.Option("--kills", min=1, max=1000, help="How many times the training is killed.")] = 3,
    steps: Annotated[int, typer.Option("--steps", min=2, help="The number of steps.")] = 60,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the steps at which it is killed.")] = 0,
    json: Json = False,
) -> None:
    """Train a short run twice, once without interruption and once killed and resumed, and compare them bit by bit.

    Exit code 1 if they differ; then both runs are kept, and named.
    """
    import shutil
    import tempfile

    load_torch()
    from gancli.errors import UsageError, VerificationError
    from gancli.recipe import load, locate
    from gancli.run import verification

    every = max(1, steps // 8)  # so that a kill can hit a save, and can lose steps
    paces = {"steps": steps, "log_every": 1, "checkpoint_every": every, "sample_every": every}
    changes = [*(f"train.{key}={value}" for key, value in paces.items()), *(overrides or [])]
    length = load(locate(recipe), changes).train.steps
    if kills >= length:
        raise UsageError(f"--kills: found {kills}, expected fewer than the {length} steps; --steps makes it longer")
    folder = Path(tempfile.mkdtemp(prefix="gan-verify-"))
    keep = False
    try:
        start = [] if start_from is None else ["--from", str(start_from)]
        verified = verification.verify(recipe, [*changes, *start], folder, kills=kills, seed=seed, report=say)
        keep = bool(verified.differences)
    finally:
        if not keep:
            shutil.rmtree(folder)
    _print(verified, kills, json)
    if keep:
        raise VerificationError(f"what differs: {'; '.join(verified.differences)}. Both runs are kept in {folder}")


def _print(verified: "VerificationResult", kills: int, as_json: bool) -> None:
    if as_json:
        same = not verified.differences
        sha256 = {"uninterrupted": verified.uninterrupted.digest, "interrupted": verified.interrupted.digest}
        print_json({"same": same, "step": verified.interrupted.step, "kills": kills, "sha256": sha256})
        return
    result("bit-identical" if not verified.differences else "NOT the same")
    for name, outcome in (("uninterrupted", verified.uninterrupted), (f"killed {kills} times", verified.interrupted)):
        about = f"step {outcome.step}, {len(outcome.history)} lines of history"
        result(f"{name:>16}: {about}, sha256 of all tensors {outcome.digest}")
