"""The layout of a run's folder. No other file of the package knows these names."""

import re
from dataclasses import dataclass
from pathlib import Path

from gancli.errors import CheckpointError, printable

RUNS = "runs"  # the folder that new runs are made in
MAX_NAME = 255  # characters, as in a checkpoint's header
STEP = re.compile(r"^step-(\d{7,12})\.safetensors$")
SAMPLES = re.compile(r"^step-(\d{7,12})\.png$")


@dataclass(frozen=True)
class RunFolder:
    """The folder that one training writes, and the places of everything in it."""

    path: Path

    @staticmethod
    def of(place: Path) -> "RunFolder":
        """The run of a folder, or of a file that lies directly in it."""
        return RunFolder(place.parent if place.is_file() else place)

    @property
    def name(self) -> str:
        """The name of the run: the last part of its path, without control characters."""
        return printable(self.path.resolve().name)[:MAX_NAME]

    @property
    def is_run(self) -> bool:
        """Whether a training has been started here."""
        return self.recipe.is_file() or self.checkpoint_folder.is_dir()

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.path / "recipe.yaml"

    @property
    def history(self) -> Path:
        """One JSON object a logged step."""
        return self.path / "history.jsonl"

    @property
    def data_listing(self) -> Path:
        """The digest of every file of the dataset, as sha256sum writes it."""
        return self.path / "dataset.sha256"

    @property
    def reals(self) -> Path:
        """Examples of the dataset as they are trained on."""
        return self.path / "reals.png"

    @property
    def metrics(self) -> Path:
        """The report of ``gan evaluate``."""
        return self.path / "metrics.json"

    @property
    def report(self) -> Path:
        """The page that ``gan report`` makes of the run."""
        return self.path / "report.html"

    @property
    def diverged(self) -> Path:
        """Why a training of a comparison was ended: it diverged."""
        return self.path / "diverged.json"

    @property
    def lock(self) -> Path:
        """The file that the process that trains here has locked."""
        return self.path / ".lock"

    @property
    def checkpoint_folder(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The checkpoint of the best step; it is not pruned, and no run resumes from it."""
        return self.checkpoint_folder / "best.safetensors"

    def checkpoint(self, step: int) -> Path:
        """The checkpoint of a step."""
        return self.checkpoint_folder / f"step-{step:07d}.safetensors"

    def checkpoints(self) -> list[Path]:
        """The checkpoints of the last steps, newest first: by the step in the name, never by time."""
        paths = self.checkpoint_folder.glob("*.safetensors")
        steps = {path: int(match[1]) for path in paths if (match := STEP.match(path.name))}
        return sorted(steps, key=lambda path: steps[path], reverse=True)

    def step(self, path: Path) -> int:
        """The step in the name of one of them."""
        match = STEP.match(path.name)
        assert match is not None
        return int(match[1])

    def newest(self) -> Path | None:
        """The checkpoint of the last step; None if none was saved."""
        return next(iter(self.checkpoints()), None)

    def samples(self, step: int) -> Path:
        """The fixed samples of a step."""
        return self.path / "samples" / f"step-{step:07d}.png"

    def sample_pictures(self) -> dict[int, Path]:
        """The pictures of samples by their step, in order."""
        found = self.samples(0).parent.glob("*.png")
        return dict(sorted((int(match[1]), path) for path in found if (match := SAMPLES.match(path.name))))

    def figure(self, name: str) -> Path:
        """A figure of the run: ``nearest``, ``repeated``."""
        return self.path / f"{name}.png"


def existing_run(place: Path) -> RunFolder:
    """The run that a place is, or lies in; raises CheckpointError if there is none."""
    folder = RunFolder.of(place)
    if not folder.is_run:
        found = "is not a run" if place.exists() else "there is no such run"
        expected = f"a folder that 'gan train' has written, with {folder.recipe.name} and {folder.history.name} in it"
        raise CheckpointError(f"{place}: {found}; expected {expected}")
    return folder


def checkpoint_files(place: Path) -> list[Path]:
    """A lone file, or the checkpoints of a run, newest first; raises CheckpointError if there are none."""
    if not place.exists():
        raise CheckpointError(
            f"{place}: there is no such checkpoint or run; expected a folder that 'gan train' has written, or a "
            ".safetensors file in it"
        )
    paths = RunFolder(place).checkpoints() if place.is_dir() else [place]
    if not paths:
        missing = RunFolder(Path()).checkpoint_folder / "step-….safetensors"
        raise CheckpointError(f"{place}: holds no {missing}; is it a run, and has it saved yet?")
    return paths
