"""The share of a minibatch that is computed at once: one process's, or one part of several after another.

Of ``count`` shares, share ``index`` has the rows index, index + count, index + 2 count, … of the whole minibatch.
Random numbers are drawn for all rows, and each share takes its own: so the shares together see what one process sees.
"""

from gancli.shares.share import Share, completed, computing, gathered, interleaved, own

__all__ = ["Share", "completed", "computing", "gathered", "interleaved", "own"]
