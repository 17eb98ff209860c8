"""Builds the sync process: the store's exchange with the centre, and the keeper that puts calls into the call log."""

import time
from pathlib import Path

from desk import exit_codes
from desk.compose import retention
from desk.compose.clock import new_id, now
from desk.compose.company_file import keep_company_file, used_code
from desk.compose.keys_here import own_keys_of
from desk.compose.mending import mending_workers
from desk.compose.notes import ProcessNotes
from desk.compose.outside import bring_and_tell
from desk.compose.reconcile import worker_of
from desk.compose.sealing import aside_of, keeper_of, keeper_worker, own_key_worker
from desk.compose.seat_register import keep_register
from desk.compose.sending import sender_of
from desk.compose.sign_in import people_of, who_of
from desk.compose.store_care import care_of
from desk.compose.support import sender_of as sender_of_bundles
from desk.compose.updates import keep_up_to_date
from desk.compose.vault import pace_of, uploader_of, vault_of_seat
from desk.link.addresses import token_of
from desk.link.child import ChildLife
from desk.recording.sealing.lost import LostOnTheWay
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.store.call_index import CallIndexer
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.entities import ENTITIES
from desk.store.history import SqlSealedLog
from desk.store.store import Store
from desk.sync.central.access import access_from
from desk.sync.process import SyncProcess

LOGGED = ("call", "recording")


def run(settings: Settings, settings_file: Path | None = None) -> int:
    life = ChildLife("sync", settings.runtime_dir, now)
    life.start()
    notes = ProcessNotes(settings, "sync")

    def beat() -> None:
        life.beat()
        notes.tick(time.monotonic())

    secrets = KeyringSecrets()
    store = Store.open(settings.store_file, secrets)
    access = access_from(settings.central, secrets.get)
    people = people_of(settings, secrets, store, lambda told: process.tell(told))
    process = SyncProcess(
        store,
        access,
        settings.runtime_dir,
        token_of(settings.runtime_dir),
        life.stop_requested,
        beat,
        seat=settings.seat.name,
        who=who_of(people, settings, secrets),
        author_access=people.sitting.access_of if people is not None else lambda _author: None,
        code=used_code(settings_file),
        on_report=notes.send,
    )
    if people is not None:
        process.sign_in_by(people)
    changes = SqlChangeLog(store)
    # The call log's telephone facts are the machine's: the agent of a call stands in its manifest.
    author = SeatAuthor(
        settings.seat.name, lambda: settings.seat.machine, now, new_id, changes.base_seq, changes.newest_unsent
    )
    calls = SqlCallLog(store)
    own = own_keys_of(settings, secrets)

    def sealed() -> None:
        nudge_uploader()

    keeper = keeper_of(
        settings,
        secrets,
        own,
        changes,
        author,
        calls,
        SqlSealedLog(store),
        lambda: process.appended(LOGGED),
        sealed,
        lambda: process.running_calls.any,
    )
    process.add_worker("calls", keeper_worker(keeper, process.recordings))
    process.add_worker("own keys", own_key_worker(own))
    vault = vault_of_seat(settings, secrets)
    pace = pace_of(settings, lambda: process.running_calls.any)
    uploader = uploader_of(
        settings,
        vault,
        keeper.entry_of,
        keeper.vaulted,
        pace,
        lambda state: process.recordings.vault(state.unvaulted, state.trouble, state.detail),
    )
    nudge_uploader = process.add_worker("vault", uploader.work_once, gives_way=True)
    process.add_worker("lost", LostOnTheWay(settings.sealed_dir, vault, keeper, now, pace=pace).work_once)
    retaining = retention.worker_of(settings, secrets, store, process)
    if retaining is not None:
        process.add_worker("retention", retaining.work_once)
    _reconcile(settings, store, process, changes, author, calls)
    for name, work_once in mending_workers(settings, store, lambda entities: process.appended(tuple(entities))):
        process.add_worker(name, work_once)
    process.add_worker("index", CallIndexer(store, waits=lambda: process.catching_up).work_once, gives_way=True)
    sender = sender_of(
        settings, secrets, store, access, lambda: process.state.connected, lambda: process.appended(("message",))
    )
    if sender is not None:
        process.add_worker("messages", sender.work_once)
    bring_and_tell(settings, secrets, store, process, life.stop_requested)
    if (support := sender_of_bundles(settings, lambda: process.running_calls.any)) is not None:
        process.add_worker("support bundles", support.work_once)
    care = care_of(
        settings,
        secrets,
        store,
        process.tell,
        life.stop_requested,
        lambda: process.running_calls.any,
        lambda: process.catching_up,
        lambda: process.state.connected,
        lambda: process.appended(tuple(ENTITIES)),
    )
    for name, work_once in care.workers():
        process.add_worker(name, work_once, gives_way=True)
    register_at_close = keep_register(settings, store, process)
    if settings_file is not None:
        keep_company_file(settings_file, process)
    updates_at_close = keep_up_to_date(settings, store, process, life)
    process.run(on_ready=life.ready)
    updates_at_close(care.again)
    register_at_close()
    care.close()
    store.close()
    notes.close()
    life.close()
    return exit_codes.AGAIN if care.again else exit_codes.OK


def _reconcile(
    settings: Settings,
    store: Store,
    process: SyncProcess,
    changes: SqlChangeLog,
    author: SeatAuthor,
    calls: SqlCallLog,
) -> None:
    """What nobody can read is at fault as soon as it is found."""
    reconciling = worker_of(settings, store, process.recordings)
    nudge = process.add_worker("reconcile", reconciling.work_once)

    def logged() -> None:
        process.appended(LOGGED)
        reconciling.look_now()
        nudge()

    process.add_worker("set aside", aside_of(settings, changes, author, calls, logged).work_once)
