"""What all tests stand on, those of the plugins too: folders of their own, and nothing is written outside of them."""

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

OWN = Path(tempfile.mkdtemp(prefix="gan-tests-"))
os.environ["PYTHONUSERBASE"] = site.getuserbase()  # packages that the user installed for himself are still found
os.environ |= {"HOME": str(OWN / "home"), "GAN_DATA_DIR": str(OWN / "data"), "GAN_OFFLINE": "1"}
os.environ |= {"MPLCONFIGDIR": str(OWN / "matplotlib"), "HYPOTHESIS_STORAGE_DIRECTORY": str(OWN / "hypothesis")}
os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(OWN / "torch")  # which torch sets on import, for what it starts too
(OWN / "home").mkdir()


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """From the first test on, writing elsewhere is refused; the path of the report of what tried to."""
    report = OWN / "report.txt"
    folders = os.pathsep.join(map(str, (tmp_path_factory.getbasetemp(), OWN)))
    (OWN / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(OWN / "tmp"))
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
