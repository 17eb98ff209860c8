"""Text files with columns: comma, tab, semicolon or bar, in UTF-8 (with or without a mark), UTF-16 with a mark, or
GB18030, which is what GBK and GB2312 grew into and what a Chinese Excel writes.

The encoding is found by reading the file once from end to end: a file is UTF-8 if all of it is. GB18030 is so wide that
most bytes mean something in it, so it is only tried after UTF-8 has failed. Any thread; memory is a line."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from desk.domain.import_rows import CellFault
from desk.i18n import _
from desk.imports.cells import ImportFileError, SheetRow, judged

_BLOCK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",\t;|"
_SUSPECT = ("=", "#")
_LOOKED_AT = 20  # lines
LONGEST_FIELD = 1 << 16


class CsvTable:
    """`encoding`, `delimiter`: "" = found out; afterwards what was found."""

    def __init__(self, file: Path, encoding: str = "", delimiter: str = "") -> None:
        self.file = file
        self.encoding = encoding or found_encoding(file)
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise ImportFileError(_("There is no encoding {name}.").format(name=self.encoding)) from error
        self.delimiter = delimiter or self._found_delimiter()

    def rows(self) -> Iterator[SheetRow]:
        number = 0
        csv.field_size_limit(LONGEST_FIELD)
        try:
            with self.file.open(encoding=self.encoding, newline="") as lines:
                for number, fields in enumerate(csv.reader(lines, delimiter=self.delimiter, strict=True), 1):
                    if fields:
                        yield _row(number, fields)
        except UnicodeDecodeError as error:
            raise ImportFileError(
                _("{file}, after row {row}: not text in {encoding}. Save it again as UTF-8.").format(
                    file=self.file.name, row=number, encoding=self.encoding
                )
            ) from error
        except csv.Error as error:
            raise ImportFileError(
                _(
                    "{file}, row {row}: no table any more ({detail}). Look for a quotation mark that is not closed."
                ).format(file=self.file.name, row=number + 1, detail=error)
            ) from error

    def _found_delimiter(self) -> str:
        """The one that most of the first lines have equally often."""
        try:
            with self.file.open(encoding=self.encoding, newline="") as text:
                lines = [line for line, _number in zip(text, range(_LOOKED_AT), strict=False) if line.strip()]
        except UnicodeDecodeError as error:
            raise ImportFileError(
                _("{file} is not text in {encoding}. Save it again as UTF-8.").format(
                    file=self.file.name, encoding=self.encoding
                )
            ) from error
        if not lines:
            raise ImportFileError(_("{file} is empty.").format(file=self.file.name))

        def weight(delimiter: str) -> tuple[int, int]:
            counts = [line.count(delimiter) for line in lines]
            usual = max(set(counts) - {0}, key=counts.count, default=0)
            return (counts.count(usual) if usual else 0, usual)

        return max(_DELIMITERS, key=weight)


def _row(number: int, fields: list[str]) -> SheetRow:
    texts: list[str] = []
    faults: dict[int, CellFault] = {}
    for place, field in enumerate(fields):
        text = field.strip()
        if text[:1] in _SUSPECT or "+" in text:
            text, fault = judged(text)
            if fault is not None:
                faults[place] = fault
        texts.append(text)
    return SheetRow(number, texts, faults)


def found_encoding(file: Path) -> str:
    """Raises `ImportFileError` where it is neither."""
    with file.open("rb") as stream:
        head = stream.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked:
        return marked
    for encoding in ("utf-8", "gb18030"):
        if _is_text(file, encoding):
            return encoding
    raise ImportFileError(
        _("{file} is neither UTF-8 nor GBK text. Save it in Excel as “CSV UTF-8”, or as a workbook (.xlsx).").format(
            file=file.name
        )
    )


def _is_text(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
