"""What MkDocs asks us while it makes the site: it gets the pages and pictures that were made for it, beside those in
docs/. They are in the folder that `DESK_MANUAL` names (`make docs` sets it)."""

import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

MADE = ("*.md", "pictures/*.png")
_BARE = re.compile(r"\[(?P<name>[\w./-]+\.md)\]\((?P<to>(?P=name)(?:#[^)\s]*)?)\)")


def on_page_markdown(markdown: str, /, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """A link that is called as its file is called as that page; the list of decisions is that of their files."""
    here = (Path(config.docs_dir) / page.file.src_uri).parent
    markdown = _BARE.sub(lambda found: f"[{_title(here / found['name'])}]({found['to']})", markdown)
    if page.file.src_uri != "decisions/index.md":
        return markdown
    decisions = sorted(here.glob("0*.md"))
    return markdown + "".join(f"\n- [{_title(file)}]({file.name})" for file in decisions)


def _title(page: Path) -> str:
    """Its first line. A page that is not there is its link's own trouble, of which MkDocs tells."""
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") if page.exists() else page.name


def on_files(files: Files, /, *, config: MkDocsConfig) -> Files:
    folder = Path(os.environ.get("DESK_MANUAL", "build/manual"))
    made = [path for pattern in MADE for path in sorted(folder.glob(pattern))]
    if not made:
        raise PluginError(f"nothing was made in {folder}: use `make docs`")
    for path in made:
        files.append(File.generated(config, path.relative_to(folder).as_posix(), abs_src_path=str(path)))
    return files
