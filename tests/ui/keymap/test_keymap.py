"""F1: every key has words and a place, and no key means two things in one place."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.cover import Cover
from desk.ui.keymap import presenter
from desk.ui.keymap.collect import keys_of, listening
from desk.ui.keymap.page import KeyMapPage
from desk.ui.keymap.places import KeyUse, Place, places, unshown
from desk.ui.main_window import MainWindow
from desk.ui.ticket.page import TicketView
from tests.ui.harness import Scene
from tests.ui.keyless import unkeyed
from tests.ui.real_window import real_window
from tests.ui.ticket import story

# Keys that two things have in one place, because the two are never there together.
NEVER_TOGETHER: dict[tuple[str, str], frozenset[str]] = {
    ("form", "Ctrl+Enter"): frozenset({"file", "intake_form"}),  # the keypad's and the other one, of the same button
    ("form", "Ctrl+Shift+Enter"): frozenset({"answered_at_once", "intake_form"}),
    ("correct_panel", "Ctrl+Enter"): frozenset({"correct_done", "correct_panel"}),
    # a warning that is raised first, and one that was returned to be written better
    ("warning_panel", "Ctrl+Enter"): frozenset({"raise_warning_raise", "ticket_warning_form_raise"}),
}


@pytest.fixture(scope="module")
def whole(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The window of a seat, every page and panel of it built as for whoever opens F1; looked at only."""
    with real_window(tmp_path_factory.mktemp("seat"), "en") as built:
        window = built.window
        view = window.findChild(TicketView, "ticket_view")
        assert isinstance(view, TicketView)
        for late in window.panels.middle.pages.late_covers:
            late.get()
        for build in view.action_bar.unbuilt():
            build()
        assert built.hub.worker.drain(20)
        yield window


def test_no_key_means_two_things_in_one_place(whole: MainWindow) -> None:
    """Qt takes neither of two shortcuts with one key."""
    everywhere: dict[str, set[str]] = defaultdict(set)
    of_place: dict[tuple[str, str], list[str]] = defaultdict(list)
    for use in listening(whole):
        assert use.place is not None, f"{use.owner}: {use.key} is in no place: add it to desk.ui.keymap.places"
        of_place[use.place.name, use.key].append(use.owner)
        if use.place.everywhere:
            everywhere[use.key].add(use.owner)
    twice = {
        where: owners
        for where, owners in of_place.items()
        if len(owners) > 1 and not set(owners) <= NEVER_TOGETHER.get(where, frozenset())
    }
    assert not twice
    covered = [
        (use.place.name, use.key, use.owner)
        for use in listening(whole)
        if use.place and not use.place.everywhere and use.key in everywhere and use.key != "Esc"
    ]
    assert not covered
    assert not {key: owners for key, owners in everywhere.items() if len(owners) > 1 and key != "Esc"}


def test_no_key_of_a_panel_is_one_of_the_page_it_stands_on(whole: MainWindow) -> None:
    uses = [use for use in listening(whole) if use.place is not None]
    outer = {(use.place.name, use.key): use.owner for use in uses if use.place}
    twice = {
        (use.owner, outer[use.place.within, use.key], use.key)
        for use in uses
        if use.place and (use.place.within, use.key) in outer and use.key != "Esc"
    }
    assert not twice


def test_every_key_that_works_by_itself_has_words(whole: MainWindow) -> None:
    said = {(use.place.name if use.place else "", use.key) for use in keys_of(whole) if use.words}
    mute = {
        (use.owner, use.key) for use in listening(whole) if (use.place.name if use.place else "", use.key) not in said
    }
    assert not mute


def test_every_button_shows_its_key_or_there_is_a_reason(whole: MainWindow) -> None:
    assert not unkeyed(whole)


