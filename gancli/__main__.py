"""``python -m gancli`` is ``gan``; it is what ``torchrun`` starts."""

from gancli.cli import app

if __name__ == "__main__":
    app(prog_name="gan")
