"""What MkDocs asks us while it makes the site: it gets the pages and pictures that were made for it, beside those in
docs/. They are in the folder that `DESK_MANUAL` names (`make docs` sets it)."""

import os
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

MADE = ("*.md", "pictures/*.png")


def on_page_markdown(markdown: str, /, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """The list of decisions is that of their files."""
    if page.file.src_uri != "decisions/index.md":
        return markdown
    folder = Path(config.docs_dir) / "decisions"
    titles = {file.name: file.read_text(encoding="utf-8").partition("\n")[0] for file in folder.glob("0*.md")}
    return markdown + "".join(f"\n- [{titles[name].lstrip('# ')}]({name})" for name in sorted(titles))


def on_files(files: Files, /, *, config: MkDocsConfig) -> Files:
    folder = Path(os.environ.get("DESK_MANUAL", "build/manual"))
    made = [path for pattern in MADE for path in sorted(folder.glob(pattern))]
    if not made:
        raise PluginError(f"nothing was made in {folder}: use `make docs`")
    for path in made:
        files.append(File.generated(config, path.relative_to(folder).as_posix(), abs_src_path=str(path)))
    return files
