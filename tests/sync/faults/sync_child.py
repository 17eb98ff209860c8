"""A sync process to be killed: the real one, over a store and a centre given on the command line. Says "ready" on its
output when it serves. `python -m tests.sync.faults.sync_child FOLDER PORT DATABASE USER CA_FILE RUNTIME_DIR`."""

import secrets
import sys
import threading
from pathlib import Path

from desk.secrets import FakeSecrets
from desk.store.store import Store
from desk.sync.central.access import CentralAccess
from desk.sync.exchange import batch_size, lane
from desk.sync.process import SyncProcess
from tests.sync.conftest import PASSWORD
from tests.sync.faults.seats import KEY


def main() -> None:
    folder, port, database, user, ca_file, runtime_dir = sys.argv[1:]
    batch_size.PUSH_SIZE = batch_size.PULL_SIZE = 9  # many steps to be killed between
    lane.POLL_S = 0.05
    store = Store.open(Path(folder) / "seat.db", FakeSecrets({"store": KEY}))
    access = CentralAccess("127.0.0.1", int(port), database, user, lambda: PASSWORD, Path(ca_file))
    process = SyncProcess(store, access, Path(runtime_dir), secrets.token_bytes(32), threading.Event(), seat="S01")
    process.run(on_ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
