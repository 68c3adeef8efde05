"""Write the reference in recipes.md from the JSON Schema of a recipe: python docs/make_recipes.py"""

from pathlib import Path

from gancli.json_schema import document
from gancli.json_schema.reference import reference

PAGE = Path(__file__).with_name("recipes.md")
MARK = "<!-- made by docs/make_recipes.py -->\n"


def page() -> str:
    """The page with the reference of this version."""
    return PAGE.read_text().partition(MARK)[0] + MARK + "\n" + reference(document().schema)


if __name__ == "__main__":
    PAGE.write_text(page())
