"""Builds the sync process: the store's exchange with the centre, and the keeper that puts calls into the call log."""

from functools import partial

from desk.compose.clock import new_id, now
from desk.compose.sealing import keeper_of
from desk.domain.identity import CallId
from desk.domain.seal import AUDIO_SUFFIX, SEAL_SUFFIX
from desk.link.addresses import token_of
from desk.link.child import ChildLife
from desk.recording.sealing.keeper import CallKeeper
from desk.recording.vault.folder_vault import FolderVault
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.store import Store
from desk.sync.central_access import access_from
from desk.sync.process import SyncProcess

LOGGED = ("call", "recording")


def run(settings: Settings) -> int:
    life = ChildLife("sync", settings.runtime_dir, now)
    life.start()
    secrets = KeyringSecrets()
    store = Store.open(settings.store_file, secrets)
    process = SyncProcess(
        store,
        access_from(settings.central, secrets.get),
        settings.runtime_dir,
        token_of(settings.runtime_dir),
        life.stop_requested,
        life.beat,
    )
    changes = SqlChangeLog(store)
    # The call log's telephone facts are the machine's: the agent of a call stands in its manifest.
    author = SeatAuthor(settings.seat.name, lambda: settings.seat.agent, now, new_id, changes.base_seq)
    keeper = keeper_of(settings, secrets, changes, author, SqlCallLog(store), lambda: process.appended(LOGGED))
    process.add_worker("calls", keeper.work_once)
    process.add_worker("vault", partial(_bring_to_folder, settings, keeper))
    process.run(on_ready=life.ready)
    store.close()
    life.close()
    return 0


def _bring_to_folder(settings: Settings, keeper: CallKeeper) -> bool:
    """The vault in its simplest form: the recordings folder."""
    vault = FolderVault(settings.recordings_dir, make=True)
    brought = False
    for seal in sorted(settings.sealed_dir.glob(f"*/*/*/*{SEAL_SUFFIX}")):
        for file in (seal.with_suffix(AUDIO_SUFFIX), seal):
            if file.exists():
                vault.put_new(file.relative_to(settings.sealed_dir).as_posix(), file)
        keeper.vaulted(CallId(seal.stem), now())
        brought = brought or not seal.exists()
    return brought
