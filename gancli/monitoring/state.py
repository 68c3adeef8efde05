"""State of the monitor: plain numbers, few of them, and all of them in the checkpoint."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from gancli.errors import CheckpointError

ALL = "all"  # the subject of a warning that is not of single classes
FIRST_NAMES = {"narrow": "low_diversity", "dead": "missing_classes"}  # of warnings, in checkpoints of format 1


@dataclass
class Finding:
    """The present subjects of one kind of warning, and the values of its text."""

    subjects: Collection[str] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass
class WarningState:
    """The subjects of one kind of warning, since which step each shows it, and which were reported to the user."""

    since: dict[str, int] = field(default_factory=dict)
    reported: Annotated[list[str], Field(validation_alias=AliasChoices("reported", "told"))] = field(
        default_factory=list
    )
    began: int | None = None  # the first step at which the reported subjects showed it
    absent: int = 0  # updates in a row without any

    def update(self, step: int, subjects: Collection[str], lasts: int, gone: int = 1) -> list[str]:
        """The subjects to report: those that have shown it for ``lasts`` steps without a break.

        They are reported once, until there have been none ``gone`` times in a row.
        """
        self.since = {subject: self.since.get(subject, step) for subject in subjects}
        self.absent = 0 if subjects else self.absent + 1
        if self.absent >= gone:
            self.reported = []
        if self.reported:
            return []
        self.reported = [subject for subject in subjects if step - self.since[subject] >= lasts]
        if self.reported:
            self.began = min(self.since[subject] for subject in self.reported)
        return self.reported


@dataclass
class LoggedStep:
    """The losses of a step, and the norm of the generator's gradient."""

    step: int
    losses: dict[str, float]
    gradient: float


@dataclass
class SampleCheck:
    """Distance of the samples of a step from the data."""

    step: int
    distance: float


@dataclass
class BestEvaluation:
    """The best value of the validator's metric so far, its step, and the evaluations since."""

    step: int
    name: str
    value: float
    last: int = 0  # step of the newest evaluation that was not better
    unimproved: int = 0  # how many of them there were


@dataclass
class MonitorState:
    """All that the monitor's warnings and its closing summary depend on, beside the steps to come."""

    warnings: Annotated[dict[str, WarningState], Field(validation_alias=AliasChoices("warnings", "symptoms"))] = field(
        default_factory=dict
    )  # by kind, see ``warning_texts``; with several discriminators, by kind/loss
    gradients: list[float] = field(default_factory=list)  # the three largest norms
    recent: list[LoggedStep] = field(default_factory=list)  # of the window
    first_level: dict[str, float] = field(default_factory=dict)  # of every loss, over the first logged steps
    checks: Annotated[list[SampleCheck], Field(validation_alias=AliasChoices("checks", "looks"))] = field(
        default_factory=list
    )  # the last few
    nearest: SampleCheck | None = None  # of all checks
    best: BestEvaluation | None = None

    def is_reported(self, name: str) -> bool:
        """Whether the user was warned of something that is not over."""
        return name in self.warnings and bool(self.warnings[name].reported)

    def state_dict(self) -> dict[str, Any]:
        """Plain JSON values, for a checkpoint."""
        return asdict(self)


_STATE = TypeAdapter(MonitorState)


def load_state(values: Mapping[str, Any]) -> MonitorState:
    """The state of a ``state_dict``, also of checkpoints of format 1; raises CheckpointError for other values."""
    try:
        state = _STATE.validate_python(values)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise CheckpointError(
            f"the checkpoint's state of the monitor is wrong: {where}: {error.errors()[0]['msg']}"
        ) from None
    state.warnings = {FIRST_NAMES.get(name, name): warning for name, warning in state.warnings.items()}
    return state
