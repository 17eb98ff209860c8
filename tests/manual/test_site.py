"""The manual as a site: made strictly (links, anchors, the navigation), and it asks nothing of the network when read.
What `make docs` makes from the window stands in for itself here; that it is right, `test_made` tries there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tools.manual import pictures
from tools.manual.blocks import DOCS, ROOT

MADE_S = 120.0
_PICTURE = re.compile(r"\]\(pictures/([a-z-]+)\.png\)")
_RESOURCES = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}
# What a page may name without asking for it.
_ONLY_NAMED = frozenset({"canonical", "prev", "next", "alternate"})


class Asked(HTMLParser):
    """What a browser would fetch for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.classes.update((given.get("class") or "").split())
        if tag in _RESOURCES and given.get("rel") not in _ONLY_NAMED:
            self.addresses.append(given.get(_RESOURCES[tag]) or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("site")
    (made / "pictures").mkdir()
    for name in ("keys.md", "keys.en.md"):
        (made / name).write_text("# Keys\n")
    for name in pictures.PICTURES:
        (made / "pictures" / f"{name}.png").touch()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "DESK_MANUAL": str(made), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=MADE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pages_of(site: Path) -> Iterator[tuple[Path, Asked]]:
    for page in sorted(site.rglob("*.html")):
        asked = Asked()
        asked.feed(page.read_text(encoding="utf-8"))
        yield page, asked


def test_every_page_is_in_the_site_and_every_link_leads_somewhere(site: Path) -> None:
    """The strict build has looked at links, anchors and the navigation."""
    assert {path.stem for path in DOCS.glob("*.md")} <= {page.stem for page in site.glob("*.html")}


def test_no_link_is_called_as_a_file(site: Path) -> None:
    assert ">Desk on Windows</a>" in (site / "install.html").read_text(encoding="utf-8")
    assert not [page.name for page in site.rglob("*.html") if re.search(r"\.md</a>", page.read_text(encoding="utf-8"))]


def test_no_page_asks_for_anything_from_elsewhere(site: Path) -> None:
    asked, classes = set(), set()
    for page, found in pages_of(site):
        asked |= {(page.name, address) for address in found.addresses}
        classes |= found.classes
    assert asked
    assert not {one for one in asked if re.match(r"(https?:)?//", one[1])}
    assert not classes & {"mermaid", "md-source"}  # what the theme would fetch a script, or figures, for
    styles = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.css"))
    assert not re.search(r"""(@import|url\()\s*['"]?(https?:)?//""", styles)


def test_the_pictures_that_are_drawn_are_those_that_are_shown() -> None:
    shown = {name for page in DOCS.rglob("*.md") for name in _PICTURE.findall(page.read_text(encoding="utf-8"))}
    assert shown == set(pictures.PICTURES)
