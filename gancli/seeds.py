"""One seed for every purpose, from the one seed of a recipe."""

import hashlib


def derive_seed(*parts: object) -> int:
    """An independent 63-bit seed for every purpose, from the one seed of the recipe."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8]) >> 1
