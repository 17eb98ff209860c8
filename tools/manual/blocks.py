"""The manual as those read it who follow it to the letter: its blocks, and every `desk` command in it.

A mark is a comment before a block: `<!-- run: NAME -->`, and a test runs it as it stands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_MARKED = re.compile(r"<!-- run: ([^>]+?) -->\n+```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^(?P<fence>```+)(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:^|\n\n)((?:[ ]{4}[^\n]*\n)+)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
_COMMAND = re.compile(r"^(?:[$#] )?(?:sudo )?desk(?:\.exe)?(?: |$)(.*)$")
_NO_SHELL = frozenset({"toml", "json", "ini", "yaml", "xml", "text", "sql", "python", "mermaid", "nginx"})


@dataclass(frozen=True, slots=True)
class Command:
    """`words`: what stands behind `desk`. `whole`: it stands in a block, as it is to be typed; in running text the name
    of a command may stand without what it needs."""

    where: str
    words: str
    whole: bool


def pages() -> list[Path]:
    return [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("README*.md"))]


def marked(page: Path) -> Mapping[str, str]:
    """Mark -> block. The same mark twice is a mistake."""
    found = _MARKED.findall(page.read_text(encoding="utf-8"))
    names = [name for name, _ in found]
    if len(set(names)) != len(names):
        raise ValueError(f"{page.name}: a mark stands twice: {names}")
    return dict(found)


def examples(page: Path) -> Sequence[str]:
    """Its blocks of TOML, whatever files they are of."""
    text = page.read_text(encoding="utf-8")
    return [match["text"] for match in _FENCE.finditer(text) if match["kind"] == "toml"]


def commands(page: Path) -> Iterator[Command]:
    """Every command of the page; `a|b` in one is told as two, brackets, and what is said behind it, are left out."""
    text = page.read_text(encoding="utf-8")
    blocks = [match["text"] for match in _FENCE.finditer(text) if match["kind"] not in _NO_SHELL]
    rest = _FENCE.sub("", text)
    blocks += [match[1] for match in _INDENTED.finditer(rest)]
    rest = _INDENTED.sub("\n", rest)
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        yield from _told(page, line.strip(), whole=True)
    for match in _SPAN.finditer(rest):
        yield from _told(page, " ".join(match[1].split()), whole=False)


def _told(page: Path, line: str, *, whole: bool) -> Iterator[Command]:
    match = _COMMAND.match(line)
    if match is None:
        return
    said = re.sub(r"(\s#|\s{2,}|\s[|&;<>]|&&).*$", "", match[1]).rstrip(",.")
    for words in _one_by_one(said.replace("[", "").replace("]", "").replace("...", "").strip()):
        yield Command(page.name, words, whole)


def _one_by_one(words: str) -> Iterator[str]:
    first = next((word for word in words.split() if "|" in word), None)
    if first is None:
        yield words
        return
    for choice in first.split("|"):
        yield from _one_by_one(words.replace(first, choice, 1))
