"""Workbooks made by hand, cell by cell: what Excel writes, and what it never should have."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Xml:
    """A cell's inside as it stands; `attributes` beside its place."""

    inside: str
    attributes: str = ""


Cell = str | int | Xml | None
FORMULA_WITHOUT_RESULT = Xml("<f>A1&amp;B1</f>")
FORMULA_EMPTY_RESULT = Xml("<f>A1&amp;B1</f><v></v>")  # as openpyxl writes it
FORMULA_EMPTY_TEXT = Xml("<f>A1&amp;B1</f><v></v>", 't="str"')
FORMULA = Xml("<f>1+1</f><v>2</v>")
REFERENCE_ERROR = Xml("<f>#REF!</f><v>#REF!</v>", 't="e"')
SECOND_OF_MAY = Xml("<v>46144</v>", 's="1"')  # what becomes of 5-2
TWENTY_DIGITS = Xml("<v>1.2345678901234567E+19</v>")


def letter(place: int) -> str:
    return chr(65 + place)


def write_xlsx(
    file: Path,
    rows: Sequence[Sequence[Cell]],
    merged: Sequence[str] = (),
    shared: bool = True,
    before: str = "",
    sheets: Sequence[str] = ("业主资料",),
) -> Path:
    """`rows` from row 1 on. `shared`: texts lie in the workbook's shared texts, as Excel has it. `before`: put at the
    head of the sheet's part. Every further sheet is empty."""
    texts: list[str] = []
    body = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{letter(place)}{number}", cell, texts, shared) for place, cell in enumerate(row))
        body.append(f'<row r="{number}">{cells}</row>')
    merges = f"<mergeCells>{''.join(f'<mergeCell ref={chr(34)}{one}{chr(34)}/>' for one in merged)}</mergeCells>"
    inside = f"<sheetData>{''.join(body)}</sheetData>{merges if merged else ''}"
    sheet = f'{before}<worksheet xmlns="{_MAIN}">{inside}</worksheet>'
    named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
    targets = "".join(
        f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1)
    )
    items = "".join(f"<si><t>{escape(text)}</t><rPh><t>ruby</t></rPh></si>" for text in texts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{named}</sheets></workbook>'
        )
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{targets}</Relationships>')
        book.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="164" formatCode="m&quot;月&quot;d&quot;日&quot;"/>'
            '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
        )
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{items}</sst>')
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        for number in range(2, len(sheets) + 1):
            book.writestr(f"xl/worksheets/sheet{number}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>')
    return file


def _cell(reference: str, cell: Cell, texts: list[str], shared: bool) -> str:
    match cell:
        case None:
            return ""
        case int():
            return f'<c r="{reference}"><v>{cell}</v></c>'
        case Xml():
            return f'<c r="{reference}" {cell.attributes}>{cell.inside}</c>'
        case str() if shared:
            texts.append(cell)
            return f'<c r="{reference}" t="s"><v>{len(texts) - 1}</v></c>'
        case _:
            return f'<c r="{reference}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def write_ods(file: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A sheet of texts as LibreOffice has it: a workbook that calamine reads."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            if text
            else "<table:table-cell/>"
            for text in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0"'
        f' xmlns:text="{office}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="list">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        book.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
        book.writestr("content.xml", content)
    return file
