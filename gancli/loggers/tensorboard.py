"""TensorBoard's event files, by its own writer: torch's takes longer to import, and starts a second thread."""

import struct
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gancli.files import make_folder
from gancli.loggers.base import End, LoggedRun, Logger, curves, require

FOLDER = "tensorboard"
FILE = "events.out.tfevents.{:06}.gan"  # TensorBoard reads them in the order of their names
VERSION = "brain.Event:2"  # of the format
LENGTH, CHECKSUM = struct.Struct("<Q"), 4  # of a record: its length, a checksum, the record, a checksum


class TensorBoard(Logger):
    """RUN/tensorboard, so that ``tensorboard --logdir runs`` shows the losses, metrics and samples of every run.

    A resumed run writes a further file, which replaces the steps that are made again.
    """

    def __init__(self) -> None:
        require("tensorboard", "'gancli[tensorboard]'")

    def start(self, run: LoggedRun) -> int:
        from tensorboard.compat.proto.event_pb2 import SessionLog

        folder = run.folder / FOLDER
        make_folder(folder, exist_ok=True)
        files = sorted(folder.glob(FILE.format(0).replace("000000", "*")))
        # The last step of a killed process may not be whole: from there on, everything is written again.
        first = min(_last_step(files[-1]), run.step) if files else 0
        number = int(files[-1].name.split(".")[-2]) + 1 if files else 0
        self._file = folder / FILE.format(number)
        self._write(first, file_version=VERSION)
        self._write(first, session_log=SessionLog(status=SessionLog.START))  # which drops these steps of older files
        self.log_text(first, "recipe", _as_code(run.recipe))
        return first - 1

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._numbers(step, curves("losses", {name: value for name, value in values.items() if name != "seconds"}))

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        self._numbers(step, curves("metrics", metrics))

    def log_samples(self, step: int, picture: Path) -> None:
        from PIL import Image
        from tensorboard.compat.proto.summary_pb2 import Summary

        with Image.open(picture) as opened:
            width, height = opened.size
        encoded = Summary.Image(encoded_image_string=picture.read_bytes(), width=width, height=height, colorspace=3)
        self._write(step, summary=Summary(value=[Summary.Value(tag="samples", image=encoded)]))

    def log_text(self, step: int, kind: str, text: str) -> None:
        from tensorboard.plugins.text.summary_v2 import text_pb

        self._write(step, summary=text_pb(kind, text))

    def close(self, end: End) -> None:
        from tensorboard.compat.proto.event_pb2 import SessionLog

        self._write(0, session_log=SessionLog(status=SessionLog.STOP, msg=end))

    def _numbers(self, step: int, values: Mapping[str, float]) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        tagged = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._write(step, summary=Summary(value=tagged))

    def _write(self, step: int, **content: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter

        with self._file.open("ab") as file:  # at each event, so that none waits in memory
            RecordWriter(file).write(Event(wall_time=time.time(), step=step, **content).SerializeToString())


def _as_code(recipe: Mapping[str, Any]) -> str:
    """The recipe as a block of Markdown."""
    import yaml

    written = yaml.safe_dump(dict(recipe), sort_keys=False, allow_unicode=True)
    return "\n".join(f"    {line}" for line in written.splitlines())


def _last_step(file: Path) -> int:
    from tensorboard.compat.proto.event_pb2 import Event

    return max((Event.FromString(record).step for record in _records(file.read_bytes())), default=0)


def _records(content: bytes) -> Iterator[bytes]:
    """The whole records of an event file; the last one may be torn."""
    at = 0
    while at + LENGTH.size <= len(content):
        begin = at + LENGTH.size + CHECKSUM
        end = begin + LENGTH.unpack_from(content, at)[0]
        if end + CHECKSUM > len(content):
            return
        yield content[begin:end]
        at = end + CHECKSUM
