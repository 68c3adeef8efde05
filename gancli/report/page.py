"""The page: one HTML file that loads nothing, and in which nothing runs but its own script."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from gancli.report.elements import Child, Markup, element, join


def page(title: str, *content: Child) -> str:
    """A complete document.

    Its policy lets the browser load pictures that are in the page, and apply and run its own style and script, which
    are known by their digest: even if a text were not escaped, nothing of it would run.
    """
    style, script = (Markup(files("gancli.report").joinpath(name).read_text("utf-8")) for name in NAMES)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content="gan report"),
        element("title", title),
        element("style", style),
    )
    body = element("body", element("main", *content), element("script", script))
    return join(Markup("<!DOCTYPE html>\n"), element("html", head, body, lang="en"), "\n")


NAMES = ("report.css", "report.js")


def _policy(style: str, script: str) -> str:
    allowed = {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": _digest(style),
        "script-src": _digest(script),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
