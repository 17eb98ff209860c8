"""The second copy of unsent work: what is in it, when it comes and when it goes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest

from desk.domain.drafts import Draft, Intake
from desk.store.change_log import SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.outbox import SqlOutbox
from desk.store.second_place import EVERY_S, MANY_SMALL, SecondPlace, files_in, unknown_in
from desk.store.store import Store
from desk.store.unsent_export import Head, NotAnExport, drafts_of, read, take_in, unsent_of, write
from tests.making import START, ticket

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def plainly(source: IO[bytes], target: IO[bytes]) -> None:
    target.write(source.read())


class Place:
    """A second place with a clock of the test's."""

    def __init__(self, store: Store, folder: Path, *, sends: bool = True) -> None:
        self.now_s = 0.0
        self.folder = folder
        self.place = SecondPlace(store, folder, "S01", plainly, lambda: NOW, lambda: sends, lambda: self.now_s)

    def look(self) -> None:
        self.now_s += EVERY_S
        while self.place.work_once():
            pass

    def kept(self) -> list[str]:
        """The ids of tickets in it."""
        found = []
        for file in files_in(self.folder):
            with file.open("rb") as handle:
                found += [part.entity_id for part in read(handle) if not isinstance(part, Head | Draft)]
        return sorted(found)


def take(store: Store, first_seq: int = 1) -> None:
    """The centre takes all there is."""
    outbox = SqlOutbox(store)
    outbox.acknowledge({one.change_id: first_seq + n for n, one in enumerate(outbox.unsent(10_000))}, "1001")


def test_what_the_centre_takes_at_once_is_never_copied(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    place = Place(store, tmp_path / "second")
    log.append([ticket("t1")])
    place.look()
    take(store)
    place.look()
    place.look()
    assert files_in(place.folder) == []


def test_what_waits_is_copied_at_the_second_look_and_goes_when_the_centre_has_it(
    store: Store, log: SqlChangeLog, tmp_path: Path
) -> None:
    place = Place(store, tmp_path / "second")
    log.append([ticket("t1"), ticket("t2")])
    place.look()
    assert place.kept() == []
    place.look()
    assert place.kept() == ["t1", "t2"]
    take(store)
    place.look()
    assert place.kept() == []


def test_refused_change_stays_in_the_copy(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    place = Place(store, tmp_path / "second")
    poison = ticket("t1")
    log.append([poison])
    place.look()
    place.look()
    SqlOutbox(store).set_aside(poison.change_id, "DK004: no")
    place.look()
    assert place.kept() == ["t1"]


def test_change_that_the_centre_forgot_is_copied_again(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    place = Place(store, tmp_path / "second")
    log.append([ticket("t1")])
    take(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE change SET central_seq = NULL, role = NULL")
    place.look()
    place.look()
    assert place.kept() == ["t1"]


def test_many_small_files_become_one(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    place = Place(store, tmp_path / "second", sends=False)
    for number in range(MANY_SMALL + 3):
        log.append([ticket(f"t{number:03}")])
        place.look()
        place.look()
    assert len(files_in(place.folder)) < MANY_SMALL
    assert place.kept() == [f"t{number:03}" for number in range(MANY_SMALL + 3)]


def test_drafts_are_copied_whenever_they_change(store: Store, tmp_path: Path) -> None:
    place = Place(store, tmp_path / "second")
    drafts = SqlDrafts(store)
    drafts.save(Draft("d1", "1001", START, START, Intake(description="half")))
    place.look()
    first = files_in(place.folder)
    place.look()
    assert files_in(place.folder) == first
    drafts.save(Draft("d1", "1001", START, NOW, Intake(description="half a sentence")))
    place.look()
    (file,) = files_in(place.folder)
    with file.open("rb") as handle:
        assert [part.intake.description for part in read(handle) if isinstance(part, Draft)] == ["half a sentence"]
    drafts.drop("d1")
    place.look()
    assert files_in(place.folder) == []


def test_file_of_an_earlier_store_is_left_alone_and_told(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    place = Place(store, tmp_path / "second")
    place.folder.mkdir()
    stranger = place.folder / "S01-20261101T000000Z-00000000.unsent.age"
    stranger.write_bytes(b"sealed for a supervisor")
    log.append([ticket("t1")])
    place.look()
    place.look()
    take(store)
    place.look()
    assert files_in(place.folder) == [stranger] == unknown_in(store, place.folder)


def test_folder_that_is_away_loses_nothing(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    (tmp_path / "second").write_text("a file where the folder should be")
    place = Place(store, tmp_path / "second")
    log.append([ticket("t1")])
    place.look()
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
        place.look()
    (tmp_path / "second").unlink()
    place.look()
    place.look()
    assert place.kept() == ["t1"]


def test_export_taken_in_elsewhere_is_the_same_work(
    store: Store, log: SqlChangeLog, tmp_path: Path, open_store: Callable[[], Store]
) -> None:
    from desk.secrets import FakeSecrets

    log.append([ticket("t1"), ticket("t2", description="NUL \x00 and 漢字")])
    SqlDrafts(store).save(Draft("d1", "1001", START, START, Intake(description="half")))
    with (tmp_path / "export").open("wb") as target:
        write(target, Head("S01", NOW.isoformat()), unsent_of(store), drafts_of(store))
    other = Store.open(tmp_path / "other" / "seat.db", FakeSecrets())
    for expected in ((2, 0), (0, 2)):
        with (tmp_path / "export").open("rb") as source:
            taken = take_in(other, read(source))
        assert (taken.seat, taken.new, taken.known, taken.unfit, taken.drafts) == ("S01", *expected, 0, 1)
    assert [(c.change_id, c.author, dict(c.patch)) for c in unsent_of(other)] == [
        (c.change_id, c.author, dict(c.patch)) for c in unsent_of(store)
    ]
    assert drafts_of(other) == drafts_of(store)
    other.close()


def test_export_that_is_cut_or_something_else_is_known_as_such(store: Store, log: SqlChangeLog, tmp_path: Path) -> None:
    log.append([ticket(f"t{number}") for number in range(50)])
    file = tmp_path / "export"
    with file.open("wb") as target:
        write(target, Head("S01", NOW.isoformat()), unsent_of(store), [])
    whole = file.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-1], b"", b"no gzip at all", whole[:10] + b"xxxx" + whole[14:]):
        file.write_bytes(content)
        with file.open("rb") as source, pytest.raises(NotAnExport):
            list(read(source))
