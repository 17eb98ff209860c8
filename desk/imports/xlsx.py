"""A sheet of an .xlsx workbook (ECMA-376), read row by row as it is unpacked.

Why not a library: calamine and the like hold the sheet whole, some gigabyte for a million people, and none tells a
formula that was never calculated from an empty cell, or twenty digits from what a double keeps of them. What is read of
the format is little: rows, cells, shared texts, which styles are dates, which cells are merged. The merged ones stand
after the rows, so the sheet is unpacked once before, to look for them.

Untrusted: a document type is refused (entities), and so is a part that unpacks to more than `MOST_BYTES`. Any thread.
Memory: the shared texts, packed."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from desk.domain.import_rows import CellFault
from desk.i18n import _
from desk.imports.cells import ImportFileError, SheetRow, judged, number_text
from desk.imports.old_workbook import locked
from desk.imports.shared_texts import PackedTexts, SharedTexts, bare

MOST_BYTES = 8 << 30
_BLOCK = 1 << 18
_MERGED_COLUMNS = 255  # cells merged beyond are in no list's columns
_SHARED = "xl/sharedStrings.xml"
_OLE = b"\xd0\xcf\x11\xe0"  # an .xls, or an .xlsx behind a password
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # ECMA-376 18.8.30
_NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
Attributes = dict[str, str]


class XlsxTable:
    """`sheet` "" = the first. `fill_merged`: merged cells all hold what the first of them does."""

    def __init__(self, file: Path, sheet: str = "", fill_merged: bool = False) -> None:
        self.file = file
        self._fill = fill_merged
        self._texts: PackedTexts | None = None
        with self._opened() as book:
            self.sheets = self._sheets(book)
            if not self.sheets:
                raise ImportFileError(_("{file} is empty.").format(file=file.name))
            if sheet and sheet not in self.sheets:
                raise ImportFileError(
                    _("{file} has no sheet {sheet}. It has: {sheets}").format(
                        file=file.name, sheet=sheet, sheets=", ".join(self.sheets)
                    )
                )
            self._part = self.sheets[sheet] if sheet else next(iter(self.sheets.values()))
            self._dates = self._date_styles(book)
            self._merged = self._merged_cells(book)

    def rows(self) -> Iterator[SheetRow]:
        with self._opened() as book, self._part_of(book, self._part) as stream:
            if self._texts is None:
                self._texts = self._shared_texts(book)
            reader = _SheetReader(self._texts, self._dates)
            filler = _Merged(self._merged, self._fill)
            for row in self._parsed(stream, reader.parser, reader.taken):
                yield filler.mend(row) if self._merged else row

    def _opened(self) -> zipfile.ZipFile:
        try:
            with self.file.open("rb") as stream:
                if stream.read(4) == _OLE:
                    raise locked(self.file)
            return zipfile.ZipFile(self.file)
        except zipfile.BadZipFile as error:
            raise self._broken(error) from error

    def _part_of(self, book: zipfile.ZipFile, name: str) -> IO[bytes]:
        try:
            if book.getinfo(name).file_size > MOST_BYTES:
                raise self._broken(f"{name}: {book.getinfo(name).file_size} bytes")
            return book.open(name)
        except (KeyError, NotImplementedError, RuntimeError, zipfile.BadZipFile) as error:
            raise self._broken(error) from error

    def _broken(self, detail: object) -> ImportFileError:
        return ImportFileError(
            _("{file} cannot be read as a workbook. Open it in Excel and save it as .xlsx. ({detail})").format(
                file=self.file.name, detail=str(detail)[:120]
            )
        )

    def _blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Raises `ImportFileError` where the file is cut off or damaged."""
        total = 0
        try:
            while block := stream.read(_BLOCK):
                total += len(block)
                if total > MOST_BYTES:
                    raise self._broken(f"> {MOST_BYTES} bytes")
                yield block
        except (zlib.error, zipfile.BadZipFile, EOFError, OSError) as error:
            raise self._broken(error) from error

    def _parsed(
        self, stream: IO[bytes], parser: expat.XMLParserType, taken: "Callable[[], list[SheetRow]]"
    ) -> Iterator[SheetRow]:
        try:
            for block in self._blocks(stream):
                parser.Parse(block, False)
                yield from taken()
            parser.Parse(b"", True)
        except (expat.ExpatError, _Refused, ValueError, IndexError) as error:
            raise self._broken(error) from error
        yield from taken()

    def _elements(self, book: zipfile.ZipFile, name: str) -> list[tuple[str, Attributes]]:
        """All elements of a small part with their attributes, in order; none where there is no such part."""
        if name not in book.namelist():
            return []
        found: list[tuple[str, Attributes]] = []
        parser = _parser()
        parser.StartElementHandler = lambda tag, attributes: found.append((bare(tag), attributes))
        with self._part_of(book, name) as stream:
            for _row in self._parsed(stream, parser, list):
                pass
        return found

    def _sheets(self, book: zipfile.ZipFile) -> dict[str, str]:
        """Name of each sheet -> its part."""
        parts = {
            attributes.get("Id", ""): attributes.get("Target", "")
            for tag, attributes in self._elements(book, "xl/_rels/workbook.xml.rels")
            if tag == "Relationship"
        }
        found: dict[str, str] = {}
        for tag, attributes in self._elements(book, "xl/workbook.xml"):
            if tag != "sheet":
                continue
            target = parts.get(next((v for k, v in attributes.items() if bare(k) == "id"), ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in book.namelist() and "chartsheets" not in part:
                found[attributes.get("name", part)] = part
        return found

    def _date_styles(self, book: zipfile.ZipFile) -> frozenset[str]:
        """The numbers of the cell styles (attribute s) that show a date."""
        codes: dict[int, str] = {}
        styles: list[int] = []
        inside = False
        for tag, attributes in self._elements(book, "xl/styles.xml"):
            if tag == "numFmt":
                codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            elif tag in ("cellXfs", "cellStyles"):
                inside = tag == "cellXfs"
            elif tag == "xf" and inside:
                styles.append(int(attributes.get("numFmtId", "0")))
        return frozenset(str(place) for place, style in enumerate(styles) if _shows_date(style, codes.get(style)))

    def _merged_cells(self, book: zipfile.ZipFile) -> dict[int, list[tuple[int, int, int, int]]]:
        """First row of each -> (last row, first and last column, 0-based)."""
        found: dict[int, list[tuple[int, int, int, int]]] = {}
        tail = b""
        with self._part_of(book, self._part) as stream:
            for block in self._blocks(stream):
                text = tail + block
                end = 0
                if b"mergeCell " in text:
                    for one in _MERGE.finditer(text):
                        first, last, end = int(one[2]), int(one[4]), one.end()
                        left, right = _column(one[1].decode()), min(_column(one[3].decode()), _MERGED_COLUMNS)
                        found.setdefault(first, []).append((first, last, left, right))
                tail = text[max(end, len(text) - 200) :]
        return found

    def _shared_texts(self, book: zipfile.ZipFile) -> PackedTexts:
        texts = SharedTexts(_parser())
        if _SHARED in book.namelist():
            with self._part_of(book, _SHARED) as stream:
                for _row in self._parsed(stream, texts.parser, list):
                    pass
        return texts.texts


class _Refused(Exception):
    """What no spreadsheet writes."""


class _SheetReader:
    """Makes rows of the parser's calls. `taken` gives those that are whole."""

    def __init__(self, texts: PackedTexts, dates: frozenset[str]) -> None:
        self._texts, self._dates = texts, dates
        self._done: list[SheetRow] = []
        self._number = 0
        self._cells: list[str] = []
        self._faults: dict[int, CellFault] = {}
        self._place = -1
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._said = self._formula = False
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def taken(self) -> list[SheetRow]:
        done, self._done = self._done, []
        return done

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag[-1] == "c" and bare(tag) == "c":
            reference = attributes.get("r")
            self._place = _column(reference.rstrip("0123456789")) if reference else self._place + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._pieces.clear()
            self._formula = False
            return
        match bare(tag):
            case "v" | "t":
                self._said = True
            case "f":
                self._formula = True
            case "row":
                self._number = int(attributes.get("r") or self._number + 1)
                self._cells, self._faults, self._place = [], {}, -1

    def _end(self, tag: str) -> None:
        match bare(tag):
            case "v" | "t":
                self._said = False
            case "c":
                self._end_cell()
            case "row":
                if any(self._cells) or self._faults:
                    self._done.append(SheetRow(self._number, self._cells, self._faults))

    def _data(self, text: str) -> None:
        if self._said:
            self._pieces.append(text)

    def _end_cell(self) -> None:
        raw = "".join(self._pieces)
        text, fault = self._read(raw)
        if self._formula and not raw and self._kind != "str":  # a formula may well result in an empty text
            fault = CellFault.FORMULA
        if not text and fault is None:
            return
        if self._place > _LAST_COLUMN:
            raise _Refused(f"column {self._place}")
        cells = self._cells
        if len(cells) <= self._place:
            cells.extend([""] * (self._place + 1 - len(cells)))
        cells[self._place] = text
        if fault is not None:
            self._faults[self._place] = fault

    def _read(self, raw: str) -> tuple[str, CellFault | None]:
        match self._kind:
            case "s":
                return _pasted(self._texts[int(raw)].strip()) if raw else ("", None)
            case "inlineStr" | "str":
                return _pasted(raw.strip())
            case "e":
                return raw, CellFault.ERROR
            case "b":
                return ("TRUE" if raw.strip() == "1" else "FALSE"), None
            case "d":
                return raw, CellFault.DATE
            case _:
                text, fault = number_text(raw.strip())
                return text, CellFault.DATE if text and self._style in self._dates else fault


class _Merged:
    """Follows the merged cells down the rows."""

    def __init__(self, merged: dict[int, list[tuple[int, int, int, int]]], fill: bool) -> None:
        self._waiting, self._fill = sorted(one for several in merged.values() for one in several), fill
        self._next = 0
        self._running: list[tuple[tuple[int, int, int, int], str]] = []

    def mend(self, row: SheetRow) -> SheetRow:
        self._running = [one for one in self._running if one[0][1] >= row.number]
        while self._next < len(self._waiting) and self._waiting[self._next][0] <= row.number:
            area = self._waiting[self._next]
            self._next += 1
            if area[1] >= row.number:
                here = area[0] == row.number and area[2] < len(row.texts)
                self._running.append((area, row.texts[area[2]] if here else ""))
        if not self._running:
            return row
        texts, faults = list(row.texts), dict(row.faults)
        for (first, _last, left, right), value in self._running:
            texts.extend([""] * (right + 1 - len(texts)))
            for place in range(left, right + 1):
                if (first, left) == (row.number, place) or texts[place]:
                    continue
                if self._fill:
                    texts[place] = value
                else:
                    faults[place] = CellFault.MERGED
        return SheetRow(row.number, texts, faults)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_arguments: object) -> None:
    raise _Refused("a document type")


_LAST_COLUMN = 16_383  # XFD
_columns: dict[str, int] = {}


def _column(letters: str) -> int:
    """ "A" -> 0, "AB" -> 27."""
    found = _columns.get(letters)
    if found is None:
        found = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z":
                raise _Refused(f"cell {letters!r}")
            found = found * 26 + ord(letter) - 64
        found -= 1
        if len(_columns) <= _LAST_COLUMN:
            _columns[letters] = found
    return found


def _shows_date(style: int, code: str | None) -> bool:
    if code is None:
        return style in _DATES
    return bool(re.search("[ymdhs年月日]", _NOT_CODE.sub("", code), re.IGNORECASE))


def _pasted(text: str) -> tuple[str, CellFault | None]:
    """A text is a text, be it "=1+1"; but an error that was pasted as text is one still."""
    return judged(text) if text[:1] == "#" else (text, None)
