"""Adds to the sync process what other systems bring and are told: residents from a folder, tickets by the hook."""

import logging
import threading

from desk.compose import residents_folder, tickets_out
from desk.faults import Fault
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.store import Store
from desk.sync.process import SyncProcess

_log = logging.getLogger(__name__)


def bring_and_tell(
    settings: Settings, secrets: Secrets, store: Store, process: SyncProcess, stop: threading.Event
) -> None:
    """Before the process runs. A hook that cannot sign is told in the log and holds up nothing else."""

    def going_on() -> bool:
        return not stop.is_set()

    folder = residents_folder.folder_of(
        settings,
        store,
        lambda: process.catching_up,
        going_on,
        lambda: process.appended(residents_folder.REGISTER),
        process.tell,
    )
    process.add_worker("residents", folder.work_once)
    try:
        hook = tickets_out.hook_of(settings, secrets, store, going_on)
    except Fault as fault:
        _log.error("the ticket hook is not served: %s", fault)
        return
    if hook is not None:
        process.add_worker("ticket hook", hook.work_once)