def test_every_widget_that_takes_the_keyboard_has_a_name_to_be_read_aloud(whole: MainWindow) -> None:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractItemView)
    nameless = {
        (type(widget).__name__, widget.objectName(), _chain(widget))
        for kind in kinds
        for widget in whole.findChildren(kind)
        if not (_name(widget) or _is_part(widget) or _is_put_away(widget))
    }
    assert not nameless


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def _is_part(widget: QWidget) -> bool:
    """Qt's own inside of a widget that has the name."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QComboBox | QAbstractItemView):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def _is_put_away(widget: QWidget) -> bool:
    """A spare that is filled, and named, when it is needed; the page it stands on may be hidden."""
    one: QWidget | None = widget
    while one is not None and not isinstance(one, Cover | TicketPanel) and one.objectName() not in places():
        if one.isHidden():
            return True
        one = one.parentWidget()
    return False


def _chain(widget: QWidget) -> str:
    names = []
    parent = widget.parentWidget()
    while parent is not None:
        if parent.objectName():
            names.append(parent.objectName())
        parent = parent.parentWidget()
    return " < ".join(names[:4])


def _press(scene: Scene, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or scene.built.window, key)


def _front(scene: Scene) -> QWidget | None:
    return scene.built.window.panels.middle.front


def _map(scene: Scene) -> KeyMapPage:
    page = scene.built.window.findChild(KeyMapPage, "key_map")
    assert isinstance(page, KeyMapPage)
    return page


def test_f1_shows_the_keys_of_the_page_in_front_first_and_goes_back_to_it(scene: Scene, qtbot: QtBot) -> None:
    middle = scene.built.window.panels.middle
    story.filed(story.Story(scene.store))
    middle.show_ticket(story.TICKET)
    _press(scene, Qt.Key.Key_F1)
    page = _map(scene)
    assert _front(scene) is page
    assert page.table.sections[0].title == places()["ticket_view"].title
    qtbot.waitUntil(lambda: all(late.page is not None for late in middle.pages.late_covers), timeout=20_000)
    _press(scene, Qt.Key.Key_Escape)
    assert _front(scene) is scene.ticket_view


def test_what_is_typed_narrows_the_keys_down(scene: Scene) -> None:
    _press(scene, Qt.Key.Key_F1)
    page = _map(scene)
    all_lines = sum(len(section.lines) for section in page.table.sections)
    QTest.keyClicks(QApplication.focusWidget() or page, "F10")
    lines = [line.key for section in page.table.sections for line in section.lines]
    assert set(lines) >= {"F10"}
    assert all("F10" in key for key in lines)
    assert len(lines) < all_lines


# The presenter

WINDOW, FORM = Place("window", "Everywhere", everywhere=True), Place("form", "The form")
TICKET = Place("ticket", "The ticket")


def _use(place: Place | None, key: str, words: str) -> KeyUse:
    return KeyUse(place, key, words, True, "x")


def test_the_page_one_comes_from_stands_first_then_what_works_everywhere() -> None:
    uses = [_use(FORM, "Alt+1", "Repair"), _use(WINDOW, "F1", "Keys"), _use(TICKET, "Alt+M", "More moves")]
    assert [section.title for section in presenter.present(uses, "ticket")] == ["The ticket", "Everywhere", "The form"]


def test_function_keys_come_first_by_their_number() -> None:
    uses = [_use(WINDOW, key, key) for key in ("Ctrl+R", "F10", "Alt+P", "F2", "Shift+F2", "Ctrl+Shift+O")]
    (section,) = presenter.present(uses, "")
    assert [line.key for line in section.lines] == ["F2", "Shift+F2", "F10", "Ctrl+Shift+O", "Ctrl+R", "Alt+P"]


@pytest.mark.parametrize("find", ["alt+m", "altm", "更多", "gdcz", "gengduo"])
def test_a_key_is_found_by_its_spelling_and_by_its_words(find: str) -> None:
    uses = [_use(TICKET, "Alt+M", "更多操作"), _use(WINDOW, "F2", "接听")]
    (section,) = presenter.present(uses, "", find)
    assert [line.key for line in section.lines] == ["Alt+M"]


def test_nothing_fits_nothing_is_shown() -> None:
    assert presenter.present([_use(WINDOW, "F2", "接听")], "", "zzzz") == ()


def test_keys_that_no_button_shows_belong_to_places_that_are_there() -> None:
    names = {place.name for place in places().values()}
    assert {place for place, _key, _words in unshown()} <= names
