"""The strip above the form that is being typed: a form for each call that was answered meanwhile, also when that
call is over. Ui process, Qt's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desk.domain.calls import TALKING
from desk.domain.identity import CallId
from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.telephone.call_bar_presenter import who_of
from desk.ui.text_line import TextLine
from desk.ui.theme import Space


class FormOffer(QFrame):
    """`take`: the button; its key belongs to the window. Shown while there is a call whose form waits."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._waiting: list[CallId] = []  # the newest last
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
        hub.call_ended.connect(lambda _call: self._refresh())

    @property
    def newest(self) -> CallId | None:
        """The call whose form is offered first."""
        return self._waiting[-1] if self._waiting else None

    def add(self, call_id: CallId) -> None:
        self._waiting = [*(one for one in self._waiting if one != call_id), call_id]
        self._refresh()

    def drop(self, call_id: CallId | None) -> None:
        """Its form is open now."""
        if call_id in self._waiting:
            self._waiting.remove(call_id)
            self._refresh()

    def clear(self) -> None:
        self._waiting.clear()
        self._refresh()

    def _refresh(self) -> None:
        calls = self._hub.state.calls
        self._waiting = [call_id for call_id in self._waiting if call_id in calls]  # long over: their rows have the key
        if not self._waiting:
            self.hide()
            return
        call, others = calls[self._waiting[-1]], len(self._waiting) - 1
        said = (
            _("You are talking with {who}. This form stays as it is.")
            if call.phase in TALKING
            else _("The call with {who} is over. Its form can still be filled in.")
        )
        more = ngettext("{n} more call waits", "{n} more calls wait", others).format(n=others) if others else ""
        self._words.setText(f"{said.format(who=who_of(call, self._hub.callers.pop(call.call_id)))} {more}".strip())
        self.show()
