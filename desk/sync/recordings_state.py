"""How the recordings stand, put together from those who know a part of it each: the keeper (what waits to be sealed),
the uploader (what waits for the vault), the reconciliation (what is at fault), retention (why it stands still). One
state goes to the windows whenever it changes; where several things are wrong, the one that is hardest to mend later is
named.

Any thread; `tell` is called on the thread of whoever brought the news."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from desk.domain.troubles import Trouble
from desk.wire import RecordingsState

# What is told where several are true.
_GRAVEST = (
    Trouble.SEAL_KEY_MISSING,
    Trouble.VAULT_REFUSED,
    Trouble.VAULT_AWAY,
    Trouble.SPOOL_AWAY,  # `withheld` tells it beside what is worse
    Trouble.RECORDINGS_FAULTY,
)


class RecordingsBoard:
    """`tell` gets each new state."""

    def __init__(self, tell: Callable[[RecordingsState], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._state = RecordingsState()
        self._wrong: dict[str, tuple[Trouble, str]] = {}
        self._unvaulted: dict[str, int] = {}

    @property
    def state(self) -> RecordingsState:
        return self._state

    def sealing(
        self, unsealed: int, trouble: Trouble | None = None, detail: str = "", withheld: int = 0, *, unvaulted: int = 0
    ) -> None:
        """The keeper's: calls whose recording is not sealed yet, how many of them wait for a folder that is away, and
        those whose spool waits for the vault."""
        self._news("sealing", trouble, detail, unvaulted, unsealed=unsealed, withheld=withheld)

    def vault(self, unvaulted: int, trouble: Trouble | None = None, detail: str = "") -> None:
        """The uploader's: sealed recordings that the vault has not confirmed."""
        self._news("vault", trouble, detail, unvaulted)

    def reconciled(self, faulty: int, detail: str = "") -> None:
        """The reconciliation's: calls of the last days whose recording is at fault."""
        self._news("faulty", Trouble.RECORDINGS_FAULTY if faulty else None, detail, None, faulty=faulty)

    def retention(self, stands: str) -> None:
        """Retention's: why it stands still, "" = it does not. Told beside the rest: nothing is worse for it today, but
        it is at an end with nobody seeing it."""
        with self._lock:
            self._change(retention=stands)

    def _news(self, part: str, trouble: Trouble | None, detail: str, unvaulted: int | None, **counts: int) -> None:
        with self._lock:
            if unvaulted is not None:
                self._unvaulted[part] = unvaulted  # what is lost on the way only the keeper knows of
                counts["unvaulted"] = max(self._unvaulted.values())
            if trouble is None:
                self._wrong.pop(part, None)
            else:
                self._wrong[part] = (trouble, detail)
            named, said = min(self._wrong.values(), key=_grave, default=(None, ""))
            self._change(trouble=named.value if named else "", detail=said, **counts)

    def _change(self, **fields: Any) -> None:
        state = replace(self._state, **fields)
        if state != self._state:
            self._state = state
            self._tell(state)


def _grave(wrong: tuple[Trouble, str]) -> int:
    trouble = wrong[0]
    return _GRAVEST.index(trouble) if trouble in _GRAVEST else -1
