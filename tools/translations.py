"""Translations: `update` collects the source strings and merges them into each desk.po; `compile` makes the .mo files;
`check` fails if a string is missing, empty or fuzzy in a .po, or if desk.po is not up to date."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "resources" / "locale"


def _collect() -> Catalog:
    template = Catalog(project="desk", copyright_holder="the authors of Desk", charset="utf-8")
    found = extract_from_dir(
        str(ROOT / "desk"),
        method_map=[("**.py", "python")],
        keywords={"_": None, "ngettext": (1, 2), "N_": None},
        comment_tags=("i18n:",),
        strip_comment_tags=True,
    )
    for file, _line, message, comments, context in found:
        template.add(message, None, [(f"desk/{file}", 0)], auto_comments=comments, context=context)
    return template


def _catalogs() -> list[tuple[Path, Catalog]]:
    out = []
    for po in sorted(LOCALES.glob("*/LC_MESSAGES/desk.po")):
        with po.open("rb") as stream:
            out.append((po, read_po(stream, locale=po.parts[-3])))
    return out


def update() -> int:
    template = _collect()
    for po, catalog in _catalogs():
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with po.open("wb") as stream:
            write_po(stream, catalog, width=110, include_lineno=False, sort_output=True)
    return 0


def compile_all() -> int:
    for po, catalog in _catalogs():
        with po.with_suffix(".mo").open("wb") as stream:
            write_mo(stream, catalog)
    return 0


def check() -> int:
    wanted = {m.id for m in _collect() if m.id}
    bad = 0
    for po, catalog in _catalogs():
        have = {m.id: m for m in catalog if m.id}
        for message_id in sorted(wanted, key=str):
            message = have.get(message_id)
            texts = message.string if message else ""
            done = all(texts) if isinstance(texts, tuple) else bool(texts)
            if message is None or not done or message.fuzzy:
                bad += 1
                print(f"{po.relative_to(ROOT)}: not translated: {message_id!r}")
        for message_id in sorted(set(have) - wanted, key=str):
            bad += 1
            print(f"{po.relative_to(ROOT)}: no longer in the code: {message_id!r}")
    print(f"translations: {len(wanted)} strings, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit({"update": update, "compile": compile_all, "check": check}[sys.argv[1]]())
