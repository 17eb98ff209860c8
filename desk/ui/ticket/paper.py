"""A ticket on paper: A4 pages with the number and the company on each, drawn on a printer or into a PDF that has the
Chinese fonts in it.

Surprising choice: text goes in by a cursor and never as markup, because what residents and colleagues have written may
look like some. Runs on a worker's thread (Qt allows documents and painters of paper there): laying out a long ticket
takes longer than a window may stand still."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)

from desk.i18n import _
from desk.ui.theme import FONT_STACK
from desk.ui.ticket.paper_presenter import Paper, PaperPart

DPI = 300
_POINT = DPI / 72
_MARGIN_MM = 16.0
_BODY, _SMALL, _TITLE = 10.0, 8.0, 15.0  # points
_HEAD_POINTS, _FOOT_POINTS = 26.0, 20.0
_INK, _MUTED, _LINE = "#000000", "#4a4a4a", "#9a9a9a"
_LEAD_SHARE = 24  # percent of the width


class PaperRefused(Exception):
    """The printer or the file cannot be written; the text says which."""


def save_pdf(paper: Paper, file: Path) -> int:
    """Write the PDF; how many pages. Raises `PaperRefused`."""
    writer = QPdfWriter(str(file))
    writer.setTitle(paper.head)
    writer.setCreator("Desk")
    pages = draw(paper, writer)
    if not file.is_file():
        raise PaperRefused(str(file))
    return pages


def draw(paper: Paper, device: QPagedPaintDevice) -> int:
    """Draw it; how many pages it took. Raises `PaperRefused` where the device cannot be begun."""
    if isinstance(device, QPdfWriter):
        device.setResolution(DPI)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    device.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
        )
    )
    painter = QPainter()
    if not painter.begin(device):
        raise PaperRefused(paper.head)
    try:
        scale = device.logicalDpiX() / DPI
        painter.scale(scale, scale)
        width, height = device.width() / scale, device.height() / scale
        return _draw_pages(paper, painter, device, width, height)
    finally:
        painter.end()


def _draw_pages(paper: Paper, painter: QPainter, device: QPagedPaintDevice, width: float, height: float) -> int:
    top, bottom = _HEAD_POINTS * _POINT, _FOOT_POINTS * _POINT
    body = height - top - bottom
    document = _document(paper, QSizeF(width, body))
    pages = document.pageCount()
    for page in range(pages):
        if page:
            device.newPage()
        _draw_frame(paper, painter, QRectF(0, 0, width, height), page + 1, pages)
        painter.save()
        painter.translate(0, top - page * body)
        document.drawContents(painter, QRectF(0, page * body, width, body))
        painter.restore()
    return pages


def _draw_frame(paper: Paper, painter: QPainter, box: QRectF, page: int, pages: int) -> None:
    """Head and foot of a page."""
    small, strong = _font(_SMALL), _font(_BODY, strong=True)
    line = QFontMetricsF(strong).height()
    painter.setPen(QColor(_INK))
    painter.setFont(strong)
    head = QRectF(box.left(), box.top(), box.width(), line)
    painter.drawText(head, Qt.AlignmentFlag.AlignLeft, paper.head)
    painter.setFont(small)
    painter.setPen(QColor(_MUTED))
    painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, paper.company)
    foot = QRectF(box.left(), box.bottom() - line, box.width(), line)
    painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, paper.foot)
    number = _("page {page} of {pages}").format(page=page, pages=pages)
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
    painter.setPen(QPen(QColor(_LINE), 1))
    for y in (head.bottom() + 4, foot.top() - 4):
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def _document(paper: Paper, page: QSizeF) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(_font(_BODY))
    document.setPageSize(page)
    cursor = QTextCursor(document)
    _paragraph(cursor, paper.title, _font(_TITLE, strong=True))
    _paragraph(cursor, paper.chips, _font(_SMALL), ink=_MUTED)
    _paragraph(cursor, paper.description, _font(_BODY), above=4)
    for part in paper.parts:
        _part(cursor, part)
    return document


def _paragraph(cursor: QTextCursor, text: str, font: QFont, *, ink: str = _INK, above: float = 0) -> None:
    block = QTextBlockFormat()
    block.setTopMargin(above * _POINT)
    if cursor.position():
        cursor.insertBlock(block)
    else:
        cursor.setBlockFormat(block)
    cursor.insertText(text, _characters(font, ink))


def _part(cursor: QTextCursor, part: PaperPart) -> None:
    _paragraph(cursor, part.title, _font(_BODY + 1, strong=True), above=10)
    layout = QTextTableFormat()
    layout.setBorder(0)
    layout.setCellPadding(1.5 * _POINT)
    layout.setCellSpacing(0)
    layout.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shares = (_LEAD_SHARE, 100 - _LEAD_SHARE)
    layout.setColumnWidthConstraints([QTextLength(QTextLength.Type.PercentageLength, share) for share in shares])
    table = cursor.insertTable(len(part.rows), 2, layout)
    for index, row in enumerate(part.rows):
        _cell(table, index, 0, row.lead, _characters(_font(_SMALL), _MUTED))
        text = _cell(table, index, 1, row.text, _characters(_font(_BODY), _INK))
        if row.small:
            text.insertBlock()
            text.insertText(row.small, _characters(_font(_SMALL), _MUTED))
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _cell(table: QTextTable, row: int, column: int, text: str, style: QTextCharFormat) -> QTextCursor:
    cursor = table.cellAt(row, column).firstCursorPosition()
    block = QTextBlockFormat()
    block.setNonBreakableLines(False)
    cursor.setBlockFormat(block)
    cursor.insertText(text, style)
    return cursor


def _characters(font: QFont, ink: str) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setFont(font)
    style.setForeground(QBrush(QColor(ink)))
    return style


def _font(points: float, *, strong: bool = False) -> QFont:
    """In pixels of the drawing's own resolution, so that paper and PDF come out alike."""
    font = QFont()
    font.setFamilies(list(FONT_STACK))
    font.setPixelSize(round(points * _POINT))
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    return font
