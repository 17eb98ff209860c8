"""The keys of this seat's keyring, and which recordings they may open. Apart from what seals and opens, because it
loads neither PyAV nor the vault's client: a search waits for it."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date

from desk.compose.clock import now
from desk.domain.call_log import CallEntry
from desk.recording.sealing import age
from desk.recording.sealing.keys import HotlineKeys, OwnKeys
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.usecases.ports import KeyringWeak

KEPT_S = 30.0  # a keyring takes some milliseconds to ask


def own_keys_of(settings: Settings, secrets: Secrets) -> OwnKeys:
    """Kept for as long as an agent may have to hear an own call, see `desk.domain.listening.may_hear`."""
    own_days = settings.recording.own_days
    return OwnKeys(secrets, settings.sealed_dir, own_days + settings.score.answer_days if own_days else 0, now)


class KeysHere:
    """Which calls' recordings this keyring may have a key for: any, where it holds one of the hotline's; else those
    that this seat sealed to whoever sits here and whose day key is left. Workers' threads."""

    def __init__(
        self,
        settings: Settings,
        agent: Callable[[], str],
        secrets: Callable[[], Secrets] = KeyringSecrets,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._agent, self._secrets, self._monotonic = settings, agent, secrets, monotonic
        self._lock = threading.Lock()
        self._known: frozenset[tuple[str, date]] | None = None  # None: any
        self._until_s = float("-inf")

    def may_open(self, call: CallEntry) -> bool:
        """False: surely not. A keyring that cannot be asked says nothing."""
        with self._lock:
            if self._monotonic() >= self._until_s:
                self._known, self._until_s = self._look(), self._monotonic() + KEPT_S
            known = self._known
        if known is None:
            return True
        day = call.offered_at.astimezone(UTC).date()
        return call.seat == self._settings.seat.name and call.agent == self._agent() and (call.agent, day) in known

    def _look(self) -> frozenset[tuple[str, date]] | None:
        try:
            secrets = self._secrets()
            if HotlineKeys(secrets).identities():
                return None
            return frozenset(own_keys_of(self._settings, secrets).listed())
        except (KeyringWeak, age.KeyNotUsable, OSError):
            return None
