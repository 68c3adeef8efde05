"""A page as a test reads it: its elements, and whether they are balanced."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "input", "br"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class Page(HTMLParser):
    """All elements of a page in order; raises AssertionError for one that is not closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert [element.tag for element in self._open] == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), "an attribute is repeated"
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a tag with these values of attributes; ``_`` stands for a hyphen."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        found = [element for element in self.elements if element.tag == tag]
        return [element for element in found if wanted.items() <= element.attributes.items()]

    @property
    def text(self) -> str:
        (main,) = self.all("main")
        return main.text


REFERENCES = ("src", "href", "srcset", "data", "action", "poster", "background", "xlink:href", "formaction", "ping")


def outside(page: Page) -> list[str]:
    """What a page refers to outside of itself, and everything in it that would run."""
    found = []
    for element in page.elements:
        for name, value in element.attributes.items():
            if name in REFERENCES and not (value or "").startswith(
                ("data:image/png;base64,", "data:image/jpeg;base64,")
            ):
                found.append(f"{element.tag} {name}")
            if name.startswith("on") or name == "style":
                found.append(f"{element.tag} {name}")
    refused = {
        "link",
        "base",
        "iframe",
        "object",
        "embed",
        "a",
        "form",
        "foreignobject",
        "audio",
        "video",
        "image",
        "use",
    }
    found += [element.tag for element in page.elements if element.tag in refused]
    styles, scripts = page.all("style"), page.all("script")
    assert (len(styles), len(scripts)) == (1, 1)
    found += [word for word in ("url(", "@import", "expression(") if word in styles[0].text]
    found += [
        word
        for word in ("fetch(", "XMLHttpRequest", "import(", "eval(", "innerHTML", "http")
        if word in scripts[0].text
    ]
    return found
