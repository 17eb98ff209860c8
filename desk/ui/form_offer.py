"""The strip above the form that is being typed: a form for the call that was answered meanwhile, also when that
call is over. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.text_line import TextLine
from desk.ui.theme import Space


class FormOffer(QFrame):
    """`take`: the button; its key belongs to the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("form_offer")
        theme.mark(self, "banner-accent")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.S)
        self._words = TextLine()
        self._words.setObjectName("form_offer_words")
        self.take = KeyButton("take_form_offer", _("Open its form"), "Ctrl+N", "note-pencil", "primary", listens=False)
        self.take.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(Picture("phone-call-fill", "on_accent_soft"))
        row.addWidget(self._words, 1)
        row.addWidget(self.take)
        self.hide()

    def offer(self, who: str, *, runs: bool, others: int) -> None:
        """`runs`: the call. `others`: that many calls wait for theirs behind it."""
        said = (
            _("You are talking with {who}. This form stays as it is.")
            if runs
            else _("The call with {who} is over. Its form can still be filled in.")
        )
        more = ngettext("{n} more call waits", "{n} more calls wait", others).format(n=others) if others else ""
        self._words.setText(f"{said.format(who=who)} {more}".strip())
        self.show()
