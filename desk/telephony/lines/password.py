"""The line's password, asked for on a thread of its own: a keyring that is locked shows a prompt and waits for a
person, and the phone's main thread waits for nobody."""

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

WAITS_S = 30.0  # an unlocked keyring answers in milliseconds

AskKeyring = Callable[[], str | None]


class PasswordReader:
    """Used from one thread. `known` is the last password read, None while there is none."""

    def __init__(self, ask_keyring: AskKeyring, again_s: float) -> None:
        self._ask_keyring, self._again_s = ask_keyring, again_s
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._asking = False
        self._due_at = self._asked_at = 0.0
        self.known: str | None = None
        self.answered = False  # whether the keyring has been heard at all

    def look(self, now_s: float, wanted: bool) -> bool:
        """Read again every `again_s` while `wanted`; True when a password has come that was not known."""
        changed = False
        if self._asking and not self._answers.empty():
            password = self._answers.get()
            self._asking, self.answered = False, True
            self._due_at = now_s + self._again_s
            changed = password is not None and password != self.known
            self.known = password if password is not None else self.known
        if wanted and not self._asking and now_s >= self._due_at:
            self._asking, self._asked_at = True, now_s
            threading.Thread(target=self._read, name="keyring", daemon=True).start()
        return changed

    def waits(self, now_s: float) -> bool:
        """Whether it has been asked for so long that somebody had better know: it is locked, and shows its prompt."""
        return self._asking and now_s - self._asked_at >= WAITS_S

    def _read(self) -> None:
        try:
            self._answers.put(self._ask_keyring())
        except Exception as error:  # noqa: BLE001 - every keyring has errors of its own; the line says what is missing
            _log.warning("the keyring gave no password: %s", type(error).__name__)
            self._answers.put(None)
