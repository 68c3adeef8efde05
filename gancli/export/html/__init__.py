"""A web page in one file that draws by itself, offline: its own small interpreter of the generator's operations.

onnxruntime's WebAssembly has 14 MB, or 5 MB of compressed text, and would have to come with this package; the
interpreter has less than 40 kB, and is read in an hour.
"""

from gancli.export.html.page import write

__all__ = ["write"]
