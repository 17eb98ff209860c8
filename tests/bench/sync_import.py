"""The import of a residents' list: a workbook of a million people (`--quick`: 20,000) into an empty seat store, the
same list again, and saves meanwhile. The anchor is what nothing can beat: COPY of the same rows into a plain table of a
PostgreSQL on this machine, unchecked, uncompared, unindexed.

The import runs in a process of its own (its memory is the figure), which tells what it does in JSON lines; the parent
saves a ticket every 50 ms into the same store and times each."""

import argparse
import json
import multiprocessing
import os
import random
import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from desk.compose import imports
from desk.compose.clock import new_id
from desk.demo.names import Names
from desk.demo.postgres import private_postgres
from desk.imports.mapping import read_mapping
from desk.resources import resources_dir
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.store.change_log import SqlChangeLog
from desk.store.key import ENTRY
from desk.store.store import Store
from tests.bench.figures import Figure, percentile
from tests.making import ticket

PEOPLE, QUICK_PEOPLE = 1_000_000, 20_000
KEY = "5a" * 32
HEADINGS = ("项目", "分期", "片区", "楼栋", "单元", "房号", "姓名", "身份", "手机", "电话", "标签", "备注")
_HOMES_PER_BUILDING, _BUILDINGS = 176, 18
_SAVE_EVERY_S = 0.05
Say = Callable[[str], None]


def measure(say: Say, quick: bool = False, folder: Path = Path("build/bench/import")) -> list[Figure]:
    people = QUICK_PEOPLE if quick else PEOPLE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        workbook = folder / "residents.xlsx"
        say(f"a workbook of {people:,} people")
        _write(workbook, people)
        copied = _copied_rows_per_s(people)
        say(f"COPY: {copied:,.0f} rows/s")
        first, waits = _imported(workbook, folder, say)
        again, _waits = _imported(workbook, folder, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows_per_s = people / (first["compare_s"] + first["write_s"])
    return [
        Figure("sync.import_rows_per_s", rows_per_s, "rows/s", anchor=copied),
        Figure("sync.import_to_copy", rows_per_s / copied, "ratio"),
        Figure("sync.import_compare_rows_per_s", people / first["compare_s"], "rows/s"),
        Figure("sync.import_again_rows_per_s", people / again["compare_s"], "rows/s"),
        Figure("sync.import_again_changes", again["changes"], "changes", "<= 0"),
        Figure("sync.import_changes", first["changes"], "changes"),
        Figure("sync.import_memory_early", first["early_mb"], "MB"),
        Figure("sync.import_memory_peak", first["peak_mb"], "MB"),
        Figure("sync.import_save_p95", percentile(waits, 0.95) * 1000, "ms"),
    ]


def _rows(people: int) -> Iterator[tuple[str, ...]]:
    """Two people a home, some with two numbers; the same ones each time."""
    chance = random.Random("import")
    names = Names(chance)
    name = ""
    for number in range(people):
        home, second = divmod(number, 2)
        building, within = divmod(home, _HOMES_PER_BUILDING)
        estate, building = divmod(building, _BUILDINGS)
        unit, door = divmod(within, 88)
        phone = f"13{chance.randrange(10**9):09}"
        other = f"0755-8{chance.randrange(10**7):07}" if chance.random() < 0.15 else ""
        before, name = name, names.person()
        while name == before:  # namesakes in one home, in two roles, are for people to tell apart
            name = names.person()
        yield (
            *(f"万达花园{estate + 1}区", "一期", "一区", f"{building + 1}栋", f"{unit + 1}单元"),
            *(f"{door // 4 + 1}0{door % 4 + 1}", name, "家属" if second else "业主", phone, other),
            *("VIP" if chance.random() < 0.01 else "", "" if chance.random() < 0.9 else "电话请在下午打"),
        )


def _write(file: Path, people: int) -> None:
    """As Excel has it: every text once in the shared texts, cells that point to it."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            sheet.write(_row(1, HEADINGS, texts))
            for number, row in enumerate(_rows(people), 2):
                sheet.write(_row(number, row, texts))
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            for text in texts:
                shared.write(f"<si><t>{text}</t></si>".encode())
            shared.write(b"</sst>")
        book.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
            'openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="list" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
        )


def _row(number: int, row: tuple[str, ...], texts: dict[str, int]) -> bytes:
    cells = []
    for place, text in enumerate(row):
        if text.isdecimal() and len(text) == 11:  # telephone numbers stand in such lists as numbers
            cells.append(f'<c r="{chr(65 + place)}{number}"><v>{text}</v></c>')
        elif text:
            cells.append(f'<c r="{chr(65 + place)}{number}" t="s"><v>{texts.setdefault(text, len(texts))}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _copied_rows_per_s(people: int) -> float:
    lines = ["\t".join(row).encode() + b"\n" for row in _rows(people)]
    columns = ", ".join(f"c{place} text" for place in range(len(HEADINGS)))
    with private_postgres() as server, psycopg.connect(server.admin_url(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE plain ({columns})")
        began_s = time.monotonic()
        with connection.cursor().copy("COPY plain FROM STDIN") as copy:
            for start in range(0, len(lines), 1000):
                copy.write(b"".join(lines[start : start + 1000]))
        return people / (time.monotonic() - began_s)


def _imported(workbook: Path, folder: Path, say: Say) -> tuple[dict[str, Any], list[float]]:
    """What the importing process told, and how long each save took meanwhile."""
    store = Store.open(folder / "seat.db", FakeSecrets({ENTRY: KEY}))
    log = SqlChangeLog(store)
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_import, args=(workbook, folder, there))
    process.start()
    there.close()
    waits: list[float] = []
    told: dict[str, Any] = {}
    try:
        while process.is_alive() or here.poll():
            if here.poll(_SAVE_EVERY_S):
                try:
                    news = here.recv()
                except EOFError:
                    break
                told |= news
                say(json.dumps(news, ensure_ascii=False))
            began_s = time.monotonic()
            log.append([ticket(new_id())])
            waits.append(time.monotonic() - began_s)
    finally:
        process.join(60)
        store.close()
    if process.exitcode != 0:
        raise RuntimeError(f"the import ended with {process.exitcode}")
    return told, waits


def _import(workbook: Path, folder: Path, told: Any) -> None:
    """The importing process."""
    store = Store.open(folder / "seat.db", FakeSecrets({ENTRY: KEY}))
    settings = Settings(data_dir=folder)
    mapping = read_mapping(resources_dir() / "imports" / "plain.toml")
    early_mb = 0.0

    def report(what: str, rows: int) -> None:
        nonlocal early_mb
        if what == "compared" and not early_mb:
            early_mb = _peak_mb()

    began_s = time.monotonic()
    with imports.compared(store, settings, workbook, mapping, False, report) as found:
        compared_s = time.monotonic() - began_s
        if found.difference.grave:
            raise RuntimeError(str(list(found.stage.problems(3))))
        told.send({"rows": found.difference.rows, "compare_s": compared_s, "early_mb": early_mb})
        changes = sum(found.difference.counts.values())
        began_s = time.monotonic()
        if changes:
            found.carry_out(lambda _done: None)
        told.send({"changes": changes, "write_s": time.monotonic() - began_s, "peak_mb": _peak_mb()})
    store.close()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    for figure in measure(lambda line: print(line, file=sys.stderr, flush=True), arguments.quick):
        print(figure.line())
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
