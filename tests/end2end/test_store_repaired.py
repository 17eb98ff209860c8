"""A damaged store is repaired by the seat itself, with the real processes and the real keyring: before its window
opens, or, found while people work, by starting window and sync anew beside a phone that goes on."""

import pytest

from desk.demo.processes import wait_until
from desk.demo.seat import Seat
from desk.store import damage
from desk.store.second_place import files_in
from tests.end2end import kept
from tests.end2end.ground import START_S, STEP_S, Ground, Post, running
from tests.store.spoiling import pages_of, spoil

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


def rows(seat: Seat) -> list[tuple[object, ...]]:
    """The register, as the window shows it."""
    with kept.store(seat) as store, store.read() as connection:
        query = "SELECT person_id, name FROM person ORDER BY 1"
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_damage_found_at_work_is_repaired_from_the_second_copy_beside_the_running_phone(ground: Ground) -> None:
    with ground.seat() as seat:
        post = Post(ground, seat).start()
        before = rows(seat)
        assert before
        second = seat.data_dir / "unsent"
        wait_until("the second copy", lambda: bool(files_in(second)), START_S)
        phone = running(seat, "phone")
        assert phone is not None
        post.note()
        spoil(seat.data_dir / "seat.db", *range(2, pages_of(seat.data_dir / "seat.db")))
        damage.note(seat.data_dir / "seat.db", damage.Damage("as the daily check would have found it"))
        post.after("coming_again", timeout_s=START_S)
        post.after("fault_told", fault="StoreDamaged", timeout_s=START_S)
        post.after("window_ready", timeout_s=START_S)
        post.after("signed_in")
        again = running(seat, "phone")
        assert again is not None
        assert again.pid == phone.pid
        wait_until("sync runs", lambda: running(seat, "sync") is not None, STEP_S)
        assert damage.noted(seat.data_dir / "seat.db") is None
        assert rows(seat) == before
        assert len(list((seat.data_dir / "set-aside").iterdir())) == 1


def test_store_whose_key_is_lost_is_given_up_only_when_somebody_says_so_twice(ground: Ground) -> None:
    with ground.seat() as seat:
        post = Post(ground, seat)
        kept.lose_secret(seat, kept.STORE_KEY)
        old = (seat.data_dir / "seat.db").read_bytes()
        post.note()
        post.seat.start()
        post.after("fault_told", fault="KeyMissing", timeout_s=START_S)
        post.in_front()
        post.press("F8")
        assert (seat.data_dir / "seat.db").read_bytes() == old
        post.note()
        post.press("F8")
        post.after("window_ready", timeout_s=START_S)
        (aside,) = (seat.data_dir / "set-aside").glob("*/seat.db")
        assert aside.read_bytes() == old
