"""``gan translate``: pictures into pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from gancli import commands
from gancli.cli.drawing import load, report, show_in_terminal
from gancli.cli.inputs import argument, failure, inputs_and_others
from gancli.cli.options import CheckpointPath, Json, Show
from gancli.cli.replacing import Force
from gancli.errors import UsageError
from gancli.sampling.destinations import check_places, jobs, refuse_overwriting
from gancli.storage import header
from gancli.terminal.output import STDOUT, note
from gancli.terminal.waiting import counted, load_torch

EXAMPLES = (
    "Examples:  gan translate runs/edges2emoji drawing.png --out emoji.png  ·  "
    "gan translate runs/edges2emoji drawings/ --out emoji/ --side-by-side  ·  "
    "gan translate runs/tshirt2pullover photos/*.jpg --out done/ --direction BtoA"
)


def translate(
    place: CheckpointPath,
    words: Annotated[list[str], argument("INPUT")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", help="x.png, x.jpg: a file, for one picture; no ending: a folder, where all keep their names."
        ),
    ],
    direction: Annotated[
        Literal["AtoB", "BtoA"] | None,
        typer.Option("--direction", help="BtoA: back, for a model that was trained in both directions."),
    ] = None,
    side_by_side: Annotated[
        bool, typer.Option("--side-by-side", help="Write each picture and its translation into one picture.")
    ] = False,
    keep_size: Annotated[
        bool,
        typer.Option("--keep-size", help="Translations have the size of their pictures, and not that of the training."),
    ] = False,
    noise: Annotated[
        int | None,
        typer.Option(
            "--noise", min=0, metavar="SEED", help="Switch the dropout on: each seed gives another translation."
        ),
    ] = None,
    force: Force = False,
    show: Show = False,
    json: Json = False,
) -> None:
    """Translate pictures with a checkpoint, and print the path they are written to.

    Pictures are prepared as those of the training were, and translated one by one. A folder keeps its names and its
    sub-folders; translations are .png.
    """
    inputs, others = inputs_and_others(words, "translate")
    _check(place, inputs, out)  # mistakes are reported before torch is imported
    load_torch()
    from gancli.sampling.contact_sheet import ContactSheet
    from gancli.sampling.input_files import find_pictures
    from gancli.sampling.translate_files import FileTranslator

    found = find_pictures(inputs)
    todo = jobs(found.pictures, out)
    refuse_overwriting(todo, force=force)
    generator, options = load(place, others)
    translator = generator.translator(direction, options, keep_size=keep_size, noise=noise)
    shown = ContactSheet() if show else None
    translate_file = FileTranslator(*translator, side_by_side=side_by_side, contact_sheet=shown)
    with counted(todo, len(todo), "translating") as counted_jobs:
        for job in counted_jobs:
            translate_file(job)
    problems = [*translate_file.problems, *found.problems]
    if translate_file.done:
        report(out, {"step": generator.step, "n": translate_file.done, "problems": problems}, as_json=json)
    _remark(found.notes, translate_file.dark)
    if shown:
        show_in_terminal(shown.pixels())
        if len(shown) < translate_file.done:
            note(f"--show draws the first {len(shown)} of {translate_file.done:,} pictures and their translations")
    if problems:
        raise failure(len(todo), translate_file.done, translate_file.problems, found.problems, "translated")


def _check(place: Path, inputs: Sequence[Path], out: Path) -> None:
    facts = header.facts(place)
    if facts and not facts.translates:
        raise UsageError(
            f"{place}: this model draws from noise; it does not translate images. Use: {commands.sample(place)}"
        )
    if out == STDOUT:
        raise UsageError("--out -: translations are written to files; expected a file or a folder")
    check_places(inputs, out)


def _remark(notes: Sequence[str], dark: Sequence[str]) -> None:
    for sentence in notes:
        note(sentence)
    if dark:
        from gancli.data.manifest import some

        note(
            f"pictures of 16 bits a value that use fewer are dark: {some(dark)}; if they should not be, save them with "
            "8 bits, or train again with dataset.bits, the number of bits of their sensor"
        )
