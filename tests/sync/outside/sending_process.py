"""A process that sends what waits in a seat store by a webhook, until nothing is left. For tests that kill it.

python -m tests.sync.outside.sending_process STORE URL"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from desk.secrets import FakeSecrets
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.store import Store
from desk.sync.outside.claims import AloneClaims
from desk.sync.outside.sender import Sender, SenderParts
from desk.sync.outside.webhook import Webhook

KEY = "5a" * 32


def _now() -> datetime:
    return datetime.now(UTC)


def _id() -> str:
    import uuid6

    return str(uuid6.uuid7())


def main(store_file: str, url: str) -> None:
    store = Store.open(Path(store_file), FakeSecrets({"store": KEY}))
    log, messages = SqlChangeLog(store), SqlMessages(store)
    sender = Sender(
        SenderParts(
            messages=messages,
            log=log,
            author=SeatAuthor("S01", lambda: "S01", _now, _id, log.base_seq),
            channels={"sms": Webhook("sms", url, lambda: "secret", _now)},
            quiet={},
            claims=AloneClaims(),
            seat="S01",
            clock=_now,
            connected=lambda: False,
            on_changed=lambda: None,
        )
    )
    while messages.waiting("sms", _now(), 1):
        if not sender.work_once():
            time.sleep(0.02)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
