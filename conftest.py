"""What all tests stand on, those of the plugins too: folders of their own, and nothing is written outside of them.

The whole suite runs in several processes, with ``pytest-xdist``; each of them has folders of its own. All of them must
find the same tests in the same order, so the parameters of a test depend on no clock and on no order of a set.
"""

import functools
import gc
import os
import shutil
import site
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

WATCH = Path(__file__).parent / "tests" / "watch"
sys.path.append(str(WATCH))
import writes  # noqa: E402

# What a user may have set and a test must not meet: this is done before anything is imported that asks for it.
for name in list(os.environ):
    if name.startswith(("GAN_", "MPL", "XDG_", "TTY_", "CLICOLOR")):
        del os.environ[name]
for name in ("MATPLOTLIBRC", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "PYTHONWARNINGS"):
    os.environ.pop(name, None)

# A training syncs its files, which a disk makes it wait for, and memory does not.
MEMORY, ENOUGH = Path("/dev/shm"), 2 * 2**30  # noqa: S108 - what is made there is private
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

OWN = Path(tempfile.mkdtemp(prefix="gan-tests-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
os.environ["PYTHONUSERBASE"] = site.getuserbase()  # packages that the user installed for himself are still found
os.environ |= {"HOME": str(OWN / "home"), "GAN_DATA_DIR": str(OWN / "data"), "GAN_OFFLINE": "1"}
os.environ |= {"MPLCONFIGDIR": str(OWN / "matplotlib"), "HYPOTHESIS_STORAGE_DIRECTORY": str(OWN / "hypothesis")}
os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(OWN / "torch")  # which torch sets on import, for what it starts too
os.environ["OMP_NUM_THREADS"] = "1"  # what runs side by side waits for cores, and threads that wait are slow
(OWN / "home").mkdir()

import typer.main  # noqa: E402
import typer.testing  # noqa: E402

# The commands are the same in every test; to make them takes as long as three steps of a small training.
typer.main.get_command = typer.testing._get_command = functools.cache(typer.main.get_command)

MOST_PROCESSES = 4  # each of them comes to hold more than a gigabyte


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The whole suite runs in several processes; tests that are named or debugged start sooner in this one."""
    option, is_worker = config.option, "PYTEST_XDIST_WORKER" in os.environ
    is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    is_debugged = option.usepdb or option.trace or option.capture == "no"
    is_chosen = getattr(option, "numprocesses", 1) is not None or option.dist != "no"  # or pytest-xdist is not here
    if is_whole and not (is_worker or is_debugged or is_chosen or option.collectonly):
        cores = config.hook.pytest_xdist_auto_num_workers(config=config)
        # One more than there are cores: a test that waits for a child, a lock or the disk leaves its core to others.
        option.numprocesses = min(cores + 1, MOST_PROCESSES) if cores > 1 else 0
        option.dist = "worksteal"  # for one file of tests may take a hundred times as long as another


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Modules and tests stay to the end, so garbage is not looked for among them; a fork saves the most by that."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """From the first test on, writing elsewhere is refused; the path of the report of what tried to."""
    report = OWN / "report.txt"
    folders = os.pathsep.join(map(str, (tmp_path_factory.getbasetemp(), OWN)))
    (OWN / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(OWN / "tmp"))
        patch.delenv("PYTEST_DEBUG_TEMPROOT", raising=False)  # a pytest that a test starts has its folders in TMPDIR
        patch.setattr("tempfile.tempdir", None)
        patch.setenv("PYTHONPATH", str(WATCH), prepend=os.pathsep)
        patch.setenv(writes.FOLDERS, folders)
        patch.setenv(writes.REPORT, str(report))
        writes.watch()
        yield report
    _check(report)


@pytest.fixture(autouse=True)
def writes_nothing_outside(own_folders: Path) -> Iterator[None]:
    """A test that wrote elsewhere, or tried to, in a process that it started too, has failed."""
    yield
    _check(own_folders)


def _check(report: Path) -> None:
    if report.exists():
        found = report.read_text(encoding="utf-8")
        report.unlink()
        pytest.fail(f"written outside of the tests' folders:\n{found}", pytrace=False)


def pytest_unconfigure() -> None:
    """Leave nothing."""
    shutil.rmtree(OWN, ignore_errors=True)
