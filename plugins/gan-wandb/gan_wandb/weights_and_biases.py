"""Weights & Biases (https://wandb.ai): each training is a run there."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from gancli import LoggedRun, Logger
from gancli.data_folder import offline
from gancli.files import make_folder, write_whole
from gancli.loggers import End, curves

ID, STEP = "gan-run-id", "gan-last-step"  # files in RUN/wandb


class WeightsAndBiases(Logger):
    """A run of Weights & Biases, which a resumed training continues; offline, it is in RUN/wandb until ``wandb sync``.

    Args:
        project: that the run belongs to.
        entity: a user or a team; by default the user's own.
        mode: offline sends nothing, and needs no account; so does GAN_OFFLINE=1.
        tags: to find the run by.
    """

    def __init__(
        self,
        *,
        project: str = "gan",
        entity: str | None = None,
        mode: Literal["online", "offline"] = "online",
        tags: tuple[str, ...] = (),
    ) -> None:
        self._mode = "offline" if offline() else mode
        self._about: dict[str, Any] = {"project": project, "entity": entity, "tags": tags or None}
        if self._mode == "online":
            import wandb

            if not wandb.api.api_key:
                raise ValueError("there is no key of an account here: type wandb login, or write mode: offline")

    def start(self, run: LoggedRun) -> int:
        import wandb

        self._folder = run.folder / "wandb"
        make_folder(self._folder, exist_ok=True)
        quiet = wandb.Settings(silent=True, console="off", disable_git=True, disable_code=True)
        self._run = wandb.init(
            **self._about,
            name=run.name,
            id=self._id(),
            dir=str(run.folder),
            mode=self._mode,
            resume="allow",
            config=dict(run.recipe),
            allow_val_change=True,  # train.steps, after a resume
            settings=quiet,
        )
        return max(self._last_step(), self._run.step - 1)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._log(step, curves("losses", values))

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        self._log(step, curves("metrics", metrics))

    def log_samples(self, step: int, picture: Path) -> None:
        import wandb

        self._log(step, {"samples": wandb.Image(str(picture))})

    def log_text(self, step: int, kind: str, text: str) -> None:
        self._run.summary[f"{kind}/{step}"] = text

    def close(self, end: End) -> None:
        self._run.summary["end"] = end
        self._run.finish(exit_code=0 if end in ("finished", "stopped") else 1)

    def _log(self, step: int, values: Mapping[str, Any]) -> None:
        self._run.log(dict(values), step=step)
        write_whole(self._folder / STEP, str(step).encode())

    def _id(self) -> str:
        """The same one after a resume."""
        path = self._folder / ID
        if not path.exists():
            write_whole(path, secrets.token_hex(4).encode())
        return path.read_text()

    def _last_step(self) -> int:
        path = self._folder / STEP
        return int(path.read_text()) if path.exists() else -1
