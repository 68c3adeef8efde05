"""A classification set of torchvision, opened by the signature of its constructor, downloaded if it must be."""

import http.client
import inspect
import json
import shlex
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancli.data.idx import CONNECT_SECONDS
from gancli.data.torchvision_names import NO_DOWNLOAD, check_name, first_line, hint, vision_class
from gancli.data_folder import offline
from gancli.errors import DataError, is_out_of_memory
from gancli.files import make_ready

SUPPLIED = {"self", "root", "download", "train", "transform", "target_transform", "transforms"}
FUNCTIONS = {"loader", "extensions", "is_valid_file", "allow_empty"}  # and what goes with them: no recipe can give them
PAGE = "https://pytorch.org/vision/stable/datasets.html"
Part = Mapping[str, Any]  # the arguments that choose a split, say {"train": True}


@dataclass(frozen=True)
class VisionSet:
    """A set by its name and options; it can be opened in another process too.

    Args:
        options: keywords of its constructor.

    Raises:
        ValueError: torchvision has no such classification set, or the set has no such option.
    """

    name: str
    root: Path
    options: Mapping[str, Any]

    def __post_init__(self) -> None:
        check_name(self.name)
        known = [name for name in self.parameters if name not in SUPPLIED | FUNCTIONS]
        for option in self.options:
            if option not in known:
                raise ValueError(f"{self.name} has no option {option!r}{hint(option, known, 'no options')}")
        required = [name for name in known if self.parameters[name].default is inspect.Parameter.empty]
        if missing := [name for name in required if name not in self.options]:
            raise ValueError(f"{self.name} needs {', '.join(missing)}; for example options: {{{missing[0]}: …}}")

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Those of its constructor, and of the one that this passes its keywords on to."""
        found: dict[str, inspect.Parameter] = {}
        for ancestor in vision_class(self.name).__mro__:
            own = inspect.signature(ancestor.__init__).parameters if "__init__" in vars(ancestor) else {}
            found = {**own, **found}
            if own and not any(parameter.kind is parameter.VAR_KEYWORD for parameter in own.values()):
                break
        return {
            name: value for name, value in found.items() if value.kind not in (value.VAR_POSITIONAL, value.VAR_KEYWORD)
        }

    def training_part(self) -> Part:
        """The arguments of its training split: the one that its options name, else the set's own default."""
        return {"train": True} if "train" in self.parameters else {}

    def held_out_parts(self) -> Iterator[Part]:
        """The arguments of splits that share no example with the training split, the best one first."""
        if "train" in self.parameters:
            yield {"train": False}
        elif "split" in self.parameters:
            trained = str(self.options.get("split", self.parameters["split"].default))
            yield from (
                {"split": name} for name in ("test", "val") if trained.startswith("train") and name not in trained
            )

    def open(self, part: Part, **download: bool) -> Any:
        """torchvision's own dataset of the files that are here; it may raise almost anything."""
        with redirect_stdout(sys.stderr):  # stdout is for results
            arguments = {**self.options, **part} | (download or self._without_download)
            return vision_class(self.name)(root=str(self.root), **arguments)

    def obtain(self, part: Part) -> Any:
        """torchvision's own dataset, downloaded first if it is not here; torchvision checks the checksums.

        Raises ValueError for a wrong value of an option, DataError if it cannot be had.
        """
        with self._explained():
            try:
                return self.open(part)
            except (ImportError, TypeError):
                raise
            except Exception as error:
                if _is_about_a_value(error) or offline() or not self._is_downloaded:
                    raise
            make_ready(self.root)
            with _connection_limit():
                return self.open(part, download=True)

    @property
    def _is_downloaded(self) -> bool:
        """Whether torchvision downloads it."""
        return "download" in self.parameters and self.name not in NO_DOWNLOAD

    @property
    def _without_download(self) -> dict[str, bool]:
        return {"download": False} if "download" in self.parameters else {}

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except ImportError as error:
            raise DataError(
                f"torchvision reads {self.name} with a package that is not here: {error}; install it"
            ) from None
        except http.client.HTTPException as error:
            raise DataError(f"{self.name} cannot be downloaded: {error}; {self._way_out()}") from None
        except Exception as error:
            if is_out_of_memory(error):
                raise
            if _is_about_a_value(error):
                raise ValueError(f"{self.name}: {error}") from None
            raise DataError(f"{self.name}: {first_line(error)}; {self._way_out()}") from None

    def _way_out(self) -> str:
        if not self._is_downloaded:
            return f"torchvision does not download it: put its files into {self.root}, as {PAGE} says"
        forbidden = "GAN_OFFLINE is set, so nothing is downloaded: unset it, or " if offline() else ""
        arguments = {"root": str(self.root), **self.options, "download": True}
        written = ", ".join(f"{key}={_literal(value)}" for key, value in arguments.items())
        command = shlex.quote(f"from torchvision import datasets; datasets.{self.name}({written})")
        return f"{forbidden}fill {self.root} where there is a network: python -c {command}"


def _literal(value: Any) -> str:
    """As Python reads it, without single quotes, which the shell needs."""
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _is_about_a_value(error: Exception) -> bool:
    """Whether torchvision refuses the value of an option; it has no exception of its own for it."""
    return isinstance(error, ValueError) and str(error).startswith(("Unknown value", "Expected type"))


@contextmanager
def _connection_limit() -> Iterator[None]:
    """Sockets made in the block wait for so many seconds at most; torchvision's own wait forever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(CONNECT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
