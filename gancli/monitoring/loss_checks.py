"""Checks of the logged losses and of the generator's gradient, over a window of steps."""

import math
from collections.abc import Mapping, Sequence

from gancli.losses import AdversarialLoss
from gancli.monitoring import loss_curves
from gancli.monitoring.saturation import discriminator_range, saturated, vanished
from gancli.monitoring.schedule import CheckSchedule
from gancli.monitoring.state import ALL, Finding, LoggedStep, MonitorState
from gancli.monitoring.warning_texts import warning_name

MAX_LOGGED = 50  # logged steps of a window that are kept
MIN_LOGGED = 5  # logged steps of which a share means anything
BEGINS_AT, ENDS_BELOW = 0.6, 0.3  # shares of a window's steps at which a warning begins, and below which it is over

DISCRIMINATOR = "discriminator"


class LossChecks:
    """Saturation, vanished gradients, explosions and swings.

    Every loss named ``discriminator`` or ``discriminator.NAME`` is a discriminator's, with warnings of its own.

    Args:
        loss: the game's; None if it has none, and then no bounds either.
        schedule: says how long a window is.
    """

    def __init__(self, loss: AdversarialLoss | None, schedule: CheckSchedule) -> None:
        self._range = None if loss is None else discriminator_range(loss)
        self._window = schedule.window

    def check(self, state: MonitorState, logged: LoggedStep) -> Mapping[str, Finding]:
        """Findings after a logged step; none until there is a whole window of steps."""
        state.gradients = sorted([*state.gradients, logged.gradient])[-3:]
        if not self._keep(state, logged):
            return {}
        return self._gradient(state) | self._saturation(state) | self._explosions(state) | self._swings(state)

    def _keep(self, state: MonitorState, logged: LoggedStep) -> bool:
        """Keep a logged step; whether there is a whole window of them now."""
        span = self._window
        if state.recent and logged.step - state.recent[-1].step < span / MAX_LOGGED:
            return False
        first = max(0, len(state.recent) + 1 - MIN_LOGGED)
        kept = [old for at, old in enumerate(state.recent) if old.step >= logged.step - span or at >= first]
        state.recent = [*kept, logged]
        if len(state.recent) == MIN_LOGGED and not state.first_level:
            state.first_level = _levels(state.recent)
        return len(state.recent) >= MIN_LOGGED and logged.step - state.recent[0].step >= 0.9 * span

    def _gradient(self, state: MonitorState) -> dict[str, Finding]:
        flags = [vanished(logged.gradient, state.gradients[0]) for logged in state.recent]
        return {"vanished": _share(state, "vanished", flags)}

    def _saturation(self, state: MonitorState) -> dict[str, Finding]:
        found = {}
        for loss in discriminators(state):
            values = [logged.losses.get(loss, math.inf) for logged in state.recent]
            flags = [self._range is not None and saturated(value, *self._range) for value in values]
            name = warning_name("saturated", loss)
            found[name] = _share(state, name, flags, loss=loss)
        return found

    def _explosions(self, state: MonitorState) -> dict[str, Finding]:
        found = {warning_name("exploded", loss): Finding() for loss in discriminators(state)} | {"exploded": Finding()}
        for loss, first in state.first_level.items():
            values = _values(state, loss)
            if values and loss_curves.level(values) > loss_curves.EXPLODED * first:
                found[_explosion_name(loss)] = _explosion(state, loss, max(values, key=abs), first)
        for loss, values, least, undecided in self._bounded(state):
            if loss_curves.has_exploded(values, least, undecided):
                found[_explosion_name(loss)] = _explosion(state, loss, max(values), undecided)
        return found

    def _swings(self, state: MonitorState) -> dict[str, Finding]:
        swings = {warning_name("swings", loss): Finding() for loss in discriminators(state)}
        for loss, values, least, undecided in self._bounded(state):
            explodes = loss_curves.has_exploded(values, least, undecided) or state.is_reported(_explosion_name(loss))
            if not explodes and loss_curves.swings(values, least, undecided):
                fields = {"loss": loss, "steps": _steps(state), "low": min(values), "high": max(values)}
                swings[warning_name("swings", loss)] = Finding([ALL], fields)
        return swings

    def _bounded(self, state: MonitorState) -> list[tuple[str, list[float], float, float]]:
        """Every discriminator's loss, its logged values, its least value and that of an undecided one."""
        if self._range is None:
            return []
        logged = [(loss, _values(state, loss)) for loss in discriminators(state)]
        return [(loss, values, *self._range) for loss, values in logged if values]


def is_discriminator(loss: str) -> bool:
    """Whether a loss of this name is a discriminator's: ``discriminator``, or ``discriminator.A`` and so on."""
    return loss == DISCRIMINATOR or loss.startswith(f"{DISCRIMINATOR}.")


def discriminators(state: MonitorState) -> list[str]:
    """The names of the discriminators' losses in the window; ``discriminator`` where none was logged."""
    names = dict.fromkeys(loss for logged in state.recent for loss in logged.losses if is_discriminator(loss))
    return list(names) or [DISCRIMINATOR]


def _explosion_name(loss: str) -> str:
    return warning_name("exploded", loss if is_discriminator(loss) else "")


def _explosion(state: MonitorState, loss: str, value: float, usual: float) -> Finding:
    return Finding([ALL], {"loss": loss, "steps": _steps(state), "value": value, "usual": usual})


def _share(state: MonitorState, name: str, flags: Sequence[bool], **fields: object) -> Finding:
    """A finding if the flags are set at a large share of the steps; a reported one ends only at a small share."""
    enough = (ENDS_BELOW if state.is_reported(name) else BEGINS_AT) * len(flags)
    return Finding([ALL] * (sum(flags) >= enough), {"shown": sum(flags), "logged": len(flags), **fields})


def _levels(recent: Sequence[LoggedStep]) -> dict[str, float]:
    names = recent[-1].losses
    return {name: loss_curves.level([logged.losses.get(name, 0.0) for logged in recent]) for name in names}


def _values(state: MonitorState, loss: str) -> list[float]:
    return [logged.losses[loss] for logged in state.recent if loss in logged.losses]


def _steps(state: MonitorState) -> int:
    """How many steps the window spans."""
    return state.recent[-1].step - state.recent[0].step
