"""Promising a call: one key in the call and it is promised, for the usual half hour; a strip above the middle says so.
The key once more goes into the strip: a digit gives another time, Tab leads to a time typed and to what it is about,
Enter or Esc is done. The keyboard stays where it was until then.

And the banner of the promises that have come to mind or run out: whom to call, with one key that dials. Ui process,
Qt's thread."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desk.domain.promise_rules import Standing, due_of, read_due
from desk.domain.promises import Promise
from desk.i18n import _, ngettext
from desk.ui import theme
from desk.ui.after.lists import promise_words, words
from desk.ui.after.lists.promise_watch import PromiseWatch
from desk.ui.flow import Flow
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.leaving_field import LeavingField
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space
from desk.usecases.promise import KeepPromises, Promised, PromiseRefused

KEY, CALL_KEY = "Ctrl+M", "Ctrl+Shift+M"
SHOWN_MS = 20_000  # the strip goes by itself when nobody has gone into it


class PromiseStrip(QFrame):
    """`given(Promise)`: it stands in the ledger. `left()`: the keyboard goes back to where it was."""

    given = Signal(object)
    left = Signal()

    def __init__(
        self,
        hub: Hub,
        promises: KeepPromises,
        clock: Callable[[], datetime],
        zone: tzinfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("promise_strip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.mark(self, "banner-accent")
        self._hub, self._promises, self._clock, self._zone = hub, promises, clock, zone
        self._promise: Promise | None = None
        self._giving = self._takes = False  # one is being promised; the key was pressed again meanwhile
        self._words = TextLine()
        self._words.setObjectName("promise_words")
        self._change = KeyButton("promise_change", _("Change"), KEY, "clock", "quiet", listens=False)
        self._change.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._change.clicked.connect(self.take)
        self._when = _Field("promise_when", _("Another time"), _("Another time: 45, 15:30, tomorrow 9:00"))
        self._about = _Field("promise_about", _("What it is about"), _("What it is about"))
        self._refused = QLabel()
        self._refused.setObjectName("promise_refused")
        self._refused.setWordWrap(True)
        self._refused.hide()
        self._more = QWidget()
        self._gone = QTimer(self, interval=SHOWN_MS, singleShot=True)
        self._gone.timeout.connect(self._go_quietly)
        self._when.returnPressed.connect(self._typed)
        self._about.returnPressed.connect(self._typed)
        for field in (self._when, self._about):
            field.left.connect(self.close_strip)
        self._lay_out()
        self.hide()

    # ---- what the window does

    def press(self, to: Promised) -> None:
        """The key: promise it, or go into the strip of the one just promised."""
        if self.isVisible() and self._promise is not None:
            self.take()
        elif self._giving:
            self._takes = True
        else:
            self._giving = True
            promises = self._promises
            self._hub.worker.run(lambda: promises.give(to), self._came, self._not_given, lane="save", owner=self)

    def take(self) -> None:
        """Give it the keyboard, to change what was promised."""
        if self._promise is None:
            return
        self._gone.stop()
        self._more.show()
        self._change.hide()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_strip(self) -> None:
        """Done with it: what was promised stands."""
        had = self.hasFocus() or any(field.hasFocus() for field in (self._when, self._about))
        self._promise = None
        self._gone.stop()
        self.hide()
        if had:
            self.left.emit()

    # ---- what is changed

    def choose(self, digit: int) -> None:
        choices = self._promises.figures.choices
        if self._promise is not None and digit <= len(choices):
            self._put_off(due_of(choices[digit - 1], self._clock(), self._zone))

    def _put_off(self, due: datetime) -> None:
        promise = self._promise
        if promise is not None:
            self._write(lambda: self._promises.put_off(promise.promise_id, due))

    def _typed(self) -> None:
        """Enter: the time and what it is about, each where something was typed."""
        promise, when, about = self._promise, self._when.text().strip(), self._about.text().strip()
        if promise is None:
            return
        due = read_due(when, self._clock(), self._zone) if when else None
        if when and due is None:
            self._refuse(_("That is no time to come: 45 (minutes), 15:30, tomorrow 9:00."))
            return

        def write() -> Promise:
            found = promise
            if due is not None:
                found = self._promises.put_off(promise.promise_id, due)
            return self._promises.say(promise.promise_id, about) if about and about != promise.text else found

        if due is not None or about != promise.text:
            self._write(write)
        self.close_strip()

    def _write(self, write: Callable[[], Promise]) -> None:
        self._hub.worker.run(write, self._changed, self._failed, lane="save", owner=self)

    def _came(self, promise: Promise) -> None:
        """It has just been promised."""
        self._when.clear()
        self._about.setText(promise.text)
        self._more.hide()
        self._change.show()
        self._promise = promise
        self._changed(promise)
        self.show()
        self._gone.start()
        takes, self._giving, self._takes = self._takes, False, False
        if takes:
            self.take()

    def _not_given(self, error: Exception) -> None:
        self._giving = self._takes = False
        self._failed(error)

    def _changed(self, promise: Promise) -> None:
        step("promised", promise_id=promise.promise_id)
        self.given.emit(promise)
        if self._promise is None or self._promise.promise_id != promise.promise_id:
            return  # it was closed meanwhile
        self._promise = promise
        self._refuse("")
        self._words.setText(promise_words.given(promise, self._clock(), self._zone))
        self.setAccessibleName(self._words.text())

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, PromiseRefused):
            self._hub.failed(error)
            return
        self._refuse(words.refused_promise(error.why))
        if self._promise is None:
            self._words.setText(_("No call was promised."))
            self._change.hide()
            self._more.hide()
            self.show()
            self._gone.start()

    def _refuse(self, why: str) -> None:
        self._refused.setText(why)
        self._refused.setVisible(bool(why))

    def _go_quietly(self) -> None:
        if not self.hasFocus() and not any(field.hasFocus() for field in (self._when, self._about)):
            self.close_strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.choose(key - Qt.Key.Key_0)
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_strip()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        done = KeyButton("promise_done", _("Done"), "Esc", "check", "quiet", listens=False)
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        done.clicked.connect(self.close_strip)
        head.addWidget(Picture("clock", "on_accent_soft"))
        head.addWidget(self._words, 1)
        head.addWidget(self._change)
        head.addWidget(done)
        keys = Flow("promise_choices")
        for digit, choice in enumerate(self._promises.figures.choices, 1):
            button = KeyButton(f"promise_{digit}", promise_words.choice(choice), str(digit), "", "quiet", listens=False)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, digit=digit: self.choose(digit))
            keys.add(button)
        fields = QHBoxLayout()
        fields.setSpacing(Space.S)
        fields.addWidget(self._when, 1)
        fields.addWidget(self._about, 2)
        inside = QVBoxLayout(self._more)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.XS)
        inside.addWidget(keys)
        inside.addLayout(fields)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(self._refused)
        column.addWidget(self._more)
        QWidget.setTabOrder(self, self._when)
        QWidget.setTabOrder(self._when, self._about)


class PromiseBanner(QFrame):
    """Says whom to call now. `call_wanted(Promise)`."""

    call_wanted = Signal(object)

    def __init__(
        self, watch: PromiseWatch, clock: Callable[[], datetime], zone: tzinfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("promise_banner")
        self._watch, self._clock, self._zone = watch, clock, zone
        self._words = TextLine()
        self._words.setObjectName("promise_banner_words")
        self._others = QLabel()
        self._call = KeyButton("promise_call", _("Call"), CALL_KEY, "phone-outgoing", "go")
        self._call.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._call.clicked.connect(self._press)
        self._picture = Picture("phone-outgoing", "on_warn_soft")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(self._picture)
        row.addWidget(self._words, 1)
        row.addWidget(self._others)
        row.addWidget(self._call)
        watch.changed.connect(self.refresh)
        self._again = QTimer(self, interval=30_000)
        self._again.timeout.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        pressing = self._watch.pressing()
        self.setVisible(bool(pressing))
        if not pressing:
            self._again.stop()
            return
        if not self._again.isActive():
            self._again.start()
        first = pressing[0]
        late = self._watch.standing(first) is Standing.DUE
        theme.mark(self, "banner-danger" if late else "banner-warn")
        self._picture.show_icon("phone-outgoing", "on_danger_soft" if late else "on_warn_soft")
        said = promise_words.pressing(first, self._clock(), self._zone, self._watch.absent_owner(first))
        if self._words.text() != said:
            self._words.setText(said)
            self.setAccessibleName(said)
        more = len(pressing) - 1
        self._others.setText(ngettext("and {n} more", "and {n} more", more).format(n=more) if more else "")
        for label in (self._words, self._others):
            theme.repolish(label)

    def _press(self) -> None:
        pressing = self._watch.pressing()
        if pressing:
            self.call_wanted.emit(pressing[0])


class _Field(LeavingField):
    def __init__(self, name: str, said: str, hint: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(said)
        self.setPlaceholderText(hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # else it goes on to the strip, which would close
