"""Who may open recordings: the hotline's keys, and the agents' own.

What a seat seals is encrypted to the recipients in its settings, whose private keys live with the supervisors. Where
none are configured the seat stands alone: it makes a key at its first seal and keeps it in its own keyring. Beside them
each recording is wrapped to a day key of the agent who took the call, whose private half is in this seat's keyring and
is destroyed after `own_days`: then that agent cannot open it any more, whatever the clock or the program says.

Keyring entries: "recordings-key" (one private key a line, the first is sealed to), "own-key:<agent>:<yyyy-mm-dd>", and
"own-keys", which of these there are, because no keyring can list its entries. The list stands in `own-keys.json` beside
the sealed recordings as well, and both count: what no list names is never destroyed. No secret, and there, too:
`hotline.pub`, to whom this seat has been sealing, so that a key that vanished is noticed and not replaced in silence.
The sync process's sealing thread, and workers of the ui and the command line."""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from desk.domain.listening import CLOCK_AHEAD
from desk.recording.files import write_new
from desk.recording.sealing import age
from desk.usecases.ports import Clock, KeyMissing, KeyringWeak

log = logging.getLogger(__name__)

HOTLINE_ENTRY = "recordings-key"
OWN_ENTRY = "own-key"
OWN_LIST_ENTRY = "own-keys"
PUBLIC_FILE = "hotline.pub"
OWN_FILE = "own-keys.json"


class KeyKeeper(Protocol):
    """The part of `desk.secrets.Secrets` that keys need. Every call may raise `KeyringWeak`."""

    def get(self, entry: str, /) -> str | None: ...

    def set(self, entry: str, value: str, /) -> None: ...

    def delete(self, entry: str, /) -> None: ...


class HotlineKeys:
    """The private keys in this keyring that open the hotline's recordings; none on most seats."""

    def __init__(self, secrets: KeyKeeper) -> None:
        self._secrets = secrets

    def identities(self) -> list[age.Identity]:
        """The one that is sealed to first. Raises `KeyringWeak`, `KeyNotUsable`."""
        kept = self._secrets.get(HOTLINE_ENTRY) or ""
        return [age.identity_of(line) for line in kept.splitlines() if line.strip()]

    def add(self, identity: age.Identity, *, first: bool = False) -> bool:
        """Keep one more; False where it is there already."""
        found = self.identities()
        if str(identity) in map(str, found):
            return False
        self._write([identity, *found] if first else [*found, identity])
        return True

    def forget(self, recipient: str) -> bool:
        """Drop the one of this recipient; False where there is none."""
        found = self.identities()
        left = [identity for identity in found if str(identity.to_public()) != recipient.strip()]
        if len(left) == len(found):
            return False
        self._write(left)
        return True

    def _write(self, identities: Sequence[age.Identity]) -> None:
        if identities:
            self._secrets.set(HOTLINE_ENTRY, "\n".join(map(str, identities)))
        else:
            self._secrets.delete(HOTLINE_ENTRY)


class SealKeys:
    """To whom this seat seals. `configured`: age recipients from the settings."""

    def __init__(
        self, secrets: KeyKeeper, sealed_dir: Path, configured: Sequence[str], own: "OwnKeys | None" = None
    ) -> None:
        self._hotline = HotlineKeys(secrets)
        self._public_file = sealed_dir / PUBLIC_FILE
        self._configured, self._own = tuple(configured), own

    def recipients_for(self, agent: str, at: datetime) -> list[age.Recipient]:
        """Those of a call that this agent took then. Raises `KeyMissing` where nobody could ever open it,
        `KeyringWeak`, `OSError`."""
        recipients = self.of_hotline()
        try:
            own = self._own.recipient(agent, at) if self._own is not None and agent else None
        except (KeyringWeak, OSError) as error:
            log.warning("a call is sealed without its agent's own key: %s", error)
            own = None
        return [*recipients, own] if own is not None else recipients

    def of_hotline(self) -> list[age.Recipient]:
        """Raises as `recipients_for`."""
        try:
            if self._configured:
                return [age.recipient_of(text) for text in self._configured]
            return [self._alone().to_public()]
        except age.KeyNotUsable as error:
            raise KeyMissing(f"a recipient or key of the recordings cannot be used: {error}") from error

    def _alone(self) -> age.Identity:
        found = self._hotline.identities()
        if found:
            self._note(found[0])
            return found[0]
        if self._public_file.exists():
            raise KeyMissing(
                f"the keyring has no entry {HOTLINE_ENTRY!r} any more; this seat sealed to"
                f" {self._public_file.read_text(encoding='ascii', errors='replace').strip()}"
            )
        made = age.new_identity()
        self._hotline.add(made)
        kept = self._hotline.identities()[0]  # what another process may have been faster to keep
        self._note(kept)
        log.info("this seat has made the recordings' key: %s", kept.to_public())
        return kept

    def _note(self, identity: age.Identity) -> None:
        public = f"{identity.to_public()}\n"
        if not self._public_file.exists() or self._public_file.read_text(encoding="ascii") != public:
            write_new(self._public_file, public)


