"""Loggers: where the curves of a training go besides its run, one a file."""

from gancli.loggers.base import End, LoggedRun, Logger, curves, require
from gancli.loggers.csv_file import CSVFile
from gancli.loggers.tensorboard import TensorBoard

__all__ = ["CSVFile", "End", "LoggedRun", "Logger", "TensorBoard", "curves", "require"]
