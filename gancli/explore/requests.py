"""The requests of the page, checked: their JSON, their types, their sizes."""

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gancli.errors import UsageError

MAX_STOPS = 9  # pictures on one walk
MAX_STEPS = 64  # pictures from one to the next
MAX_DEPTH = 8  # of nested values

Checkpoint = Annotated[str, StringConstraints(max_length=64)]  # a name from the list; nothing is opened by it
Seed = Annotated[int, Field(ge=0, lt=2**53)]  # what a page's numbers hold without loss
Class = Annotated[int, Field(ge=0, lt=2**31)] | None
Options = Annotated[dict[Annotated[str, StringConstraints(max_length=64)], Any], Field(max_length=32)]


class Asked(BaseModel):
    """What every picture is drawn with: a checkpoint, and sampling options of the model."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    checkpoint: Checkpoint
    options: Options = Field(default_factory=dict)


class Samples(Asked):
    """Samples of a seed, of one class or of the classes in turn."""

    seed: Seed = 0
    n: Annotated[int, Field(ge=1, le=100_000)] = 64
    label: Class = None
    form: Literal["tiles", "png"] = "tiles"


class Stop(BaseModel):
    """A picture on a walk: its noise as ``gan interpolate --seeds`` takes it, and its class."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    noise: Annotated[str, StringConstraints(max_length=200)]
    label: Class = None


class Walk(Asked):
    """A walk from picture to picture."""

    stops: Annotated[list[Stop], Field(min_length=2, max_length=MAX_STOPS)]
    steps: Annotated[int, Field(ge=2, le=MAX_STEPS)] = 8
    loop: bool = False
    form: Literal["tiles", "png", "gif", "webp"] = "tiles"


class Translation(Asked):
    """A picture to translate."""

    picture: Annotated[str, StringConstraints(max_length=23 * 2**20)]  # the file, in base64
    name: Annotated[str, StringConstraints(max_length=255)] = "picture.png"  # for the command line and messages
    form: Literal["tiles", "png"] = "tiles"


Request = TypeVar("Request", bound=Asked)


def read(kind: type[Request], body: bytes) -> Request:
    """The request in a body; raises UsageError for anything that the page would not send."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_unique)
        _check_depth(found)
        return kind.model_validate(found)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise UsageError(f"{'.'.join(map(str, detail['loc'])) or 'request'}: {detail['msg']}") from None
    except RecursionError:
        raise UsageError("the request is nested too deeply") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are kinds of it
        raise UsageError(f"the request is not JSON that can be read: {str(error)[:200]}") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a key is repeated")
    return found


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise UsageError("the request is nested too deeply")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(part, depth + 1)
