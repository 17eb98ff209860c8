"""Builds what seals recordings and what opens them, for every process and command that does either."""

import secrets as randomness
from collections.abc import Callable, Iterator

from desk.compose.clock import now
from desk.recording.playing.plain import PlainOpener
from desk.recording.playing.stream import SealedOpener
from desk.recording.sealing import age
from desk.recording.sealing.chain import Chain, Place
from desk.recording.sealing.encode import Codec
from desk.recording.sealing.keeper import CallKeeper
from desk.recording.sealing.keys import HotlineKeys, OwnKeys, SealKeys
from desk.recording.sealing.sealer import Sealer
from desk.recording.vault.folder import FolderRecordings
from desk.recording.vault.port import Source
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.usecases.log_call import LogCall
from desk.usecases.ports import ChangeAuthor, ChangeLog


def keeper_of(
    settings: Settings,
    secrets: Secrets,
    changes: ChangeLog,
    author: ChangeAuthor,
    calls: SqlCallLog,
    on_logged: Callable[[], None],
    on_sealed: Callable[[], None] = lambda: None,
) -> CallKeeper:
    """The keeper of the sync process."""
    sealer = Sealer(
        settings.spool_dirs,
        settings.sealed_dir,
        settings.seat.name,
        Codec(settings.recording.codec, settings.recording.bitrate),
        seal_keys_of(settings, secrets).recipients_for,
        Chain(
            settings.sealed_dir,
            settings.seat.name,
            lambda chain: Place(*calls.chain_tail(chain)),
            lambda: randomness.token_hex(4),
        ),
        now,
    )
    return CallKeeper(
        settings.spool_dirs,
        settings.sealed_dir,
        sealer.seal,
        LogCall(changes, author, calls, settings.line.area_code),
        on_logged=on_logged,
        on_sealed=on_sealed,
    )


def seal_keys_of(settings: Settings, secrets: Secrets) -> SealKeys:
    own = own_keys_of(settings, secrets)
    return SealKeys(secrets, settings.sealed_dir, settings.recording.recipients, own)


def own_keys_of(settings: Settings, secrets: Secrets) -> OwnKeys:
    return OwnKeys(secrets, settings.sealed_dir, settings.recording.own_days, now)


def opener_of(settings: Settings, secrets: Secrets, source: Source, agent: Callable[[], str]) -> SealedOpener:
    """With the keys of this keyring: the hotline's where it holds them, else those of whoever sits here."""
    hotline, own = HotlineKeys(secrets), own_keys_of(settings, secrets)

    def identities() -> Iterator[age.Identity]:
        yield from hotline.identities()
        yield from own.identities(agent())

    return SealedOpener(source, identities, PlainOpener(FolderRecordings(settings.recordings_dir)))
