"""A ticket on paper and as a PDF."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desk.ui.ticket import paper as drawing
from desk.ui.ticket import paper_presenter
from desk.ui.ticket.deeds import DeedParts
from desk.ui.ticket.paper_presenter import Paper, PaperPart, PaperRow
from desk.ui.ticket.print_panel import PrintPanel
from desk.ui.ticket.uses import Whole, read_whole
from desk.ui.worker import Worker
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.read_ticket import ReadTicket
from tests.ui.ticket import story
from tests.ui.ticket.story import TICKET, Story
from tests.ui.ticket.uses import ZONE


def _whole(told: Story) -> Whole:
    store = told.store
    page = ReadTicket(store.tickets, store.calls, store, EstateMap(store)).read(TICKET)
    assert page is not None
    return read_whole(page, told.uses)


def _paper(tell: Callable[[Story], None] = story.closed) -> Paper:
    told = Story(FakeStore())
    tell(told)
    return paper_presenter.present(
        _whole(told), told.uses.clocks, lambda code: code, "万达物业", "1001 张三", told.now, ZONE
    )


def _pages(file: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))


def test_paper_has_the_facts_the_tasks_the_calls_and_the_whole_timeline() -> None:
    paper = _paper()
    assert (paper.company, paper.head) == ("万达物业", "Ticket 20261119-S01-042")
    assert [part.title for part in paper.parts] == ["Facts", "Tasks", "Calls", "Timeline"]
    timeline = paper.parts[-1].rows
    assert timeline[0].text.startswith("Call from")
    assert timeline[-1].text == "Closed"
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d\n", row.lead) for row in timeline)
    assert not [row for part in paper.parts for row in part.rows if "yesterday" in row.text + row.small]
    assert "by 1001 张三" in paper.foot


def test_a_ticket_with_nothing_done_has_no_empty_headings() -> None:
    assert [part.title for part in _paper(story.filed).parts] == ["Facts", "Calls", "Timeline"]


def test_a_pdf_has_its_chinese_fonts_in_it(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "ticket.pdf"
    pages = drawing.save_pdf(_paper(), file)
    assert file.read_bytes().startswith(b"%PDF-")
    assert _pages(file) == pages
    assert re.search(rb"/FontFile[23]?\b", file.read_bytes())


def test_a_long_ticket_takes_as_many_pages_as_it_needs(qapp: QApplication, tmp_path: Path) -> None:
    rows = tuple(PaperRow("2026-11-19 14:30", f"第{n}步：联系住户，无人接听", "1001 张三 · S01") for n in range(200))
    long = replace(_paper(), parts=(PaperPart("经过", rows),))
    pages = drawing.save_pdf(long, tmp_path / "long.pdf")
    assert pages > drawing.save_pdf(_paper(), tmp_path / "short.pdf")
    assert pages == _pages(tmp_path / "long.pdf") >= 5


def test_what_looks_like_markup_is_printed_as_it_stands(qapp: QApplication, tmp_path: Path) -> None:
    odd = replace(_paper(), description="<img src='http://example.invalid/x.png'><b>漏水</b>")
    assert drawing.save_pdf(odd, tmp_path / "odd.pdf") >= 1


def test_a_file_that_cannot_be_written_is_told(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(drawing.PaperRefused):
        drawing.save_pdf(_paper(), tmp_path / "missing" / "ticket.pdf")


@pytest.mark.parametrize(
    ("number", "tries", "name"),
    [
        ("20261119-S01-042", 0, "20261119-S01-042.pdf"),
        ("20261119-S01-042", 1, "20261119-S01-042-2.pdf"),
        ("../x", 0, "x.pdf"),
    ],
)
def test_the_file_is_named_as_the_ticket(number: str, tries: int, name: str) -> None:
    assert paper_presenter.file_name(number, tries) == name


def test_enter_saves_the_pdf_and_says_where(qtbot: QtBot, tmp_path: Path) -> None:
    told, errors, said = Story(FakeStore()), list[Exception](), list[str]()
    story.in_work(told)
    worker = Worker(errors.append)
    parts = DeedParts(
        worker=worker, uses=told.uses, clock=told.clock, zone=ZONE, category=lambda code: code, failed=errors.append
    )
    whole = _whole(told)
    panel = PrintPanel(parts, lambda: whole, tmp_path)
    qtbot.addWidget(panel)
    panel.told.connect(said.append)
    panel.show()
    panel.open_for(whole.page)
    field = panel.findChild(QLineEdit, "print_where")
    assert field is not None
    with qtbot.waitSignal(panel.left):
        QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    file = tmp_path / "20261119-S01-042.pdf"
    assert said == [f"Saved: {file}"]
    assert _pages(file) >= 1
    assert worker.close(10)
    assert not errors
