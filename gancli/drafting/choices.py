"""The values of a new recipe, and why they were chosen."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choices:
    """Values as a recipe writes them.

    Attributes:
        title: the first line of the recipe's comment.
        values: by the recipe's keys; what is not there has the default.
        reasons: a sentence for a key.
    """

    title: str
    values: dict[str, Any]
    reasons: dict[str, str] = field(default_factory=dict)

    def replaced(self, wanted: dict[str, str]) -> "Choices":
        """The same with the components that were asked for by name; one that is there already keeps its options."""
        changed = {key: {"name": name} for key, name in wanted.items() if name != name_of(self.values.get(key))}
        reasons = dict.fromkeys(changed, "As asked for, with its own defaults.")
        return Choices(self.title, self.values | changed, self.reasons | reasons)


def name_of(written: Any) -> str:
    """The name of a component in either form; empty for the default."""
    return str(written.get("name", "")) if isinstance(written, dict) else str(written or "")
