"""The page of a locked window, and the page on which the own password is changed. The lock keeps whoever passes by from
reading and writing; the call bar above it goes on: a call can be answered, muted, held and hung up, and shows nobody's
name. Ui process, Qt's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.sign_in import SecretField, SignInBox


class LockPage(QWidget):
    """`offered(password)`: whoever sits here is back ("" where a ticket says who it is). `other_wanted()`: somebody
    else wants to sign in here."""

    offered = Signal(str)
    other_wanted = Signal()

    def __init__(self, way: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lock_page")
        self._way = way
        says = _("Calls still ring: answer with F2, hang up with F3. What was typed is kept.")
        self._box = SignInBox(self, "lock", "lock-simple", _("Locked"), says)
        self.password = SecretField("lock_password", _("Password"))
        if way == "password":
            self._box.add_field(_("Password"), self.password)
        else:
            self.password.setParent(self)
            self.password.hide()
        self.other = KeyButton("lock_other", _("Somebody else"), "Ctrl+Shift+S", "users", "quiet")
        self._go = KeyButton("unlock", _("Unlock"), "Return", "lock-simple-open", "primary", listens=way != "password")
        self._go.clicked.connect(self._ask)
        self.other.clicked.connect(self.other_wanted)
        self._box.finish(self.other, self._go)
        self.password.returnPressed.connect(self._ask)
        self.password.textEdited.connect(lambda _text: self.refuse(""))

    def start(self, number: str, name: str) -> None:
        """Show it afresh for whoever sits here."""
        self.refuse("")
        self.password.clear()
        self._box.title.setText(_("Locked: {agent}").format(agent=f"{number} {name}".strip()))
        self.focus_first()

    def focus_first(self) -> None:
        (self.password if self._way == "password" else self._go).setFocus()

    def refuse(self, words: str) -> None:
        self._go.setEnabled(True)
        self._box.say(words, self.password)

    def wait(self) -> None:
        self._go.setEnabled(False)
        self._box.say(_("One moment …"), self.password, role="muted")

    def _ask(self) -> None:
        if self._go.isEnabled() and (self._way != "password" or self.password.text()):
            self.offered.emit(self.password.take())


class PasswordPage(QWidget):
    """A new password for whoever sits here. `offered(present, new)`; `left()`: not now, or done."""

    offered = Signal(str, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("password_page")
        says = _("At least 8 characters, without your work number. It counts for every seat from then on.")
        self._box = SignInBox(self, "new_password", "key", _("New password"), says)
        self.present = SecretField("present_password", _("Present password"))
        self.new = SecretField("new_password", _("New password"))
        self.again = SecretField("new_password_again", _("New password, once more"))
        for field in (self.present, self.new, self.again):
            self._box.add_field(field.accessibleName(), field)
            field.textEdited.connect(lambda _text: self.refuse(""))
        self._leave = KeyButton("password_leave", _("Not now"), "Esc", "arrow-u-up-left", "quiet")
        self._go = KeyButton("password_go", _("Change"), "Return", "check", "primary", listens=False)
        self._go.clicked.connect(self._ask)
        self._leave.clicked.connect(self.leave)
        self._box.finish(self._leave, self._go)
        self.present.returnPressed.connect(self.new.setFocus)
        self.new.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._ask)

    def start(self) -> None:
        self.empty()
        self.refuse("")
        self.present.setFocus()

    def leave(self) -> None:
        self.empty()
        self.left.emit()

    def empty(self) -> None:
        for field in (self.present, self.new, self.again):
            field.clear()

    def refuse(self, words: str) -> None:
        self._go.setEnabled(True)
        self._box.say(words, self.present, self.new, self.again)

    def _ask(self) -> None:
        if not self._go.isEnabled():
            return
        if self.new.text() != self.again.text():
            self.again.clear()
            self.refuse(_("The two new passwords differ: type it once more."))
            self.again.setFocus()
            return
        self._go.setEnabled(False)
        present, new = self.present.take(), self.new.take()
        self.again.clear()
        self.offered.emit(present, new)
