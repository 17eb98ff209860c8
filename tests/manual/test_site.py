"""The manual as a site: made strictly (links, anchors, the navigation), it asks nothing of the network when it is read,
and the page of keys is one sheet of A4 in each language."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tools.manual import pictures
from tools.manual.blocks import DOCS, ROOT

MADE_S = 120.0
KEYS = "keys.en.md"
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
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made for the manual as `make docs` does it: one page of keys, the longer one, and one picture for all."""
    folder = tmp_path_factory.mktemp("made")
    done = subprocess.run(
        [sys.executable, "-m", "tools.manual.keys", str(folder), KEYS],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=MADE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shutil.copyfile(folder / KEYS, folder / "keys.md")
    first = pictures.draw(folder, "ringing")
    (folder / "pictures").mkdir()
    for name in pictures.PICTURES:
        shutil.copyfile(first, folder / "pictures" / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def site(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
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
    names = {page.stem for page, _ in pages_of(site)}
    assert {path.stem for path in DOCS.glob("*.md")} <= names


def test_no_page_asks_for_anything_from_elsewhere(site: Path) -> None:
    asked = {(page.name, address) for page, found in pages_of(site) for address in found.addresses}
    assert asked
    assert not {one for one in asked if re.match(r"(https?:)?//", one[1])}
    styles = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.css"))
    assert not re.search(r"""(@import|url\()\s*['"]?(https?:)?//""", styles)


def test_no_page_has_what_the_theme_would_fetch_a_script_for(site: Path) -> None:
    assert not [page.name for page, found in pages_of(site) if found.classes & {"mermaid", "md-source"}]


def test_a_chinese_word_is_found_where_the_manual_is_read_from_a_folder(site: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--dump-dom"),
            *(f"--user-data-dir={tmp_path / 'profile'}", (site / "decisions" / "index.html").as_uri() + "?q=派单"),
        ],
        capture_output=True,
        text=True,
        timeout=MADE_S,
        check=False,
    )
    found = re.findall(r'<a href="([^"]*)" class="md-search-result__link', done.stdout)
    assert any("dispatch.html" in link or "agents.html" in link for link in found), done.stderr


def test_the_page_of_keys_is_one_sheet_of_paper(site: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    done = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *(f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={paper}", (site / "keys.en.html").as_uri()),
        ],
        capture_output=True,
        timeout=MADE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    content = paper.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", content)  # A4, upright


def test_the_page_of_keys_has_those_of_a_call_and_of_everywhere(made: Path) -> None:
    said = (made / KEYS).read_text(encoding="utf-8")
    for key, words in (
        ("F2", "Answer"),
        ("Shift+F3", "Reject"),
        ("Ctrl+Enter", "File"),
        ("F1", "Keys"),
        ("Alt+J", "Repeat call"),
    ):
        assert f"<dt><kbd>{key}</kbd></dt><dd>{words}</dd>" in said
    assert "王建国" not in said


def test_the_pictures_that_are_drawn_are_those_that_are_shown() -> None:
    shown = {name for page in DOCS.rglob("*.md") for name in _PICTURE.findall(page.read_text(encoding="utf-8"))}
    assert shown == set(pictures.PICTURES)
