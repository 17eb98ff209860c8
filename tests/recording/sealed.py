"""A seat that seals and opens its recordings, with real keys in a keyring that is a dictionary."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.recording.playing.stream import Identities, SealedOpener
from desk.recording.sealing import age
from desk.recording.sealing.chain import Chain, Logged, LoggedTail, Place
from desk.recording.sealing.encode import Codec
from desk.recording.sealing.keys import HotlineKeys, OwnKeys, SealKeys
from desk.recording.sealing.sealer import Sealer
from desk.recording.spool.segments import Where
from desk.recording.vault.folder_vault import FolderVault
from desk.secrets import FakeSecrets

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


class SealingSeat:
    """What a seat needs to seal; `now` may be set. `opened_by` None: the keys in its keyring."""

    def __init__(
        self,
        folder: Path,
        *,
        recipients: tuple[str, ...] = (),
        own_days: int = 0,
        codec: Codec | None = None,
        logged_tail: LoggedTail = lambda _chain: Place(),
        newest_logged: Callable[[str], str] = lambda _seat: "",
        logged_hash: Callable[[str, int], str] = lambda _chain, _place: "",
        seat: str = "S01",
        where: Where | None = None,
    ) -> None:
        self.spool_dir, self.sealed_dir = folder / "spool", folder / "sealed"
        self.where = self.spool_dir if where is None else where
        self.now = NOW
        self.secrets = FakeSecrets()
        self.own = OwnKeys(self.secrets, self.sealed_dir, own_days, lambda: self.now)
        self.hotline = HotlineKeys(self.secrets)
        self.keys = SealKeys(self.secrets, self.sealed_dir, recipients, self.own)
        self.codec, self.logged, self.seat = codec or Codec(), Logged(logged_tail, newest_logged, logged_hash), seat
        self._hex = itertools.count(0xABCD0000)
        self.sealer = self.new_sealer()

    def new_sealer(self) -> Sealer:
        """As after a start: nothing is remembered."""
        chain = Chain(self.sealed_dir, self.seat, self.logged, lambda: f"{next(self._hex):08x}")
        return Sealer(
            self.where, self.sealed_dir, self.seat, self.codec, self.keys.recipients_for, chain, lambda: self.now
        )

    def seal(self, call_id: CallId) -> RecordingEntry:
        return self.sealer.seal(call_id)

    def opener(self, identities: Identities | None = None) -> SealedOpener:
        return SealedOpener(FolderVault(self.sealed_dir), identities or self.hotline.identities)

    def plain(self, entry: RecordingEntry) -> bytes:
        """The audio file inside."""
        with self.opener().open(entry) as stream:  # type: ignore[attr-defined]
            content: bytes = stream.read()
        return content

    def files(self) -> list[str]:
        """Of the sealed recordings, without the folder's own books."""
        found = (file for file in self.sealed_dir.rglob("*") if file.is_file() and file.parent != self.sealed_dir)
        return sorted(file.relative_to(self.sealed_dir).as_posix() for file in found)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


def supervisor() -> tuple[age.Identity, str]:
    """A pair: the private key, and the recipient for the settings."""
    identity = age.new_identity()
    return identity, str(identity.to_public())
