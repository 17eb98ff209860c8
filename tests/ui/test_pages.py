from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.ui.cover import Cover
from desk.ui.pages import Pages


class Page(Cover):
    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def come_back(self) -> None:
        self.told.append("come_back")


class Returning(Page):
    returns = True


def test_a_cover_tells_what_was_under_it_and_leaves_it_to_its_owner(qtbot: QtBot) -> None:
    first, form, page = QWidget(), QWidget(), Page()
    pages, told = Pages(first), list[QWidget]()
    qtbot.addWidget(pages)
    pages.uncovered.connect(told.append)
    pages.addWidget(form)
    pages.add_cover(page)
    assert pages.currentWidget() is first
    pages.put(form)
    pages.toggle(page)
    assert pages.currentWidget() is page
    page.left.emit()
    assert told == [form]
    assert pages.currentWidget() is page


def test_a_cover_over_a_cover_has_under_it_what_that_one_had(qtbot: QtBot) -> None:
    first, page, other = QWidget(), Page(), Page()
    pages, told = Pages(first), list[QWidget]()
    qtbot.addWidget(pages)
    pages.uncovered.connect(told.append)
    for one in (page, other):
        pages.add_cover(one)
        pages.toggle(one)
    other.left.emit()
    assert told == [first]


def test_one_that_returns_goes_back_to_the_cover_that_it_was_opened_over(qtbot: QtBot) -> None:
    page, over, told = Page(), Returning(), list[QWidget]()
    pages = Pages(QWidget())
    qtbot.addWidget(pages)
    pages.uncovered.connect(told.append)
    for one in (page, over):
        pages.add_cover(one)
        pages.toggle(one)
    over.left.emit()
    assert pages.currentWidget() is page
    assert page.told == ["start", "come_back"]
    assert told == []


def test_a_late_cover_is_built_once_and_when_it_is_wanted(qtbot: QtBot) -> None:
    built = list[Page]()

    def build() -> Page:
        built.append(Page())
        return built[-1]

    pages = Pages(QWidget())
    qtbot.addWidget(pages)
    late = pages.late_cover(build)
    assert pages.late_covers == [late]
    assert built == []
    assert late.get() is late.get()
    assert len(built) == 1


def test_another_page_in_front_is_told_and_the_same_one_is_not(qtbot: QtBot) -> None:
    first, form, told = QWidget(), QWidget(), list[QWidget | None]()
    pages = Pages(first)
    qtbot.addWidget(pages)
    pages.addWidget(form)
    pages.changed.connect(lambda: told.append(pages.currentWidget()))
    for page in (first, form, form, first):
        pages.put(page)
    assert told == [form, first]
