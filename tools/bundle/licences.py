"""THIRD-PARTY-LICENSES.txt of a bundle: of each part its name, version, licence and where it comes from, then the terms
themselves, each text once, with whose it is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.bundle.parts import Part

FILE = "THIRD-PARTY-LICENSES.txt"
_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS", "COPYRIGHT")
_RULE = "=" * 100
_COMMON = ("GPL-2", "LGPL-2.1", "LGPL-3", "Apache-2.0")  # whoever's text only names one of these


def text(parts: Sequence[Part], texts: Path) -> str:
    """`texts`: installer/licences/. Raises `FileNotFoundError` for a text that a part names and nobody has."""
    lines = [
        "What Desk's bundle holds of others, and on which terms. Desk itself: GPL-3.0-or-later, see LICENSE.",
        "The same list for programs: sbom.cdx.json (CycloneDX).",
        "",
    ]
    terms: dict[str, list[str]] = {}
    for part in parts:
        lines += _rows(part)
        for said in _texts(part, texts):
            terms.setdefault(said.strip(), []).append(part.name)
        for library in part.libraries:
            if library.text:
                said = (texts / f"{library.text}.txt").read_text(encoding="utf-8")
                terms.setdefault(said.strip(), []).append(library.name)
    for name in _COMMON:
        terms.setdefault((texts / f"{name}.txt").read_text(encoding="utf-8").strip(), []).append(name)
    for said, names in terms.items():
        lines += ["", _RULE, ", ".join(dict.fromkeys(names)), _RULE, "", said]
    return "\n".join(lines) + "\n"


def _rows(part: Part) -> Iterator[str]:
    yield f"{part.name} {part.version}: {part.licence}" + (f" ({part.home})" if part.home else "")
    for library in part.libraries:
        yield f"    {library.name}{' ' + library.version if library.version else ''}: {library.licence}"
    for component in part.inner:
        yield f"    {component['name']} {component.get('version', '')}: {_licence_of(component)}".rstrip(": ")


def _licence_of(component: object) -> str:
    said = component.get("licenses", ()) if isinstance(component, dict) else ()
    return " AND ".join(one.get("expression") or one.get("license", {}).get("id", "") for one in said)


def _texts(part: Part, texts: Path) -> Iterator[str]:
    if part.text:
        yield (texts / f"{part.text}.txt").read_text(encoding="utf-8")
    if part.folder is None:
        return
    for file in sorted(part.folder.rglob("*")):
        if file.is_file() and file.name.upper().startswith(_NAMES) and file.suffix.lower() not in (".py", ".pyc"):
            yield file.read_text(encoding="utf-8", errors="replace")
