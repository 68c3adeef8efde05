"""Packages that only some exports need."""

from importlib.util import find_spec

from gancli.errors import UsageError
from gancli.export.formats import Format

NEEDS = {"onnx": ("onnx", "onnxscript", "onnxruntime")}


def check_needs(form: Format) -> None:
    """Raises UsageError, with the command that installs them, if packages for a format are not installed."""
    if missing := [package for package in NEEDS.get(form.name, ()) if find_spec(package) is None]:
        raise UsageError(f"--to {form.name}: needs {' and '.join(missing)}: pip install 'gancli[{form.name}]'")
