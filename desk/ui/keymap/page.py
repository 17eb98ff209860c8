"""F1: every key of the window on one page, those of the page one comes from first; a word or a key typed narrows them
down. Gathered anew whenever it is opened, from the buttons that are there.

Pages and panels that nobody has opened yet are built for it one after the other, so that the map is whole and the
window never stands still. Ui process, Qt's thread."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desk.i18n import _
from desk.ui import theme
from desk.ui.cover import Cover
from desk.ui.key_button import KeyButton
from desk.ui.keymap import presenter
from desk.ui.keymap.collect import keys_of, place_of
from desk.ui.keymap.places import KeyUse, places
from desk.ui.keymap.table import KeyTable
from desk.ui.leaving_field import LeavingField
from desk.ui.steps import step
from desk.ui.theme import Space

KEY = "F1"


class KeyMapPage(Cover):
    """`window`: whose keys. `unbuilt()`: what has still to be built, each built when it is called."""

    returns = True

    def __init__(self, window: QWidget, unbuilt: Callable[[], Iterable[Callable[[], object]]]) -> None:
        super().__init__()
        self.setObjectName("key_map")
        self.setAccessibleName(_("Keys"))
        self._window, self._unbuilt = window, unbuilt
        self._uses: list[KeyUse] = []
        self._here = ""
        self._find = LeavingField()
        self._find.setObjectName("key_find")
        self._find.setAccessibleName(_("Find a key"))
        self._find.setPlaceholderText(_("What you want to do, or a key"))
        self._find.textChanged.connect(lambda _text: self._show())
        self._find.left.connect(self.left)
        self._none = QLabel(_("No key does this. Fewer letters find more."))
        theme.mark(self._none, "muted")
        self._none.hide()
        self.table = KeyTable()
        self._area = QScrollArea()
        self.table.chose.connect(lambda y, height: self._area.ensureVisible(0, y + height // 2, 0, height))
        self._building = QTimer(self, singleShot=True, interval=0)
        self._building.timeout.connect(self._build_one)
        self._lay_out()

    def start(self) -> None:
        self._find.clear()
        self._gather()
        self._find.setFocus()
        self._building.start()
        step("key_map_shown")

    def come_from(self, page: QWidget | None) -> None:
        """The page that is in front until now: its keys come first."""
        place = place_of(page, places()) if page is not None else None
        self._here = place.name if place is not None and not place.everywhere else ""

    # ---- within

    def _gather(self) -> None:
        self._uses = keys_of(self._window)
        self._show()

    def _show(self) -> None:
        sections = presenter.present(self._uses, self._here, self._find.text())
        self.table.show_sections(sections)
        self._none.setVisible(not sections)

    def _build_one(self) -> None:
        """One page that was never opened; then the next, when the loop has had its turn."""
        build = next(iter(self._unbuilt()), None)
        if build is not None and self.isVisible():
            build()
            self._gather()
            self._building.start()

    def _lay_out(self) -> None:
        title = QLabel(_("Keys"))
        theme.mark(title, "title")
        done = KeyButton("key_map_done", _("Done"), "Esc", "check", "quiet")
        done.clicked.connect(lambda: self.left.emit())
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(title)
        head.addWidget(self._find, 1)
        head.addWidget(done)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._none)
        column.addWidget(self._area, 1)
