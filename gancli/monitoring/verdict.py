"""How a training went, in a sentence: from what the monitor remembers, and from nothing else."""

from gancli.monitoring.memory import Memory, Symptom
from gancli.monitoring.progress import FAR, is_nearing
from gancli.monitoring.symptoms import SYMPTOMS

OF_SAMPLES = ("narrow", "repeated", "uncovered", "dead", "far", "worse")
FEWEST = 50  # steps after which a training without a warning is said to show no sign of failure
GOOD = FAR / 2  # samples as near as this are no failure, whatever the losses do


def failures(memory: Memory) -> list[str]:
    """The symptoms that were warned of and are still there, in words; empty for a training that did not fail."""
    present = {name: symptom for name, symptom in memory.symptoms.items() if symptom.told and name in SYMPTOMS}
    good = bool(memory.looks) and memory.looks[-1].distance < GOOD
    if good and not any(name in OF_SAMPLES for name in present):
        return []
    return _in_words(present)


def closing(memory: Memory, step: int, steps: int, seconds: float | None = None) -> str:
    """One line: how many steps were trained, whether the training failed, and at which step it was best."""
    length = f"{step:,} steps" if step >= steps else f"{step:,} of {steps:,} steps"
    time = "" if seconds is None else f" in {seconds:,.0f} s"
    failed = failures(memory)
    if failed:
        return "; ".join([f"this training failed ({length}{time}): {', '.join(failed)}", *_best(memory)])
    state = _state(memory, step < steps) if step >= FEWEST else ["too few to say how it goes"]
    return "; ".join([f"trained {length}{time}", *state, *_best(memory)])


def _state(memory: Memory, is_stopped: bool) -> list[str]:
    over = _in_words({name: it for name, it in memory.symptoms.items() if it.began is not None and name in SYMPTOMS})
    said = f"warned of, but no failure now: {', '.join(over)}" if over else "no sign of failure"
    far = memory.looks[-1].distance > FAR if memory.looks else False
    unfinished = ["the samples are still far from the data, and come nearer: try more train.steps"]
    return [said + " so far" * (is_stopped and not over), *unfinished * (far and is_nearing(memory.looks))]


def _in_words(symptoms: dict[str, Symptom]) -> list[str]:
    """Every failure once, with the first step that showed it."""
    began: dict[str, int] = {}
    for name, symptom in symptoms.items():
        words = SYMPTOMS[name].name
        began[words] = min(symptom.began or 0, began.get(words, symptom.began or 0))
    return [f"{words} (since step {step:,})" for words, step in sorted(began.items(), key=lambda pair: pair[1])]


def _best(memory: Memory) -> list[str]:
    """The best step by what is known: the evaluator's number, else the monitor's distance."""
    if memory.best is not None:
        return [f"{memory.best.name} was best at step {memory.best.step:,}: {memory.best.value:.3g}"]
    if memory.nearest is not None:
        return [f"samples were nearest to the data at step {memory.nearest.step:,}"]
    return []
