import contextlib
import multiprocessing
import os
import subprocess
import threading
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection as PipeEnd
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import CallId, TicketId
from desk.secrets import FakeSecrets
from desk.store import schema
from desk.store.calls import SqlCallLog
from desk.store.change_log import SqlChangeLog
from desk.store.meta import keep_value
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.usecases.ports import KeyMissing, StoreBroken, StoreFull, StoreNewer
from tests.making import call, change, ticket


def test_nothing_in_the_file_can_be_read_without_the_key(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    log.append([ticket("t1", description="elderly resident, do not tell anybody")])
    store.checkpoint()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b"elderly" not in content
        assert b"SQLite format" not in content


def test_a_store_survives_being_closed(open_store: Callable[[], Store]) -> None:
    first = open_store()
    SqlChangeLog(first).append([ticket("t1")])
    first.close()
    found = SqlTickets(open_store()).get(TicketId("t1"))
    assert found is not None
    assert found.description == "厨房漏水"


def test_a_failure_tells_no_log_what_was_to_be_written(store: Store) -> None:
    given = {"name": "王小明", "room": "5-2-203"}
    with pytest.raises(OperationalError) as failed, store.write() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:name, :room)"), given)
    told = "".join(traceback.format_exception(failed.value))
    assert "nowhere" in told
    assert not any(value in told for value in given.values())


def test_a_store_whose_key_is_gone_is_not_opened_and_not_replaced(
    open_store: Callable[[], Store], secrets: FakeSecrets, tmp_path: Path
) -> None:
    open_store().close()
    before = (tmp_path / "seat.db").read_bytes()
    secrets.delete("store")
    with pytest.raises(KeyMissing):
        open_store()
    assert (tmp_path / "seat.db").read_bytes() == before
    assert secrets.get("store") is None


def test_a_wrong_key_is_a_broken_store(open_store: Callable[[], Store], secrets: FakeSecrets) -> None:
    open_store().close()
    secrets.set("store", "0" * 64)
    with pytest.raises(StoreBroken):
        open_store()


def test_a_key_that_is_none_is_a_broken_store(open_store: Callable[[], Store], secrets: FakeSecrets) -> None:
    secrets.set("store", "'; DROP TABLE change")
    with pytest.raises(StoreBroken):
        open_store()


def test_no_store_is_made_with_a_key_that_the_keyring_does_not_give_back(tmp_path: Path) -> None:
    class Forgetful(FakeSecrets):
        def set(self, entry: str, value: str) -> None:
            """As a keyring that is full, or asks and is answered with no."""

    with pytest.raises(KeyMissing, match="give it back"):
        Store.open(tmp_path / "seat.db", Forgetful())
    assert not (tmp_path / "seat.db").exists()


def test_a_damaged_file_is_a_broken_store(open_store: Callable[[], Store], tmp_path: Path) -> None:
    open_store().close()
    (tmp_path / "seat.db").write_bytes(os.urandom(64_000))
    with pytest.raises(StoreBroken):
        open_store()


def test_a_folder_that_cannot_be_made_is_a_broken_store(tmp_path: Path, secrets: FakeSecrets) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreBroken):
        Store.open(tmp_path / "file" / "seat.db", secrets)


def test_a_store_of_a_newer_program_is_left_alone(open_store: Callable[[], Store]) -> None:
    with open_store().write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
        keep_value(connection, "goes_on_from", str(len(schema.STEPS) + 1))
    with pytest.raises(StoreNewer, match="newer"):
        open_store()


