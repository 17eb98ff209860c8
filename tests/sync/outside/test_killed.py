"""kill -9 of the process that sends, in the moment in which a gateway has taken a message and nobody has written that
down: everything is sent, and what is sent twice bears the same id."""

import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from desk.domain.messages import Delivery
from desk.secrets import FakeSecrets
from desk.store.change_log import SqlChangeLog
from desk.store.messages import SqlMessages
from desk.store.store import Store
from tests.sync.outside.messages import made, message
from tests.sync.outside.receiver import Got, receiver
from tests.sync.outside.sending_process import KEY

ROOT = Path(__file__).parents[3]
COUNT, KILLED_AT = 6, (1, 3)  # the first, and a later one


def test_a_sender_that_is_killed_loses_nothing_and_repeats_under_the_same_id(tmp_path: Path) -> None:
    file = tmp_path / "seat.db"
    wanted = [message(f"k{number}", made_at=datetime.now(UTC)) for number in range(COUNT)]
    store = Store.open(file, FakeSecrets({"store": KEY}))
    SqlChangeLog(store).append([made(one) for one in wanted])
    running: list[subprocess.Popen[bytes]] = []
    taken: list[str] = []
    lock = threading.Lock()

    def take(got: Got) -> None:
        with lock:
            taken.append(got.headers["idempotency-key"])
            if len(taken) in KILLED_AT:
                running[-1].kill()
                running[-1].wait()

    with receiver(on_post=take) as state:
        for _start in range(len(KILLED_AT) + 1):
            command = [sys.executable, "-m", "tests.sync.outside.sending_process", str(file), state.url]
            running.append(subprocess.Popen(command, cwd=ROOT))
            code = running[-1].wait(60)
            if code == 0:
                break
    assert [process.returncode for process in running] == [-9] * len(KILLED_AT) + [0]
    times = Counter(taken)
    assert set(times) == {one.message_id for one in wanted}
    assert sum(times.values()) == COUNT + len(KILLED_AT)
    states = [SqlMessages(store).get(one.message_id) for one in wanted]
    assert [one.delivery for one in states if one] == [Delivery.SENT] * COUNT
    store.close()
