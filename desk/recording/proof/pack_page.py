"""The form of an evidence pack: ONE html file of plain ASCII without a single line break, that proves itself.

Its text is written exactly as a browser writes it down again (`document.head.innerHTML`), so that the page's own script
can read all of the file that it stands in, take SHA-256 of it, and compare with the figure in
`<meta name="desk-sha256">` (that place counted as 64 zeros). There is no tag that may be left out and no line break
that a browser would turn into another, so that a changed byte shows; but for the case of the letters in tags and
attribute names, and which blank stands between them: a browser keeps neither. `check_pack` reads bytes and sees those,
too. The policy allows this one script and no connection.

Strings and bytes, no files; any thread."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from desk.resources import resources_dir

FORMAT = 1
ZEROS = "0" * 64
BLOCKS = ("head", "facts", "seal", "manifest", "audio")  # in the order they stand
_COMMENT_LINE = re.compile(r"\s*//")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src '{script}'",
        "style-src '{style}'",
        "media-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
_OWN_HASH = re.compile(rb'(<meta name="desk-sha256" content=")([0-9a-f]{64})(">)')
_LONGEST_START = 1_200  # of a file, with the place of its hash


def page(blocks: Mapping[str, str]) -> bytes:
    """The whole file. `blocks`: text of each of `BLOCKS`, without "<"."""
    script, style = _script(), _style()
    policy = _POLICY.format(script=_source(script), style=_source(style))
    start = (
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="desk-sha256" content="{ZEROS}"><meta name="viewport" content="width=device-width">'
        f"<title>Desk</title><style>{style}</style>"
    )
    parts = [start]
    parts += [f'<script type="application/json" id="{name}">{blocks[name]}</script>' for name in BLOCKS]
    parts.append(f"<script>{script}</script>")
    blank = "".join(parts).encode("ascii")
    return blank.replace(ZEROS.encode(), own_hash(blank).encode(), 1)


def own_hash(blank: bytes) -> str:
    """What stands in the file for itself: SHA-256 of it with zeros in that place."""
    return hashlib.sha256(blank).hexdigest()


def blanked(untrusted_file: bytes) -> tuple[bytes, str] | None:
    """The file with zeros in the place of its hash, and the hash that stood there; None where is no such place."""
    found = _OWN_HASH.search(untrusted_file, 0, _LONGEST_START)
    if found is None:
        return None
    return untrusted_file[: found.start(2)] + ZEROS.encode() + untrusted_file[found.end(2) :], found[2].decode()


def block_of(untrusted_file: bytes, name: str) -> str | None:
    """The text of this block, None where there is none."""
    opening = f'<script type="application/json" id="{name}">'.encode()
    start = untrusted_file.find(opening)
    end = untrusted_file.find(b"</script>", start)
    if start < 0 or end < 0:
        return None
    return untrusted_file[start + len(opening) : end].decode("ascii", "replace")


def json_block(value: object) -> str:
    """JSON that can stand in a script and in a file of ASCII."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def base64_block(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _script() -> str:
    """Without comments and line breaks; what is no ASCII stands in strings only, and is written as an escape."""
    lines = [line.strip() for line in _read("page.js").splitlines() if line.strip() and not _COMMENT_LINE.match(line)]
    return re.sub(r"[^\x20-\x7e]", lambda c: f"\\u{ord(c[0]):04x}", " ".join(lines))


@cache
def _style() -> str:
    lines = [line.strip() for line in _CSS_COMMENT.sub("", _read("page.css")).splitlines() if line.strip()]
    return re.sub(r"[^\x20-\x7e]", lambda c: f"\\{ord(c[0]):06x}", " ".join(lines))


def _read(name: str) -> str:
    return Path(resources_dir() / "evidence" / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("ascii")).digest()).decode("ascii")
