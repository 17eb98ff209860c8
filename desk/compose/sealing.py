"""Builds what seals recordings and what opens them, for every process and command that does either."""

import logging
import secrets as randomness
import time
from collections.abc import Callable, Iterator

from desk.compose.clock import now
from desk.compose.keys_here import own_keys_of
from desk.domain.troubles import Trouble
from desk.recording.playing.plain import PlainOpener
from desk.recording.playing.stream import SealedOpener
from desk.recording.sealing import age
from desk.recording.sealing.aside import SetAside
from desk.recording.sealing.chain import Chain, Logged, Place
from desk.recording.sealing.encode import Codec
from desk.recording.sealing.keeper import CallKeeper
from desk.recording.sealing.keys import HotlineKeys, OwnKeys, SealKeys
from desk.recording.sealing.sealer import Sealer
from desk.recording.spool.space import MB, free_bytes
from desk.recording.vault.folder import FolderRecordings
from desk.recording.vault.port import Source
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.history import SqlSealedLog
from desk.sync.recordings_state import RecordingsBoard
from desk.usecases.log_call import LogCall
from desk.usecases.ports import ChangeAuthor, ChangeLog, KeyringWeak

log = logging.getLogger(__name__)

OWN_KEYS_EVERY_S = 600.0


def keeper_of(
    settings: Settings,
    secrets: Secrets,
    own: OwnKeys,
    changes: ChangeLog,
    author: ChangeAuthor,
    calls: SqlCallLog,
    sealed_log: SqlSealedLog,
    on_logged: Callable[[], None],
    on_sealed: Callable[[], None] = lambda: None,
    in_call: Callable[[], bool] = lambda: False,
) -> CallKeeper:
    """The keeper of the sync process. `own`: the process's only ones, because they keep a list. `in_call`: one runs at
    this seat."""
    sealer = Sealer(
        settings.spool_dirs,
        settings.sealed_dir,
        settings.seat.name,
        Codec(settings.recording.codec, settings.recording.bitrate),
        seal_keys_of(settings, secrets, own).recipients_for,
        Chain(
            settings.sealed_dir,
            settings.seat.name,
            Logged(lambda chain: Place(*calls.chain_tail(chain)), calls.newest_chain, sealed_log.hash_at),
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
        room=lambda: not in_call() or has_room(settings),
        seat=settings.seat.name,
    )


def has_room(settings: Settings) -> bool:
    """Whether sealing leaves enough of the disk: what is free below the warning is the running call's."""
    free = free_bytes(settings.sealed_dir)
    return free is None or free >= settings.recording.warn_free_mb * MB


def aside_of(
    settings: Settings, changes: ChangeLog, author: ChangeAuthor, calls: SqlCallLog, on_logged: Callable[[], None]
) -> SetAside:
    """What puts the calls that nobody can read into the call log."""
    log_call = LogCall(changes, author, calls, settings.line.area_code)
    return SetAside(settings.spool_dirs, settings.seat.name, log_call, on_logged)


def seal_keys_of(settings: Settings, secrets: Secrets, own: OwnKeys | None = None) -> SealKeys:
    return SealKeys(secrets, settings.sealed_dir, settings.recording.recipients, own)


def opener_of(settings: Settings, secrets: Secrets, source: Source, agent: Callable[[], str]) -> SealedOpener:
    """With the keys of this keyring: the hotline's where it holds them, else those of whoever sits here."""
    hotline, own = HotlineKeys(secrets), own_keys_of(settings, secrets)

    def identities() -> Iterator[age.Identity]:
        yield from hotline.identities()
        yield from own.identities(agent())

    return SealedOpener(source, identities, PlainOpener(FolderRecordings(settings.recordings_dir)))


def keeper_worker(keeper: CallKeeper, board: RecordingsBoard) -> Callable[[], bool]:
    """The keeper's work for the sync process, which tells the windows how it stands after each piece."""

    def work_once() -> bool:
        did_some = keeper.work_once()
        keeping = keeper.keeping
        missing = Trouble.SEAL_KEY_MISSING if keeping.key_trouble else None
        trouble = missing or (Trouble.SPOOL_AWAY if keeping.withheld else None)
        board.sealing(keeping.unsealed, trouble, keeping.key_trouble, keeping.withheld, unvaulted=keeping.unvaulted)
        return did_some

    return work_once


def own_key_worker(own: OwnKeys, monotonic: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    """Destroys the agents' day keys whose time is over: at the start, and every so often."""
    due_s = 0.0

    def work_once() -> bool:
        nonlocal due_s
        if monotonic() < due_s:
            return False
        due_s = monotonic() + OWN_KEYS_EVERY_S
        try:
            destroyed = own.destroy_old()
        except (KeyringWeak, OSError) as error:
            log.warning("the agents' old keys cannot be destroyed now: %s", error)
            return False
        if destroyed:
            log.info("%d of the agents' day keys were destroyed: their time is over", destroyed)
        return False

    return work_once
