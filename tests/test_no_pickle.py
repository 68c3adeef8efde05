"""No file that is read can run code: nothing in the package could run it, and no command does."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import gancli
from tests.released import make

PACKAGE = Path(gancli.__file__).parent
PLUGINS = PACKAGE.parent / "plugins"
FILES = sorted([*PACKAGE.rglob("*.py"), *PLUGINS.glob("*/*/*.py")])

MODULES = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "torch.load", "torch.jit.load"}
OPTIONS = {"shell", "weights_only", "allow_pickle"}
METHODS = {"extractall", "unsafe_load", "full_load", "unpack_archive", "read_pickle"}


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of such names; ``.b.c`` where they are those of another expression."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id if isinstance(node, ast.Name) else "", *reversed(names)])


def dangers(code: str) -> Iterator[str]:
    """What could run code, or write where it should not, if a stranger's file got there."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from {alias.name.partition(".")[0] for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            yield from {str(node.module).partition(".")[0]} & MODULES
            yield from {f"{node.module}.{alias.name}" for alias in node.names} & CALLS
        elif isinstance(node, ast.Name | ast.Attribute):
            name = dotted(node)
            yield from {name} & CALLS | {name.rpartition(".")[2]} & METHODS
        elif isinstance(node, ast.Call):
            options = {ast.unparse(keyword) for keyword in node.keywords if keyword.arg in OPTIONS}
            yield from options & {"shell=True", "weights_only=False", "allow_pickle=True"}
            if dotted(node.func) in ("np.load", "numpy.load") and "allow_pickle=False" not in options:
                yield "np.load"


def test_nothing_reads_what_can_run_code() -> None:
    found = {str(path): list(dangers(path.read_text())) for path in FILES}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "import marshal as m",
        "from pickle import loads",
        "from torch import load",
        "from os import system",
        "torch.load(f)",
        "torch.load(f, weights_only=False)",
        "torch.jit.load(f)",
        "np.load(f)",
        "np.load(f, allow_pickle=True)",
        "yaml.load(f)",
        "yaml.unsafe_load(f)",
        "eval('1')",
        "run = exec",
        "archive.extractall(folder)",
        "shutil.unpack_archive(f)",
        "os.system('x')",
        "subprocess.run('x', shell=True)",
    ],
)
def test_the_scan_sees(code: str) -> None:
    assert list(dangers(code))


def test_the_scan_lets_through() -> None:
    assert list(dangers("np.load(f, allow_pickle=False); network.eval(); re.compile('x'); yaml.compose(f)")) == []
    assert {path.name for path in FILES} >= {"checkpoint.py", "mnist.py", "acgan.py"}


# Imports run code that was installed: those of torch come before the hook, and those after it are known by who calls.
# The standard library makes the methods of dataclasses and named tuples from texts of its own. CUDA's library is
# searched for when devices are counted.
WATCHED = """
import json, os, pickle, sys
import torch
from gancli.sampling import images, draw
from gancli.run import run
from gancli.cli import app

FORBIDDEN = ("pickle.", "marshal.load", "socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn",
             "os.fork", "pty.", "urllib.", "ftplib.", "http.", "webbrowser.", "shutil.unpack_archive")
here, seen = os.getcwd(), []

def watch(event, arguments):
    caller = ""
    if event in ("exec", "compile", "marshal.loads"):
        caller = sys._getframe(1).f_globals["__name__"].partition(".")[0]
        wrong = caller not in sys.stdlib_module_names | {"_frozen_importlib", "_frozen_importlib_external"}
    elif event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        elsewhere = not isinstance(path, int) and not os.path.realpath(path).startswith(here)
        wrong = writes and elsewhere and path != os.devnull
    else:
        wrong = event.startswith(FORBIDDEN)
    if wrong:
        seen.append(f"{event} {str(arguments)[:200]} by {caller}")

sys.addaudithook(watch)
pickle.loads(pickle.dumps(json.JSONDecoder))
eval("1")
open(os.path.join(here, "..", "elsewhere"), "w").close()
control, codes = list(seen), []
seen.clear()
for arguments in json.loads(sys.argv[1]):
    try:
        app(arguments)
    except SystemExit as end:
        codes.append(end.code)
sys.__stdout__.write("\\n" + json.dumps([control, seen, codes]))
"""


def test_no_command_unpickles_connects_starts_a_process_or_writes_elsewhere() -> None:
    make.write_pictures(Path("pictures"))
    make.write_run(Path("run"))
    Path("r.yaml").write_text(make.RECIPE)
    commands = [["recipe", "check", "r.yaml"], ["sample", "run"], ["interpolate", "run"]]
    commands.append(["train", "--resume", "run", "train.steps=50"])
    watched = subprocess.run([sys.executable, "-c", WATCHED, json.dumps(commands)], capture_output=True, text=True)
    assert watched.returncode == 0, watched.stderr
    control, seen, codes = json.loads(watched.stdout.splitlines()[-1])
    assert [event.split()[0] for event in control] == ["pickle.find_class", "compile", "exec", "open"]
    assert seen == []
    assert codes == [0, 0, 0, 0]
