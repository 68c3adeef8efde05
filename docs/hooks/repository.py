"""One site of the pages in docs/ and of the files elsewhere in the repository that they link to.

Pages are written for the code host: a link is relative to its file, and may lead to any file. README.md is the first
page of the site; each other file outside of docs/ that is linked becomes a page in repository/, a folder a list of its
files.
"""

import posixpath
import re
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

DOCS = "docs/"
LINK = re.compile(r"(?<=\]\()[^()\s]+(?=\))")
PICTURES = {".png", ".jpg", ".gif", ".svg"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add README.md and everything that a page links to outside of docs/."""
    root = Path(config.config_file_path).parent
    waiting = ["README.md", *(DOCS + page.src_uri for page in files.documentation_pages())]
    known = set(waiting)
    while waiting:
        path = waiting.pop()
        if not path.startswith(DOCS):
            files.append(_file(path, root, config))
        if path.endswith(".md"):
            linked = {_target(link, path, root) for link in LINK.findall((root / path).read_text(encoding="utf-8"))}
            new = {target for target in linked if target and not target.startswith(DOCS)} - known
            known |= new
            waiting += sorted(new)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links between files of the repository to their pages."""
    root = Path(config.config_file_path).parent
    here = page.file.src_uri
    path = _repository_path(here)

    def to_page(match: re.Match[str]) -> str:
        target = _target(match[0], path, root)
        if target is None:
            return match[0]
        fragment = urlsplit(match[0]).fragment
        return posixpath.relpath(_site_path(target), posixpath.dirname(here) or ".") + (fragment and f"#{fragment}")

    return LINK.sub(to_page, markdown) if (root / path).is_file() else markdown


def _target(link: str, path: str, root: Path) -> str | None:
    """The file of the repository that a link in the file ``path`` leads to, if it is one; of a folder, its README."""
    url = urlsplit(link)
    if url.scheme or url.netloc or not url.path:
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), url.path))
    if (root / target / "README.md").is_file():
        return f"{target}/README.md"
    return target if not target.startswith("..") and (root / target).exists() else None


def _site_path(path: str) -> str:
    if path.startswith(DOCS):
        return path.removeprefix(DOCS)
    if path == "README.md":
        return "index.md"
    is_itself = Path(path).suffix in {".md", *PICTURES}
    return f"repository/{path}" if is_itself else f"repository/{path}.md"


def _repository_path(page: str) -> str:
    if page == "index.md":
        return "README.md"
    return page.removeprefix("repository/") if page.startswith("repository/") else DOCS + page


def _file(path: str, root: Path, config: MkDocsConfig) -> File:
    place = root / path
    if Path(path).suffix in {".md", *PICTURES}:
        return File.generated(config, _site_path(path), abs_src_path=str(place))
    if place.is_dir():
        names = sorted(each.name for each in place.iterdir() if not each.name.startswith(("_", ".")))
        return File.generated(config, _site_path(path), content=f"# {path}\n\n" + "".join(f"- `{n}`\n" for n in names))
    text, language = place.read_text(encoding="utf-8"), {".py": "python", ".toml": "toml"}.get(place.suffix, "text")
    return File.generated(config, _site_path(path), content=f"# {path}\n\n````{language}\n{text}\n````\n")
