"""What `make docs` has made: the page of keys is one sheet of A4, the pictures are pictures of the window, and a
Chinese word is found where the manual is read from a folder. Run by `make docs` alone, on what lies in build/."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tools.manual.blocks import ROOT
from tools.manual.pictures import PICTURES, SIZE

SITE, MADE = ROOT / "build" / "site", ROOT / "build" / "manual"
BROWSER_S = 120.0

pytestmark = pytest.mark.skipif("DESK_DOCS" not in os.environ, reason="make docs")


def browse(profile: Path, address: str, *wanted: str) -> str:
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *wanted, address],
        capture_output=True,
        text=True,
        timeout=BROWSER_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["keys.html", "keys.en.html"])
def test_the_page_of_keys_is_one_sheet_of_paper(tmp_path: Path, name: str) -> None:
    paper = tmp_path / "paper.pdf"
    browse(tmp_path / "profile", (SITE / name).as_uri(), "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    content = paper.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", content)  # A4, upright


def test_the_pages_of_keys_have_those_of_a_call_and_of_everywhere() -> None:
    chinese, english = ((MADE / name).read_text(encoding="utf-8") for name in ("keys.md", "keys.en.md"))
    told = {"F1": "Keys", "F2": "Answer", "Shift+F3": "Reject", "Ctrl+Enter": "File", "Alt+J": "Repeat call"}
    for key, words in told.items():
        assert f"<dt><kbd>{key}</kbd></dt><dd>{words}</dd>" in english
    assert "<dt><kbd>F2</kbd></dt><dd>接听</dd>" in chinese
    assert "王建国" not in chinese + english
    titles = re.findall(r"<h2>([^<]+)</h2>", chinese)
    assert len(titles) == len(set(titles))
    caps = re.compile(r"<kbd>([^<]+)")
    assert set(caps.findall(chinese)) == set(caps.findall(english))


def test_the_pictures_are_of_the_window() -> None:
    for name in PICTURES:
        content = (MADE / "pictures" / f"{name}.png").read_bytes()
        width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        assert f"{width}x{height}" == SIZE, name
        assert len(content) > 20_000, f"{name} is all but empty"


def test_a_chinese_word_is_found_where_the_manual_is_read_from_a_folder(tmp_path: Path) -> None:
    start = (SITE / "decisions" / "index.html").as_uri() + "?q=派单"
    seen = browse(tmp_path / "profile", start, "--virtual-time-budget=30000", "--dump-dom")
    found = re.findall(r'<a href="([^"]*)" class="md-search-result__link', seen)
    assert any("agents.html" in link or "dispatch.html" in link for link in found)
