"""Gathers the keys of a window from its buttons and shortcuts, as they stand now. Ui process, Qt's thread."""

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desk.ui.after.ticket_panel import TicketPanel
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.keymap.places import KeyUse, Place, places, said_better, unshown


def keys_of(window: QWidget) -> list[KeyUse]:
    """Every key of this window, those of hidden pages too; in no order. A key that is shown on a second button which
    only leads to the first one is told once."""
    known = places()
    told = {(place, _spoken(key)): words for place, key, words in unshown()}
    uses: dict[tuple[str, str, str], KeyUse] = {}
    for use in (*_buttons(window, known), *_shortcuts(window, known, told)):
        place = use.place.name if use.place else ""
        before = uses.get((place, use.key, use.words))
        if before is None or (use.listens and not before.listens):
            uses[place, use.key, use.words] = use
    by_name = {place.name: place for place in known.values()}
    for name, key, words in unshown():
        shown = _spoken(key)
        if not any(use.key == shown and use.place is by_name[name] for use in uses.values()):
            uses[name, shown, words] = KeyUse(by_name[name], shown, words, False, "")
    works = {(use.place, use.key) for use in uses.values() if use.listens and use.words}
    return [use for use in uses.values() if use.listens or (use.place, use.key) not in works]


def listening(window: QWidget) -> list[KeyUse]:
    """Every shortcut by itself: what Qt would have to choose among if two were one key."""
    known = places()
    told = {(place, _spoken(key)): words for place, key, words in unshown()}
    return [
        *(use for use in _buttons(window, known) if use.listens),
        *_shortcuts(window, known, told),
    ]


def place_of(widget: QObject | None, known: dict[str, Place]) -> Place | None:
    """The place of the nearest ancestor that is one: of the table, else a page or a panel by its accessible name."""
    while widget is not None:
        name = widget.objectName()
        if name in known:
            return known[name]
        if isinstance(widget, Cover | TicketPanel) and widget.accessibleName():
            return Place(name, widget.accessibleName(), within="ticket" if isinstance(widget, TicketPanel) else "")
        widget = widget.parent()
    return None


def _buttons(window: QWidget, known: dict[str, Place]) -> Iterator[KeyUse]:
    better = said_better()
    for button in window.findChildren(KeyButton):
        if button.key:
            place = place_of(button, known)
            words = better.get(button.objectName()) or button.accessibleName()
            yield KeyUse(place, _spoken(button.key), words, button.listens_alone, button.objectName())


def _shortcuts(window: QWidget, known: dict[str, Place], told: dict[tuple[str, str], str]) -> Iterator[KeyUse]:
    """Those that no button has."""
    for shortcut in window.findChildren(QShortcut):
        owner = shortcut.parent()
        if isinstance(owner, KeyButton):
            continue
        place, key = place_of(owner, known), _spoken(shortcut.key().toString())
        words = shortcut.whatsThis() or told.get((place.name if place else "", key), "")
        yield KeyUse(place, key, words, True, owner.objectName() if owner is not None else "")


def _spoken(key: str) -> str:
    """One spelling of a key, as it stands on buttons."""
    text = QKeySequence(key).toString() if "…" not in key and "↑" not in key else key
    return (text or key).replace("Return", "Enter").replace("Left", "←").replace("Right", "→")