def test_a_store_from_before_a_step_is_brought_up_to_date(
    open_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    SqlChangeLog(open_store()).append([ticket("t1")])

    def second(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE ticket ADD COLUMN satisfaction INTEGER")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, second))
    store = open_store()
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT satisfaction FROM ticket").scalar_one() is None
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == len(schema.STEPS)


def test_a_store_from_before_recordings_were_sealed_gets_the_index_of_their_chains(
    open_store: Callable[[], Store],
) -> None:
    second = open_store()
    with second.write() as connection:
        connection.exec_driver_sql("DROP INDEX recording_by_chain_chain_place")
        connection.exec_driver_sql("PRAGMA user_version = 2")
    second.close()
    with open_store().read() as connection:
        names = (
            connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE tbl_name = 'recording'").scalars().all()
        )
    assert "recording_by_chain_chain_place" in names


def test_a_store_from_before_gets_the_index_of_what_was_promised_in_a_call(open_store: Callable[[], Store]) -> None:
    before = open_store()
    with before.write() as connection:
        connection.exec_driver_sql("DROP INDEX promise_by_call_id")
        connection.exec_driver_sql("PRAGMA user_version = 6")
    before.close()
    with open_store().read() as connection:
        plan = str(connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT * FROM promise WHERE call_id = 'c'").all())
    assert "promise_by_call_id" in plan


def test_a_store_of_the_first_version_learns_how_calls_were_heard(open_store: Callable[[], Store]) -> None:
    first = open_store()
    log = SqlChangeLog(first)
    log.append([call("c1"), call("c2"), change("call", "c2", {"mos_worst_x100": 212, "diagnosis": "network_loss"})])
    heard = ("transferred_to", "codec", "mos_mean_x100", "mos_worst_x100", "mos_worst_at", "loss_permille")
    with first.write() as connection:  # as the first version made it: what a newer seat told is in the log alone
        for column in (*heard, "jitter_ms", "round_trip_ms", "diagnosis"):
            connection.exec_driver_sql(f"ALTER TABLE call DROP COLUMN {column}")
        connection.exec_driver_sql("PRAGMA user_version = 1")
    first.close()
    calls = SqlCallLog(open_store())
    old, newer = calls.get(CallId("c1")), calls.get(CallId("c2"))
    assert old is not None
    assert newer is not None
    assert (old.mos_worst, old.diagnosis, old.number) == (None, None, "13800138000")
    assert (newer.mos_worst, newer.diagnosis) == (2.12, Diagnosis.NETWORK_LOSS)


def test_a_step_that_fails_leaves_the_store_as_it_was(
    open_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    SqlChangeLog(open_store()).append([ticket("t1")])
    steps = schema.STEPS

    def failing(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE ticket")
        raise RuntimeError("power cut")

    monkeypatch.setattr(schema, "STEPS", (*steps, failing))
    with pytest.raises(RuntimeError, match="power cut"):
        open_store()
    monkeypatch.setattr(schema, "STEPS", steps)
    assert SqlTickets(open_store()).get(TicketId("t1")) is not None


def test_a_full_disk_changes_nothing_and_is_told(store: Store, log: SqlChangeLog) -> None:
    log.append([ticket("t1")])
    with store.read() as connection:  # the limit is the connection's: newest first, so the writer gets this one
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull):
        log.append([ticket(f"u{number}", description="x" * 5_000) for number in range(50)])
    assert [found.ticket_id for found in SqlTickets(store).recent(100)] == ["t1"]
    with store.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    log.append([ticket("t2", 1)])
    assert [found.ticket_id for found in SqlTickets(store).recent(100)] == ["t2", "t1"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "desk-test", folder], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip("only root can mount a small disk; the page limit stands in for it")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_really_full_changes_nothing_and_is_told(small_disk: Path, secrets: FakeSecrets) -> None:
    store = Store.open(small_disk / "seat.db", secrets)
    log = SqlChangeLog(store)
    log.append([ticket("t1")])
    with pytest.raises(StoreFull):
        log.append([ticket(f"u{number}", description="x" * 5_000) for number in range(1_000)])
    assert [found.ticket_id for found in SqlTickets(store).recent(100)] == ["t1"]
    store.close()


def test_threads_write_at_once_and_nothing_is_lost(store: Store, log: SqlChangeLog) -> None:
    def write(lane: int) -> None:
        for number in range(20):
            log.append([ticket(f"{lane}-{number}")])

    threads = [threading.Thread(target=write, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(SqlTickets(store).recent(1_000)) == 80


def _write_until_killed(file: Path, key: str, said: PipeEnd) -> None:
    log = SqlChangeLog(Store.open(file, FakeSecrets({"store": key})))
    for number in range(100_000):
        log.append([ticket(f"k{number}"), change("ticket", f"k{number}", {"description": "second half"})])
        said.send(number)


def test_a_process_killed_while_writing_leaves_whole_transactions(
    store: Store, secrets: FakeSecrets, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("spawn")
    heard, said = context.Pipe(duplex=False)
    child = context.Process(target=_write_until_killed, args=(tmp_path / "seat.db", secrets.get("store"), said))
    child.start()
    said.close()
    promised = 0
    while promised < 25:
        promised = heard.recv() + 1
    child.kill()
    child.join()
    with contextlib.suppress(EOFError):
        while True:
            promised = heard.recv() + 1
    found = SqlTickets(store).recent(100_000)
    assert promised <= len(found) <= promised + 1
    assert {ticket.description for ticket in found} == {"second half"}
