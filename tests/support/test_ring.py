"""The ring: bounded, whole records only, there after a kill, and for whoever reads beside the writer."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.support import ring
from desk.support.ring import Ring

ROOM = 400
records = st.lists(st.binary(max_size=120), max_size=60)


@given(records, st.integers(20, 300))
def test_what_is_kept_is_the_end_of_what_was_written_and_as_much_as_fits(written: list[bytes], room: int) -> None:
    kept_by = Ring(None, room)
    for one in written:
        kept_by.append(one)
    fitting = [one for one in written if len(one) + 8 <= room]
    kept = kept_by.records()
    assert kept == fitting[len(fitting) - len(kept) :]
    if len(kept) < len(fitting):
        assert sum(len(one) + 8 for one in kept) + len(fitting[-len(kept) - 1]) + 8 > room


def test_the_file_never_grows_and_is_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "run" / "phone.ring"
    kept_by = Ring(file, ROOM)
    size = file.stat().st_size
    for number in range(1000):
        kept_by.append(b"%d" % number * 7)
    assert file.stat().st_size == size < ROOM + 100
    if os.name != "nt":
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_next_process_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    file = tmp_path / "sync.ring"
    first = Ring(file, ROOM)
    first.append(b"before")
    first.close()
    second = Ring(file, ROOM)
    second.append(b"after")
    assert ring.read(file) == second.records() == [b"before", b"after"]


def test_after_close_nothing_is_written_and_nothing_fails(tmp_path: Path) -> None:
    kept_by = Ring(tmp_path / "ui.ring", ROOM)
    kept_by.append(b"one")
    kept_by.close()
    kept_by.append(b"two")
    assert kept_by.records() == []
    assert ring.read(tmp_path / "ui.ring") == [b"one"]


def _write_until_killed(file: Path, begun: "multiprocessing.synchronize.Event") -> None:
    kept_by = Ring(file, ROOM)
    number = 0
    while True:
        kept_by.append(b"%08d" % number * (1 + number % 9))
        number += 1
        if number == 2000:
            begun.set()


def test_a_process_that_is_killed_leaves_whole_records_in_order(tmp_path: Path) -> None:
    file = tmp_path / "phone.ring"
    spawn = multiprocessing.get_context("spawn")
    begun = spawn.Event()
    child = spawn.Process(target=_write_until_killed, args=(file, begun))
    child.start()
    try:
        assert begun.wait(60)
        while_it_writes = [ring.read(file) for _turn in range(200)]
        os.kill(child.pid or 0, signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    finally:
        child.join(30)
    left = ring.read(file)
    assert left
    for kept in (left, *while_it_writes):
        numbers = [int(one[:8]) for one in kept]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
        assert all(one == b"%08d" % number * (1 + number % 9) for number, one in zip(numbers, kept, strict=True))
    Ring(file, ROOM).append(b"on it goes")
    assert ring.read(file)[-1] == b"on it goes"


@pytest.mark.parametrize(
    "left", [b"", b"deskring1", b"x" * 432, b"deskring1" + bytes(7) + b"\xff" * 416, b"deskring1" + bytes(423)]
)
def test_what_is_no_ring_is_read_as_nothing_and_begun_anew(left: bytes, tmp_path: Path) -> None:
    file = tmp_path / "phone.ring"
    file.write_bytes(left)
    assert ring.read(file) == []
    kept_by = Ring(file, ROOM)
    kept_by.append(b"new")
    assert ring.read(file) == [b"new"]


@given(noise=st.binary(min_size=432, max_size=432))
def test_no_bytes_in_the_file_break_reader_or_writer(noise: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("noise") / "phone.ring"
    file.write_bytes(b"deskring1" + bytes(7) + noise[16:24].replace(noise[17:24], bytes(7)) + noise[24:])
    ring.read(file)
    kept_by = Ring(file, ROOM)
    for _turn in range(20):
        kept_by.append(b"record")
    assert kept_by.records()[-1] == b"record"


def test_where_no_file_can_be_had_it_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_bytes(b"")
    kept_by = Ring(tmp_path / "in-the-way" / "phone.ring", ROOM)
    kept_by.append(b"one")
    assert kept_by.records() == [b"one"]


def test_threads_may_write_at_once(tmp_path: Path) -> None:
    kept_by = Ring(tmp_path / "ui.ring", 100_000)

    def write(number: int) -> None:
        for _turn in range(500):
            kept_by.append(b"%d" % number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept_by.records()) == sorted(b"%d" % n for n in range(4) for _turn in range(500))
