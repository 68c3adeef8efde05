"""The tests can fail: every promise that is broken on purpose in a copy of the package is noticed by one of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DISK, KILLS, RUN = "tests/reliability/test_disk.py", "tests/reliability/test_kills.py", "tests/run/test_run.py"
CHECKPOINT, BATCHES = "tests/storage/test_checkpoint.py", "tests/data/test_batches.py"
FROM, PATIENCE = "tests/run/test_started_from.py", "tests/run/test_patience.py"
HOSTILE, DAMAGED = "tests/reliability/test_hostile_checkpoints.py", "tests/reliability/test_damaged_checkpoints.py"

MUTANTS = {  # what is broken: the file, what stands there, what instead, and where it is noticed
    "no rename": ("files.py", "partial.replace(path)", "shutil.copy(partial, path); partial.unlink()", DISK),
    "no sync of the content": ("files.py", "os.fsync(file.fileno())", "pass", DISK),
    "no sync of the name": ("files.py", "    if durable:\n        sync_folder(path.parent)", "", DISK),
    "a torn file stays": (
        "files.py",
        "        partial.unlink(missing_ok=True)\n        raise",
        "        raise",
        DISK,
    ),
    "no partial file is removed": ("run/starting.py", "remove_partial_files(place)", "pass", DISK),
    "no sync of the history": ("run/saving.py", "self._record.history.sync()", "pass", DISK),
    "the history is not cut": ("storage/history.py", "os.truncate(path, sum(map(len, keep)))", "pass", DISK),
    "pruned too early": (
        "run/saving.py",
        "saved.save(path)",
        "for file in opened.folder.checkpoints(): file.unlink()\n        saved.save(path)",
        DISK,
    ),
    "the digest is not compared": ("storage/checkpoint.py", '!= found.get("sha256")', '== ""', DAMAGED),
    "the digest forgets the text": (
        "storage/checkpoint.py",
        "hashlib.sha256(text.encode())",
        "hashlib.sha256()",
        HOSTILE,
    ),
    "the digest forgets the shapes": ("storage/checkpoint.py", "\\0{tuple(tensor.shape)}\\0", "", CHECKPOINT),
    "pipes are opened": ("storage/header.py", "stat.S_ISREG(path.stat().st_mode)", "True", HOSTILE),
    "weights may be NaN": ("storage/checkpoint.py", "not tensor.isfinite().all()", "False", HOSTILE),
    "damaged ones are not passed over": ("storage/checkpoint.py", "problems.append(str(error))", "raise", CHECKPOINT),
    "the format is not checked": (
        "storage/checkpoint.py",
        "version > FORMAT",
        "False",
        "tests/storage/test_released_formats.py",
    ),
    "the moments are scrambled": (
        "storage/optimizer_state.py",
        "isinstance(value, Tensor) and value.shape == parameter.shape",
        "False",
        CHECKPOINT,
    ),
    "the optimizer starts anew": ("run/state.py", "restore_optimizer(", "(lambda *_: None)(", RUN),
    "the best is forgotten": (
        "run/state.py",
        "saved.seconds, saved.best,",
        "saved.seconds, None,",
        "tests/run/test_best_step.py",
    ),
    "the random state starts anew": ("run/state.py", "set_rng_state(", "(lambda *_: None)(", RUN),
    "the average starts anew": (
        "run/state.py",
        'build.load_network(training.average.module, saved, "ema")',
        "pass",
        RUN,
    ),
    "the average forgets its age": ("storage/checkpoint.py", "self.step + (self.origin", "0 + (self.origin", RUN),
    "the start is not saved": (
        "run/starting.py",
        "_write_start(folder, recipe, training, origin) if origin",
        "None if origin",
        FROM,
    ),
    "the average that was taken forgets its age": (
        "storage/checkpoint.py",
        "self.origin.averaged if self.origin",
        "0 if self",
        FROM,
    ),
    "an evaluation counts twice": ("monitoring/monitor.py", "step > max(best.step, best.last)", "True", PATIENCE),
    "the data starts anew": ("run/steps.py", "start = done * settings.k_steps", "start = 0", RUN),
    "k is forgotten by the data": ("run/steps.py", "start = done * settings.k_steps", "start = done", RUN),
    "the schedule starts anew": ("run/steps.py", "schedule.apply(done)", "schedule.apply(0)", RUN),
    "no lock": ("storage/lock.py", "fcntl.LOCK_EX | fcntl.LOCK_NB", "fcntl.LOCK_SH", RUN),
    "changes are let through": ("run/changes.py", "    if changed:\n", "    if False:\n", RUN),
    "other data is let through": ("run/resume.py", "if change and not allow_data_change:", "if False:", RUN),
    "NaN is stepped on": (
        "training/algorithm.py",
        "    (check or FiniteCheck())(optimizer, losses, parameters)\n",
        "",
        "tests/training/test_algorithm.py",
    ),
    "the shuffle forgets the epoch": (
        "data/minibatches.py",
        'derive_seed(self.seed, "epoch", epoch)',
        "self.seed",
        BATCHES,
    ),
}


@pytest.mark.night
@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_noticed(name: str, tmp_path: Path) -> None:
    file, old, new, tests = MUTANTS[name]
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", "runs", "__pycache__", ".hypothesis"))
    path = copy / "gancli" / file
    source = path.read_text()
    assert source.count(old) >= 1, "what is to be broken is no longer there"
    path.write_text(source.replace(old, new))
    environment = os.environ | {"PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", tests]
    result = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=900)
    assert result.returncode == 1, result.stdout  # tests that failed, and not one that could not be run
