"""The commands that repeat a run, go on with it, and draw from it."""

from gancli.commands import command, resume, sample, translate
from gancli.report.facts import RunFacts


def commands(run: RunFacts) -> list[tuple[str, str]]:
    """What each command does, and the command."""
    origin = run.saved.origin if run.saved else None
    start = ["--from", origin.file] if origin else []
    return [
        ("train the same again", command("train", run.folder.recipe, *start)),
        *(_of_checkpoint(run) if run.saved is not None else []),
        ("explain the recipe and the losses", command("explain", run.folder.path)),
        ("this report", command("report", run.folder.path)),
    ]


def _of_checkpoint(run: RunFacts) -> list[tuple[str, str]]:
    assert run.saved is not None
    place, steps = run.folder.path, run.steps or run.saved.step
    if run.saved.step < steps and not run.saved.ended:
        found = [("go on from the last checkpoint", resume(place))]
    else:
        found = [("train longer", resume(place, f"train.steps={2 * steps}"))]
    if run.translates:
        found.append(("translate a folder of images", translate(place)))
    elif run.words is not None and run.words.is_conditional and run.saved.data.class_names:
        found.append(("draw from one class", sample(place, "--class", run.saved.data.class_names[0])))
    else:
        found.append(("draw samples", sample(place, "--n", "64")))
    return [*found, ("measure it, beside real data", command("evaluate", place))]
