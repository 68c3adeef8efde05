"""What a shell offers to complete a command line: found without importing torch or any plugin.

A candidate is a whole word, and what the shell may show beside it.
"""

Candidates = dict[str, str]
