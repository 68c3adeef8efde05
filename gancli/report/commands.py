"""The commands that repeat a run, go on with it, and draw from it."""

from shlex import quote

from gancli.report.facts import RunFacts


def commands(run: RunFacts) -> list[tuple[str, str]]:
    """What each command does, and the command."""
    place, recipe = quote(str(run.folder.path)), quote(str(run.folder.recipe))
    origin = run.saved.origin if run.saved else None
    start = f" --from {quote(origin.file)}" if origin else ""
    found = [("train the same again", f"gan train {recipe}{start}")]
    if run.saved is not None:
        found += _of_checkpoint(run, place)
    return [
        *found,
        ("explain the recipe and the losses", f"gan explain {place}"),
        ("this report", f"gan report {place}"),
    ]


def _of_checkpoint(run: RunFacts, place: str) -> list[tuple[str, str]]:
    assert run.saved is not None
    steps = run.steps or run.saved.step
    if run.saved.step < steps and not run.saved.ended:
        found = [("go on from the last checkpoint", f"gan train --resume {place}")]
    else:
        found = [("train longer", f"gan train --resume {place} train.steps={2 * steps}")]
    if run.translates:
        found.append(("translate a folder of images", f"gan translate {place} FOLDER --out translated"))
    elif run.saved.data.class_names:
        found.append(("draw from one class", f"gan sample {place} --class {quote(run.saved.data.class_names[0])}"))
    else:
        found.append(("draw samples", f"gan sample {place} --n 64"))
    return [*found, ("measure it, beside real data", f"gan evaluate {place}")]
