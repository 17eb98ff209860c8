"""What just happened: one key after a bad call, nothing asked. The page looks back, says in a sentence what was wrong
and what to do, and by then the bundle for IT lies sealed on the shelf. Whoever wants to writes one line about it, which
makes the bundle anew.

Ui process, Qt's thread; looking and sealing are done on a lane of the worker."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.i18n import _
from desk.support.shelf import Shelved
from desk.support.what_happened import MOST_WORDS, Look, WhatHappened
from desk.ui import theme
from desk.ui.after.support import presenter
from desk.ui.after.support.parts import SupportParts
from desk.ui.cover import Cover
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.labels import plain
from desk.ui.leaving_field import LeavingField
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.usecases.ports import KeyringWeak

LANE = "support"
_EARLIER = 8
_ICON = 28


class SupportPage(Cover):
    returns = True

    def __init__(self, parts: SupportParts) -> None:
        super().__init__()
        self.setObjectName("what_happened")
        self.setAccessibleName(_("What just happened"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._parts = parts
        self._what: WhatHappened | None = None
        self._look: Look | None = None
        self._name = ""
        self.about = plain("muted")
        self.why = plain("title", wraps=True)
        self.why.setObjectName("what_happened_why")
        self.remedy = plain("", wraps=True)
        self.also = plain("muted", wraps=True)
        self.says = plain("muted", wraps=True)
        self.says.setObjectName("what_happened_says")
        self._icon = Picture("clock-counter-clockwise", "muted", _ICON)
        self.field = LeavingField()
        self.field.setObjectName("what_happened_words")
        self.field.setMaxLength(MOST_WORDS)
        self.field.setAccessibleName(_("What you noticed, for IT"))
        self.field.setPlaceholderText(_("What you noticed, in one line (not needed): noise, one side only, echo ..."))
        self.field.left.connect(self.left)
        self.field.returnPressed.connect(self.add_words)
        self.add = KeyButton("what_happened_add", _("Add it"), "Return", "check", "primary", listens=False)
        self.add.clicked.connect(self.add_words)
        self.done = KeyButton("what_happened_done", _("Done"), "Esc", "check", "quiet")
        self.done.clicked.connect(lambda: self.left.emit())
        self._lay_out()

    def start(self) -> None:
        """Look back now: what is ten minutes old is gone."""
        self._look, self._name = None, ""
        self.field.clear()
        self._icon.show_icon("clock-counter-clockwise", "muted")
        self.about.setText("")
        self.why.setText(_("Looking back at the last ten minutes ..."))
        for label in (self.remedy, self.also, self.says):
            label.setText("")
            label.hide()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._set_writing(on=False)
        uses = self._parts.uses

        def look() -> tuple[WhatHappened, Look, list[Shelved]]:
            what = uses.what()
            return what, what.look(), what.shelf.listed()

        self._parts.hub.worker.run(look, lambda found: self._looked(*found), self._failed, lane=LANE, owner=self)

    def come_back(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_words(self) -> None:
        """The bundle is made anew with the line; the same look."""
        if self._name and self.field.text().strip():
            self._keep(self.field.text())

    # ---- what comes

    def _looked(self, what: WhatHappened, look: Look, before: list[Shelved]) -> None:
        self._what, self._look = what, look
        view = presenter.present(look, self._parts.zone)
        self.about.setText(view.about)
        self.why.setText(view.why)
        self.remedy.setText(view.remedy)
        self.also.setText("\n".join(view.also))
        self.remedy.setVisible(bool(view.remedy))
        self.also.setVisible(bool(view.also))
        self._icon.show_icon(*(("check-circle", "go") if view.calm else ("warning-fill", "warn")))
        self._show_earlier(before)
        step("looked_back", mishap=look.mishaps[0].value, call_id=look.call_id)
        self._keep("")

    def _keep(self, said: str) -> None:
        what, look = self._what, self._look
        if what is None or look is None:
            return
        self._set_writing(on=False)
        known = presenter.known(self._parts.hub)
        self._parts.hub.worker.run(
            lambda: what.keep(look, said, known), lambda one: self._kept(one, said), self._failed, lane=LANE, owner=self
        )

    def _kept(self, one: Shelved, said: str) -> None:
        if self._look is None or one.at != self._look.at:
            return  # of the look before
        self._name = one.name
        words = presenter.kept(one, goes_by_itself=self._parts.uses.goes_by_itself)
        self._say(_("Your line is in it. {kept}").format(kept=words) if said else words, "ok" if said else "muted")
        self._set_writing(on=True)
        step("bundle_kept", bundle=one.name, size=one.size, said=bool(said))

    def _failed(self, error: Exception) -> None:
        """The sentence stands, where there is one; only the record for IT could not be kept."""
        if isinstance(error, KeyringWeak):
            self._say(str(error), "error")
        elif isinstance(error, OSError):
            detail = error.strerror or type(error).__name__
            self._say(_("The record for IT could not be written: {detail}").format(detail=detail), "error")
        else:
            self._say(_("The record for IT could not be made."), "error")
            self._parts.hub.failed(error)
        self._set_writing(on=bool(self._name))

    def _say(self, words: str, role: str) -> None:
        theme.mark(self.says, role)
        self.says.setText(words)
        self.says.show()

    def _set_writing(self, *, on: bool) -> None:
        self.add.setEnabled(on)

    def _show_earlier(self, before: list[Shelved]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        views = presenter.earlier(before, self._parts.zone, self._name)[:_EARLIER]
        self._earlier.setVisible(bool(views))
        for number, view in enumerate(views):
            when, sent = plain("muted"), plain("muted")
            when.setText(view.when)
            sent.setText(view.sent)
            self._rows.addWidget(when, number, 0)
            self._rows.addWidget(TextLine(view.why), number, 1)
            self._rows.addWidget(sent, number, 2)

    # ---- place

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        title = plain("title")
        title.setText(_("What just happened"))
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(title)
        head.addSpacing(Space.S)
        head.addWidget(self.about, 1)
        for button in (self.add, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head.addWidget(self.done)
        card = QFrame()
        theme.mark(card, "card")
        inside = QGridLayout(card)
        inside.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        inside.setHorizontalSpacing(Space.M)
        inside.setVerticalSpacing(Space.S)
        inside.setColumnStretch(1, 1)
        inside.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        for row, label in enumerate((self.why, self.remedy, self.also)):
            inside.addWidget(label, row, 1)
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.field, 1)
        line.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(card)
        column.addLayout(line)
        column.addWidget(self.says)
        column.addSpacing(Space.S)
        column.addWidget(self._earlier_part())
        column.addStretch(1)

    def _earlier_part(self) -> QWidget:
        self._earlier = QWidget()
        below = QVBoxLayout(self._earlier)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(Space.XS)
        title = QLabel(_("Earlier ones"))
        theme.mark(title, "strong")
        below.addWidget(title)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(Space.M)
        self._rows.setColumnStretch(1, 1)
        below.addLayout(self._rows)
        self._earlier.hide()
        return self._earlier
