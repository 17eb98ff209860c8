"""Where a ticket is to be printed: a PDF in the documents' folder, or one of the printers. No system dialog: that would
stand over the call. Ui process, Qt's thread; printers are asked and pages drawn on the worker."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from desk.i18n import _
from desk.ui import theme
from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.key_button import KeyButton
from desk.ui.pick_field import Option, PickField
from desk.ui.steps import step
from desk.ui.theme import Space
from desk.ui.ticket import paper_presenter
from desk.ui.ticket.paper_presenter import Paper
from desk.ui.ticket.uses import Whole
from desk.usecases.read_ticket import TicketPage

if TYPE_CHECKING:
    from desk.ui.ticket.deeds import DeedParts

_PDF = "pdf"
_TRIES = 3
_LANE = "print"


class PrintPanel(TicketPanel):
    """`whole`: all of the ticket in front. `folder`: where PDFs go; None: the documents' folder."""

    def __init__(self, parts: "DeedParts", whole: Callable[[], Whole | None], folder: Path | None = None) -> None:
        super().__init__("print_panel")
        self.setAccessibleName(_("Print"))
        self._parts, self._whole = parts, whole
        self._folder = folder or _documents()
        label = QLabel(_("Where to"))
        theme.mark(label, "muted")
        label.setMinimumHeight(theme.Size.CONTROL)
        self._where = PickField("print_where", _("Where to"), free=False)
        self._where.entered.connect(self.print_now)
        self._do = KeyButton("print_now", _("Print"), "Enter", "printer", "primary", listens=False)
        self._do.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._do.clicked.connect(self.print_now)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._where, 1)
        row.addWidget(self._do, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.addLayout(row)

    def open_for(self, page: TicketPage) -> None:  # noqa: ARG002 - `whole` has it, with what became of it
        self._where.offer([self._pdf()])
        if not self._where.value():
            self._where.choose(_PDF)
        self._where.setFocus(Qt.FocusReason.OtherFocusReason)
        self._where.field.selectAll()
        self._parts.worker.latest("printers", _printers, self._printers_came, owner=self)

    def refresh(self, page: TicketPage) -> None:
        """What is printed is read when it is printed."""

    def forget(self) -> None:
        """A printer is nobody's secret."""

    def print_now(self) -> None:
        whole, where = self._whole(), self._where.value()
        if whole is None or not where:
            self._where.refuse(is_wrong=not where)
            return
        parts = self._parts
        ticket, folder = whole.page.ticket, self._folder
        paper = paper_presenter.present(
            whole,
            parts.uses.clocks,
            parts.category,
            parts.uses.company,
            whole.timeline.name(parts.uses.who()),
            parts.clock(),
            parts.zone,
        )

        def work() -> str:
            return _save(paper, ticket.number, folder) if where == _PDF else _send(paper, where)

        def done(said: str) -> None:
            step("ticket_printed", ticket_id=ticket.ticket_id)
            self.told.emit(said)

        parts.worker.run(work, done, self._failed, lane=_LANE, owner=self)
        self.left.emit()

    def _pdf(self) -> Option:
        return Option(_PDF, _("PDF in {folder}").format(folder=self._folder))

    def _printers_came(self, names: list[str]) -> None:
        self._where.offer([self._pdf(), *(Option(name, name) for name in names)])

    def _failed(self, error: Exception) -> None:
        from desk.ui.ticket.paper import PaperRefused

        if isinstance(error, PaperRefused | OSError):
            self.told.emit(_("It could not be printed ({why}). Choose another printer, or the PDF.").format(why=error))
        else:
            self._parts.failed(error)


def _printers() -> list[str]:
    """Asked of the system, which may ask the network: on the worker."""
    from PySide6.QtPrintSupport import QPrinterInfo

    names = QPrinterInfo.availablePrinterNames()
    standard = QPrinterInfo.defaultPrinterName()
    return sorted(names, key=lambda name: name != standard)


def _save(paper: Paper, number: str, folder: Path) -> str:
    """Written as the ticket's number; where that file is open elsewhere, beside it."""
    from desk.ui.ticket.paper import PaperRefused, save_pdf

    folder.mkdir(parents=True, exist_ok=True)
    for tries in range(_TRIES):
        file = folder / paper_presenter.file_name(number, tries)
        try:
            save_pdf(paper, file)
        except (PaperRefused, OSError):
            continue
        return _("Saved: {file}").format(file=file)
    raise PaperRefused(str(folder))


def _send(paper: Paper, printer: str) -> str:
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    from desk.ui.ticket.paper import draw

    target = QPrinter(QPrinterInfo.printerInfo(printer), QPrinter.PrinterMode.HighResolution)
    target.setDocName(paper.head)
    pages = draw(paper, target)
    return _("Sent to {printer}: {pages} pages").format(printer=printer, pages=pages)


def _documents() -> Path:
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found or Path.home())
