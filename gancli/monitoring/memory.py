"""What the monitor remembers of a training: plain numbers, few of them, and all of them in the checkpoint."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

ALL = "all"  # what shows a symptom that is not of single classes


@dataclass
class Finding:
    """Of one symptom: what shows it now, and what there is to say of it."""

    subjects: Collection[str] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Symptom:
    """What shows a symptom, since which step, and what the user was told of."""

    since: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    began: int | None = None  # the step since which what was told of had shown it
    absent: int = 0  # updates in a row that showed nothing

    def update(self, step: int, shown: Collection[str], lasts: int, gone: int = 1) -> list[str]:
        """What has shown it for ``lasts`` steps on end; once, until nothing has shown it ``gone`` times in a row."""
        self.since = {subject: self.since.get(subject, step) for subject in shown}
        self.absent = 0 if shown else self.absent + 1
        if self.absent >= gone:
            self.told = []
        if self.told:
            return []
        self.told = [subject for subject in shown if step - self.since[subject] >= lasts]
        if self.told:
            self.began = min(self.since[subject] for subject in self.told)
        return self.told


@dataclass
class LoggedStep:
    """The losses of a step, and the norm of the generator's gradient."""

    step: int
    losses: dict[str, float]
    gradient: float


@dataclass
class Look:
    """How far the samples of a step were from the data."""

    step: int
    distance: float


@dataclass
class Evaluation:
    """The best value of the evaluator's metric so far, and its step."""

    step: int
    name: str
    value: float


@dataclass
class Memory:
    """All that the monitor's warnings and its last words depend on, beside what it sees next."""

    symptoms: dict[str, Symptom] = field(default_factory=dict)
    gradients: list[float] = field(default_factory=list)  # the three largest norms
    recent: list[LoggedStep] = field(default_factory=list)  # of the window
    first_level: dict[str, float] = field(default_factory=dict)  # of every loss, over the first logged steps
    looks: list[Look] = field(default_factory=list)  # the last few
    nearest: Look | None = None  # of all looks
    best: Evaluation | None = None

    def is_told(self, name: str) -> bool:
        """Whether the user was warned of a symptom that is not over."""
        return name in self.symptoms and bool(self.symptoms[name].told)
