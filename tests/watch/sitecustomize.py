"""Python imports this when it starts, in what the tests start: this folder is first on their PYTHONPATH."""

import writes

writes.watch()
