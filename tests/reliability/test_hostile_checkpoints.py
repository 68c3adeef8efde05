"""Whatever a stranger hands over as a checkpoint is refused: in one message, at once, and with nothing done."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancli import build
from gancli.errors import PluginError
from gancli.storage.checkpoint import Checkpoint
from tests.released import make
from tests.reliability.forgeries import ANSI, REAL, REFUSED, REFUSED_BY_RESUME, Change, forged, says
from tests.reliability.hostile import FILES

NAME = "step-0000040.safetensors"
PATIENCE_SECONDS = 120  # for what takes a thousandth
MEGABYTES = 64  # that may be taken to refuse a file

Put = Callable[[Path], object]


@pytest.fixture
def guard() -> Iterator[None]:
    """Fails, with what no code catches, if a file is waited for without end."""
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it hangs"))
    signal.alarm(PATIENCE_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def put_forged(change: Change) -> Put:
    return lambda path: path.write_bytes(forged(change))


ALL = FILES | {name: put_forged(change) for name, change in REFUSED.items()}
FOR_RESUME = ALL | {name: put_forged(change) for name, change in REFUSED_BY_RESUME.items()}


def tree() -> set[Path]:
    """Everything there is, a canary too, but for what a run is held by."""
    return {path for path in Path().rglob("*") if path.name != ".lock"}


def assert_refused(result: Any, path: Path) -> None:
    assert result.exit_code == 4, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"gan: {path}: ")
    assert result.stderr.replace("\n", "").isprintable()
    assert max(map(len, result.stderr.splitlines())) < 500
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("guard")
@pytest.mark.parametrize("put", ALL.values(), ids=ALL)
def test_sample_refuses(gan: Any, put: Put) -> None:
    path = Path(NAME)
    put(path)
    before = tree()
    result = gan("sample", path)
    assert_refused(result, path)
    assert tree() == before


@pytest.fixture
def run() -> Path:
    """A run with one real checkpoint, and its dataset."""
    make.write_pictures(Path("pictures"))
    make.write_run(Path("run"))
    return Path("run")


@pytest.mark.usefixtures("guard")
@pytest.mark.parametrize("put", FOR_RESUME.values(), ids=FOR_RESUME)
def test_resume_refuses(gan: Any, run: Path, put: Put) -> None:
    path = run / "checkpoints" / NAME
    path.unlink()
    put(path)
    before, recipe = tree(), (run / "recipe.yaml").read_bytes()
    assert_refused(gan("train", "--resume", run, "train.steps=45"), path)
    assert tree() == before
    assert (run / "recipe.yaml").read_bytes() == recipe


def test_the_real_one_is_not_refused(gan: Any, run: Path) -> None:
    Path(NAME).write_bytes(forged(lambda header, tensors: None))
    assert gan("sample", NAME).exit_code == 0
    assert gan("train", "--resume", run, "train.steps=45").exit_code == 0
    assert Checkpoint.load(run / "checkpoints" / "step-0000045.safetensors").step == 45


def test_what_only_a_training_goes_on_from_does_not_keep_from_sampling(gan: Any) -> None:
    for name in ("state of another shape", "no random numbers", "monitor that is nonsense"):
        Path(NAME).write_bytes(forged(REFUSED_BY_RESUME[name]))
        assert gan("sample", NAME).exit_code == 0, name


def test_weights_too_large_for_a_picture_are_drawn_all_the_same(gan: Any) -> None:
    huge = forged(lambda _, tensors: [tensor.fill_(3e38) for tensor in tensors.values() if tensor.is_floating_point()])
    Path(NAME).write_bytes(huge)
    result = gan("sample", NAME, "--out", "x.png")
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_missing_plugin_is_named(gan: Any) -> None:
    path = Path(NAME)
    path.write_bytes(forged(says(plugins={"gan-nowhere": "1.0"})))
    result = gan("sample", path)
    assert result.exit_code == 6
    assert result.stderr == f"gan: {path}: needs the package gan-nowhere (it was 1.0); pip install gan-nowhere\n"
    with pytest.raises(PluginError):
        build.recipe_of(Checkpoint.load(path))


@pytest.mark.parametrize("kind", ["hostile", "damaged"])
def test_one_that_is_passed_over_is_told_without_obeying_it(gan: Any, run: Path, kind: str) -> None:
    newer = run / "checkpoints" / "step-0000050.safetensors"
    newer.write_bytes(forged(says(**{ANSI: 1})) if kind == "hostile" else REAL.read_bytes()[:-1])
    for command in (["sample", run], ["train", "--resume", run]):
        result = gan(*command)
        assert result.exit_code == 0, result.output
        said = " ".join(result.stderr.split())
        assert said.startswith(f"note: {newer}: not a checkpoint that can be loaded: ")
        assert said.isprintable()
        assert ("truncated" in said) == (kind == "damaged")
        assert f"the newest valid one is {NAME}" in said


MEASURED = """
import json, re, signal, sys, time
from pathlib import Path

from gancli import build
from gancli.storage import checkpoint
from gancli.run import run
from gancli.sampling import draw
from gancli.errors import CheckpointError

def peak():  # in MB; getrusage would begin with that of the process that started this one
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

build.recipe_of(checkpoint.newest(Path(sys.argv[1])))  # which imports the rest
imported, found = peak(), {}
for name, path in json.loads(sys.stdin.read()).items():
    signal.alarm(120)
    before, began = peak(), time.perf_counter()
    try:
        build.recipe_of(checkpoint.newest(Path(path)))
    except CheckpointError:
        found[name] = (time.perf_counter() - began, peak() - before)
more = peak() - imported
noticed = bytearray(100 * 2**20)
print(json.dumps([more, peak() - imported, found]))
"""


def test_little_memory_is_taken() -> None:
    """In one process, after the imports; the files were made by another, for that takes memory too."""
    paths = {}
    for number, (name, put) in enumerate(ALL.items()):
        put(path := Path(f"{number}.safetensors"))
        paths[name] = str(path)
    command = [sys.executable, "-c", MEASURED, str(REAL)]
    measured = subprocess.run(command, input=json.dumps(paths), capture_output=True, text=True)
    assert measured.returncode == 0, measured.stderr
    more, with_100_more, found = json.loads(measured.stdout)
    assert found.keys() == paths.keys()
    assert more <= MEGABYTES, found
    assert with_100_more > 90  # the meter works
