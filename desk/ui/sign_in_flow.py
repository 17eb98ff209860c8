"""Signing in where the centre checks who it is, and the lock: the two pages, the background service that judges, and
the window. One question at a time; an answer to an older one is no answer.

The background service is told who sits here and hears it again when it was restarted; a window that was restarted hears
from it who sat here, and whether it was locked, so that a crash neither opens a lock nor costs anybody their form.

Ui process, Qt's thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desk import wire
from desk.domain.sign_in import Answer, Verdict
from desk.i18n import _
from desk.settings import SeatSettings
from desk.ui.hub import Hub
from desk.ui.lock_watch import IdleMs, LockWatch, idle_of_this_system
from desk.ui.main_window import MainWindow
from desk.ui.sign_in_presenter import changed_refusal, refusal, told_at_entry
from desk.ui.steps import step
from desk.usecases.sign_in import meant

ANSWER_MS = 20_000  # longer than the centre is ever waited for
TELL_TRIES, TELL_AGAIN_MS = 20, 400
_AGAIN = frozenset({Answer.CHANGED, Answer.ASK_AGAIN})
_log = logging.getLogger("desk.ui.sign_in")


@dataclass(frozen=True, kw_only=True)
class SignInParts:
    """`tell(message)`: to the background service; False where it is away. `register()`: work numbers and names, on the
    worker. `idle_ms`: as in `lock_watch`."""

    way: str
    lock_minutes: int
    tell: Callable[[object], bool]
    register: Callable[[], list[tuple[str, str]]]
    idle_ms: IdleMs
    zone: tzinfo


class SignInFlow(QObject):
    """`admitted(number, name)`: let them in; `leaving()`: whoever sits here goes."""

    admitted = Signal(str, str)
    leaving = Signal()

    def __init__(self, hub: Hub, window: MainWindow, parts: SignInParts) -> None:
        super().__init__(window)
        self._hub, self._window, self._parts = hub, window, parts
        self._request = 0
        self._answered: Callable[[Verdict], None] | None = None
        self._locks_after = False  # whom a restarted window finds here was locked
        self._hidden: list[QWidget] = []  # by the lock, of whoever sits here; gone with them
        self._late = QTimer(self, interval=ANSWER_MS, singleShot=True)
        self._late.timeout.connect(self._nothing_came)
        self.watch = LockWatch(hub, parts.lock_minutes, parts.idle_ms, self)
        self.watch.nobody_here.connect(self.lock)
        panels = window.panels
        panels.sign_in.offered.connect(self._sign_in)
        panels.lock.offered.connect(self._unlock)
        panels.lock.other_wanted.connect(self.leaving)
        panels.password.offered.connect(self._change_password)
        window.lock_wanted.connect(self.lock)
        hub.agent_changed.connect(self._tell_who_sits)
        hub.agent_changed.connect(self._hidden.clear)
        hub.lock_changed.connect(self._tell_who_sits)
        hub.seat_told.connect(self._told)

    def refuse(self, words: str) -> None:
        """The register has this person as gone, whatever the centre says."""
        self._parts.tell(wire.SitsHere(""))
        self._window.panels.sign_in.refuse(words)

    def entered(self) -> None:
        """They are in; the window shows their work."""
        if self._locks_after:
            self._locks_after = False
            self.lock()

    # The lock

    def lock(self) -> None:
        agent = self._hub.agent
        if agent is None or self._hub.locked:
            return
        self._hide_others()
        self._window.panels.lock.start(agent.number, agent.name)
        self._hub.lock(on=True)
        self._window.panels.lock.focus_first()
        step("locked")

    def _open_lock(self) -> None:
        self._hub.lock(on=False)
        for window in self._hidden:
            window.show()
        self._hidden.clear()
        self._window.activateWindow()
        step("unlocked")

    def _hide_others(self) -> None:
        """Recordings, lists that hang open: nothing of a resident stays on the screen."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self._window and widget.isVisible():
                if widget.isWindow() and widget.windowType() == widget.windowType().Window:
                    self._hidden.append(widget)
                widget.hide()

    # Asking

    def _sign_in(self, typed: str, password: str) -> None:
        page = self._window.panels.sign_in
        if not typed.strip() or (self._parts.way == "password" and not password):
            page.refuse(
                _("Type your work number and your password.")
                if self._parts.way == "password"
                else _("Type your work number.")
            )
            return
        page.wait(on=True)

        def ask(number: str) -> None:
            self._ask(lambda request: wire.SignIn(request, number, password), self._signed_in)

        def blind(_error: Exception) -> None:
            ask(typed.strip())  # the register cannot be read; a number is a number

        self._hub.worker.run(lambda: meant(typed, self._parts.register), ask, blind, owner=self)

    def _signed_in(self, verdict: Verdict) -> None:
        if verdict.answer is Answer.ADMITTED:
            self.admitted.emit(verdict.number, verdict.name)
            self._window.panels.sign_in.refuse("")
            self._tell_at_entry(verdict)
        else:
            self._window.panels.sign_in.refuse(refusal(verdict))
            self._window.panels.sign_in.focus_first()

    def _unlock(self, password: str) -> None:
        agent = self._hub.agent
        if agent is None:
            return
        self._window.panels.lock.wait()
        number = agent.number
        self._ask(lambda request: wire.SignIn(request, number, password, unlocks=True), self._unlocked)

    def _unlocked(self, verdict: Verdict) -> None:
        agent = self._hub.agent
        if agent is None or verdict.number != agent.number:
            return
        if verdict.answer is Answer.ADMITTED:
            self._open_lock()
            self._tell_at_entry(verdict)
        else:
            self._window.panels.lock.refuse(refusal(verdict))

    def _change_password(self, present: str, new: str) -> None:
        agent = self._hub.agent
        if agent is not None:
            number = agent.number
            self._ask(lambda request: wire.ChangePassword(request, number, present, new), self._changed)

    def _changed(self, verdict: Verdict) -> None:
        if verdict.answer is Answer.ADMITTED:
            self._window.panels.password.leave()
            self._window.panels.trouble_line.tell(_("Your new password counts from now on, at every seat."))
        else:
            self._window.panels.password.refuse(changed_refusal(verdict))

    def _ask(self, message: Callable[[int], object], answered: Callable[[Verdict], None]) -> None:
        self._request += 1
        self._answered = answered
        self._late.start()
        self._send(self._request, message(self._request), TELL_TRIES)

    def _send(self, request: int, message: object, tries: int) -> None:
        """The background service may be starting still: a person is quicker than that, and need not know."""
        if request != self._request or self._answered is None or self._parts.tell(message):
            return
        if tries > 1:
            QTimer.singleShot(TELL_AGAIN_MS, self, lambda: self._send(request, message, tries - 1))
        else:
            self._nothing_came()

    def _nothing_came(self) -> None:
        self._late.stop()
        answered, self._answered = self._answered, None
        agent = self._hub.agent
        if answered is not None:
            _log.warning("the background service does not answer who may sign in")
            answered(Verdict(Answer.SEAT_FAULT, agent.number if agent else ""))

    def _tell_at_entry(self, verdict: Verdict) -> None:
        words = told_at_entry(verdict, self._hub.clock(), self._parts.zone)
        if words:
            self._window.panels.trouble_line.tell(words)

    # What the background service says

    def _told(self, message: object) -> None:
        match message:
            case wire.SignInJudged(request, verdict):
                if request == self._request and self._answered is not None:
                    self._late.stop()
                    answered, self._answered = self._answered, None
                    answered(verdict)
            case wire.Seated():
                self._seated(message)
            case wire.PutOut(number, answer):
                self._put_out(number, answer)
            case _:
                _log.warning("no word of the sign-in: %s", type(message).__name__)

    def _seated(self, told: wire.Seated) -> None:
        if self._hub.agent is not None:
            if told.number != self._hub.agent.number:
                self._tell_who_sits()  # it was restarted
        elif told.number:
            self._locks_after = told.locked
            self.admitted.emit(told.number, told.name)
        elif told.last and not self._window.panels.sign_in.number.text():
            self._window.panels.sign_in.start(told.last)

    def _put_out(self, number: str, answer: Answer) -> None:
        agent = self._hub.agent
        if agent is None or agent.number != number:
            return
        step("put_out", answer=answer.value)
        words = refusal(Verdict(answer, number))
        if answer in _AGAIN:
            self.lock()
            self._window.panels.lock.refuse(words)
        else:
            self.leaving.emit()
            self._window.panels.sign_in.refuse(words)

    def _tell_who_sits(self) -> None:
        agent = self._hub.agent
        self._parts.tell(
            wire.SitsHere(agent.number, agent.name, self._hub.locked) if agent is not None else wire.SitsHere("")
        )


def flow_of(
    hub: Hub,
    window: MainWindow,
    seat: SeatSettings,
    tell: Callable[[object], bool],
    register: Callable[[], list[tuple[str, str]]],
    zone: tzinfo,
) -> SignInFlow | None:
    """None: a work number of the register is enough here."""
    if not hub.is_guarded:
        return None
    app = QApplication.instance()
    platform = app.platformName() if isinstance(app, QApplication) else ""
    parts = SignInParts(
        way=seat.sign_in,
        lock_minutes=seat.lock_minutes,
        tell=tell,
        register=register,
        idle_ms=idle_of_this_system(platform),
        zone=zone,
    )
    return SignInFlow(hub, window, parts)
