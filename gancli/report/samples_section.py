"""Samples over the steps beside real pictures, and samples beside the training pictures that are nearest to them."""

from collections.abc import Sequence

from gancli.report.elements import Markup, element, section
from gancli.report.facts import RunFacts
from gancli.report.pictures import Picture, SampleSeries, spread

KEYS = 8  # pictures of the series that are printed
SMALL = 360  # pixels of a width up to which a picture is enlarged


def samples(run: RunFacts, level: int = 2) -> Markup:
    """Samples of fixed noise, with a slider over the steps, and real pictures."""
    shown = _series(run) if run.samples.pictures else element("p", _none(run))
    beside = [element("figure", picture(run.reals, _of_reals(run)), element("figcaption", "real, as trained on"))]
    return section(
        "Samples over the steps",
        element("p", f"{_what(run)} {about(run.samples)}".strip(), class_="note") if run.samples.pictures else None,
        element("div", element("div", shown), beside if run.reals else None, class_="beside"),
        level=level,
    )


def _what(run: RunFacts) -> str:
    if run.translates:
        return "The same source images, as they are translated at each step."
    return "The same noise, as it is drawn at each step."


def _none(run: RunFacts) -> str:
    if run.samples.found:
        return f"The {run.samples.found:,} pictures of samples are too large for this page; they are in the run."
    return "There are no pictures of samples yet."


def about(shown: SampleSeries) -> str:
    """What was left out, and what was made smaller; empty if the series is as it is in the run."""
    said = []
    if len(shown.pictures) < shown.found:
        said.append(f"Of {shown.found:,} pictures, {len(shown.pictures):,} are shown, spread evenly over the steps.")
    if shown.side is not None:
        said.append(f"To limit the size of this page, they are JPEGs of at most {shown.side:,} pixels a side.")
    return " ".join(said) + " The run has the originals." * bool(said)


def _series(run: RunFacts) -> list[Markup]:
    steps = list(run.samples.pictures)
    keys = set(spread(steps, KEYS))
    slider = element(
        "input", type="range", min=0, max=len(steps) - 1, value=len(steps) - 1, step=1, aria_label="step of the samples"
    )
    return [
        element("div", [_frame(run, step, is_key=step in keys) for step in steps], class_="film", tabindex=0,
                role="group", aria_label="samples over the steps"),
        element("div", slider, element("output", f"step {steps[-1]:,}"), class_="scrub", hidden=True),
    ]  # fmt: skip


def _frame(run: RunFacts, step: int, *, is_key: bool) -> Markup:
    shown = picture(run.samples.pictures[step], f"{_of_samples(run)} at step {step:,}")
    caption = element("figcaption", f"step {step:,}")
    return element("figure", shown, caption, class_="key" if is_key else None, data_step=step)


def _of_samples(run: RunFacts) -> str:
    source = run.saved.data.source if run.saved else None
    return f"translations {' to '.join(source.names)} of {run.name}" if source else f"samples of {run.name}"


def _of_reals(run: RunFacts) -> str:
    return f"real examples of the data of {run.name}"


def picture(shown: Picture | None, alt: str) -> Markup | None:
    """A picture; a small one is enlarged by a whole number, so that its pixels stay sharp."""
    if shown is None:
        return None
    times = max(1, SMALL // shown.width)
    return element(
        "img", src=shown.uri, alt=alt, width=times * shown.width, height=times * shown.height,
        class_="pixels" if times > 1 else None,
    )  # fmt: skip


def nearest(run: RunFacts, level: int = 2) -> Markup | None:
    """Samples above what is nearest to them; None if the run was not evaluated, or its data have no features."""
    pairs: Sequence[tuple[Picture | None, str]] = (
        (run.nearest, "above: samples that are nearest to a training image; below: the real training image"),
        (run.repeated, "above: samples that are nearest to another sample; below: that other sample"),
    )
    figures = [
        element("figure", picture(shown, words), element("figcaption", words)) for shown, words in pairs if shown
    ]
    return section("Is anything copied?", figures, level=level) if figures else None