class OwnKeys:
    """The agents' day keys at this seat. Days are UTC's, of the call. `own_days` 0: there are none."""

    def __init__(self, secrets: KeyKeeper, sealed_dir: Path, own_days: int, clock: Clock) -> None:
        self._secrets, self._own_days, self._clock = secrets, own_days, clock
        self._file = sealed_dir / OWN_FILE
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, date], age.Identity] = {}

    def recipient(self, agent: str, at: datetime) -> age.Recipient | None:
        """To wrap a call of this time to; None where that agent may not hear it. Made when it is first needed. Raises
        `KeyringWeak`, `OSError`."""
        day = at.astimezone(UTC).date()
        if self._is_over(day) or self._is_ahead(day):
            return None
        with self._lock:
            found = self._get(agent, day)
            if found is None:
                self._list([*self._listed(), (agent, day)])  # first: no key without a line that says to destroy it
                found = age.new_identity()
                self._secrets.set(_entry(agent, day), str(found))
            return found.to_public()

    def identities(self, agent: str) -> Iterator[age.Identity]:
        """Those this agent has left here, newest first. Raises `KeyringWeak`."""
        for listed_agent, day in sorted(self._listed(), key=lambda one: one[1], reverse=True):
            if listed_agent == agent and not self._is_over(day) and not self._is_ahead(day):
                found = self._seen.get((agent, day)) or self._get(agent, day)
                if found is not None:
                    self._seen[agent, day] = found
                    yield found

    def destroy_old(self) -> int:
        """Those whose time is over go, for good. Returns how many. Raises `KeyringWeak`, `OSError`."""
        with self._lock:
            listed = self._listed()
            left = self._to_keep(listed)
            for agent, day in set(listed) - set(left):
                self._seen.pop((agent, day), None)
                self._secrets.delete(_entry(agent, day))
            if len(left) != len(listed):
                self._list(left)
            return len(listed) - len(left)

    def listed(self) -> list[tuple[str, date]]:
        """Agent and day of each key there is. Raises `KeyringWeak`."""
        return self._listed()

    def _to_keep(self, listed: Sequence[tuple[str, date]]) -> list[tuple[str, date]]:
        """A key from the time when the clock was ahead goes with the first that was made after it and is over: its own
        day tells nothing. Not at once, because it may be the clock of today that is wrong."""
        last_over = max((n for n, (_agent, day) in enumerate(listed) if self._is_over(day)), default=-1)
        return [
            (agent, day)
            for n, (agent, day) in enumerate(listed)
            if not self._is_over(day) and not (n < last_over and self._is_ahead(day))
        ]

    def _is_ahead(self, day: date) -> bool:
        return day > (self._clock().astimezone(UTC) + CLOCK_AHEAD).date()

    def _is_over(self, day: date) -> bool:
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1 + self._own_days)
        return self._own_days <= 0 or self._clock() > end

    def _get(self, agent: str, day: date) -> age.Identity | None:
        kept = self._secrets.get(_entry(agent, day))
        try:
            return age.identity_of(kept) if kept else None
        except age.KeyNotUsable:
            log.error("the keyring's entry %s is no key", _entry(agent, day))  # noqa: TRY400 - no fault of ours
            return None

    def _listed(self) -> list[tuple[str, date]]:
        """In the order in which they were made."""
        kept = self._secrets.get(OWN_LIST_ENTRY)
        try:
            beside = self._file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            beside = None
        return list(dict.fromkeys([*_read_list(kept), *_read_list(beside)]))

    def _list(self, keys: Sequence[tuple[str, date]]) -> None:
        content = json.dumps([[agent, day.isoformat()] for agent, day in dict.fromkeys(keys)])
        write_new(self._file, content)
        try:
            self._secrets.set(OWN_LIST_ENTRY, content)
        except KeyringWeak as error:  # some keyrings take no long entries; the file counts as well
            log.warning("the keyring does not take the list of day keys: %s", error)


def _read_list(untrusted_text: str | None) -> list[tuple[str, date]]:
    try:
        return [(str(agent), date.fromisoformat(day)) for agent, day in json.loads(untrusted_text or "[]")]
    except (ValueError, TypeError, RecursionError) as error:
        log.error("a list of day keys is damaged: %s", error)  # noqa: TRY400 - no fault of ours
        return []


def _entry(agent: str, day: date) -> str:
    return f"{OWN_ENTRY}:{agent}:{day.isoformat()}"
