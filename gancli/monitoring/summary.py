"""How a training went, in a sentence: from the state of the monitor, and from nothing else."""

from gancli.monitoring.state import MonitorState, WarningState
from gancli.monitoring.trend import FAR, is_nearing
from gancli.monitoring.warning_texts import WARNINGS, text_of

OF_SAMPLES = ("low_diversity", "repeated", "uncovered", "missing_classes", "far", "worse")
MIN_STEPS = 50  # steps after which a training without a warning is said to show no sign of failure
GOOD = FAR / 2  # samples as near as this are not a failure, whatever the losses are


def failures(state: MonitorState) -> list[str]:
    """The failures that were warned of and are not over, in words; empty for a training that did not fail."""
    present = {name: warning for name, warning in _known(state).items() if warning.reported}
    good = bool(state.checks) and state.checks[-1].distance < GOOD
    if good and not any(name in OF_SAMPLES for name in present):
        return []
    return _in_words(present)


def closing(state: MonitorState, step: int, steps: int, seconds: float | None = None) -> str:
    """One line: how many steps were trained, whether the training failed, and at which step it was best."""
    length = f"{step:,} steps" if step >= steps else f"{step:,} of {steps:,} steps"
    time = "" if seconds is None else f" in {seconds:,.0f} s"
    failed = failures(state)
    if failed:
        return "; ".join([f"this training failed ({length}{time}): {', '.join(failed)}", *_best(state)])
    outcome = _outcome(state, step < steps) if step >= MIN_STEPS else ["too few steps to say how it went"]
    return "; ".join([f"trained {length}{time}", *outcome, *_best(state)])


def _outcome(state: MonitorState, is_stopped: bool) -> list[str]:
    over = _in_words({name: warning for name, warning in _known(state).items() if warning.began is not None})
    said = f"warned of, but no failure now: {', '.join(over)}" if over else "no sign of failure"
    far = state.checks[-1].distance > FAR if state.checks else False
    unfinished = ["the samples are still far from the data, but coming nearer: try more train.steps"]
    return [said + " so far" * (is_stopped and not over), *unfinished * (far and is_nearing(state.checks))]


def _known(state: MonitorState) -> dict[str, WarningState]:
    """The warnings of this version's kinds; a checkpoint of another version may have others."""
    return {name: warning for name, warning in state.warnings.items() if name.partition("/")[0] in WARNINGS}


def _in_words(warnings: dict[str, WarningState]) -> list[str]:
    """Every failure once, with the first step that showed it."""
    began: dict[str, int] = {}
    for name, warning in warnings.items():
        words = text_of(name).name
        began[words] = min(warning.began or 0, began.get(words, warning.began or 0))
    return [f"{words} (since step {step:,})" for words, step in sorted(began.items(), key=lambda pair: pair[1])]


def _best(state: MonitorState) -> list[str]:
    """The best step by the validator's metric if there is one, else by the monitor's distance."""
    if state.best is not None:
        return [f"{state.best.name} was best at step {state.best.step:,}: {state.best.value:.3g}"]
    if state.nearest is not None:
        return [f"samples were nearest to the data at step {state.nearest.step:,}"]
    return []
