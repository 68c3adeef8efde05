"""Packages that only some exports need."""

from gancli import extras
from gancli.export.formats import Format

NEEDS = {"onnx": ("onnx", "onnxscript", "onnxruntime")}


def check_needs(form: Format) -> None:
    """Raises UsageError, with the command that installs them, if packages for a format are not installed."""
    extras.require(f"--to {form.name}:", NEEDS.get(form.name, ()), form.name)
