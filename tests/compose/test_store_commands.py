"""`desk store` as IT and supervisors type it, on a real store, with real age."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import cli, settings
from desk.compose import store_commands as composing
from desk.compose.store_care import OWN_ENTRY, second_place_of
from desk.domain.drafts import Draft, Intake
from desk.recording.sealing import age
from desk.recording.sealing.keys import HotlineKeys
from desk.secrets import FakeSecrets, Secrets
from desk.store import damage
from desk.store.change_log import SqlChangeLog
from desk.store.drafts import SqlDrafts
from desk.store.outbox import SqlOutbox
from desk.store.second_place import files_in
from desk.store.store import Store
from tests import needed
from tests.making import START, ticket
from tests.store.spoiling import spoil


class SeatOf:
    """A seat's folder, its keyring, and the command line at it."""

    def __init__(self, folder: Path, recipients: tuple[str, ...], run: Callable[..., tuple[int, str, str]]) -> None:
        self.folder, self.secrets, self._run = folder, FakeSecrets(), run
        folder.mkdir()
        self.file = folder / "desk.toml"
        named = ", ".join(f'"{one}"' for one in recipients)
        self.file.write_text(
            f"data_dir = '{folder / 'data'}'\n[seat]\nlanguage = 'en'\nname = '{folder.name}'\n"
            f"[recording]\nrecipients = [{named}]\n"
        )
        self.settings = settings.load(self.file)

    def desk(self, *words: object, typed: str = "") -> tuple[int, str, str]:
        return self._run(self, *words, typed=typed)

    def open(self) -> Store:
        return Store.open(self.settings.store_file, self.secrets)

    def write(self, *names: str) -> None:
        store = self.open()
        SqlChangeLog(store).append([ticket(name) for name in names])
        SqlDrafts(store).save(Draft(f"d{names[0]}", "1001", START, START, Intake(description="half a sen")))
        store.close()

    def copy(self) -> None:
        store = self.open()
        second_place_of(self.settings, self.secrets, store, lambda: False).copy()
        store.close()

    def unsent(self) -> list[str]:
        store = self.open()
        try:
            return [change.entity_id for change in SqlOutbox(store).unsent(1000)]
        finally:
            store.close()


@pytest.fixture
def supervisor() -> FakeSecrets:
    secrets = FakeSecrets()
    HotlineKeys(secrets).add(age.new_identity())
    return secrets


@pytest.fixture
def make(
    tmp_path: Path, supervisor: FakeSecrets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], SeatOf]:
    recipient = str(HotlineKeys(supervisor).identities()[0].to_public())

    def run(seat: SeatOf, *words: object, typed: str = "") -> tuple[int, str, str]:
        def keyring() -> Secrets:
            return seat.secrets

        monkeypatch.setattr(composing, "KeyringSecrets", keyring)
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.main(["--settings", str(seat.file), "store", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return lambda name: SeatOf(tmp_path / name, (recipient,), run)


def test_check_of_a_good_store_says_so(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1", "t2")
    code, said, _err = seat.desk("check")
    assert code == 0
    assert "2 changes, 2 rows" in said
    code, said, _err = seat.desk("show")
    assert code == 0
    assert "Waiting to be sent: 2; refused by the centre: 0; drafts: 1" in said


def test_check_mends_a_row_that_is_not_what_its_changes_say(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1")
    store = seat.open()
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket SET description = 'another'")
    store.close()
    code, said, _err = seat.desk("check")
    assert (code, "ticket t1" in said) == (0, True)
    code, said, _err = seat.desk("check")
    assert (code, "ticket t1" in said) == (0, False)


def test_row_without_changes_is_told(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1")
    store = seat.open()
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM change")
    store.close()
    code, said, _err = seat.desk("check")
    assert (code, "A row has no change in the log: ticket t1" in said) == (1, True)


def test_damage_is_repaired_from_the_sealed_copy(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1", "t2")
    seat.copy()
    for file in files_in(seat.settings.second_dir):
        assert file.read_bytes().startswith(b"age-encryption.org/")
        assert "厨房漏水".encode() not in file.read_bytes()
    spoil(seat.settings.store_file, 1)
    code, said, err = seat.desk("check")
    assert (code, "desk store repair" in err) == (1, True)
    code, said, _err = seat.desk("repair")
    assert code == 0
    assert "2 from the second copy" in said
    assert seat.unsent() == ["t1", "t2"]
    code, said, _err = seat.desk("show")
    assert "Last repaired" in said
    assert "Set aside" in said


def test_repair_finds_damage_that_nobody_has_met_yet(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write(*(f"t{number}" for number in range(300)))
    seat.copy()
    pages = seat.settings.store_file.stat().st_size // 4096
    spoil(seat.settings.store_file, *range(pages // 2, pages // 2 + 10))
    code, said, _err = seat.desk("repair")
    assert code == 0
    assert "The damaged store is kept in" in said
    assert len(seat.unsent()) == 300


def test_repair_of_a_good_store_changes_nothing(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1")
    code, said, _err = seat.desk("repair")
    assert (code, "All well" in said) == (0, True)
    assert not (seat.settings.data_dir / "set-aside").exists()


def test_running_seat_is_not_repaired(make: Callable[[str], SeatOf], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.store.repair.WAIT_S", 0.1)
    seat = make("S01")
    seat.write("t1")
    store = seat.open()
    damage.note(seat.settings.store_file, damage.Damage("found", sure=True))
    code, _said, err = seat.desk("repair")
    store.close()
    assert (code, "seat is running" in err) == (1, True)


def test_lost_key_the_supervisor_brings_unsent_work_back(
    make: Callable[[str], SeatOf], supervisor: FakeSecrets
) -> None:
    """The keyring is lost: a new store, and what lay sealed is taken in with the supervisor's key."""
    seat = make("S01")
    seat.write("t1", "t2")
    seat.copy()
    seat.secrets.delete("store")
    seat.secrets.delete(OWN_ENTRY)
    code, said, err = seat.desk("show")
    assert (code, "not in the keyring" in err) == (1, True)
    code, said, err = seat.desk("repair", "--anew", typed="no\n")
    assert (code, "Nothing was changed" in err) == (1, True)
    code, said, _err = seat.desk("repair", "--anew", typed="yes\n")
    assert code == 0
    assert seat.unsent() == []
    code, said, _err = seat.desk("show")
    assert "not taken in yet" in said
    sealed = files_in(seat.settings.second_dir)
    code, _said, err = seat.desk("import", *sealed)
    assert (code, "A supervisor's key opens it" in err) == (1, True)
    key = seat.folder / "supervisor.key"
    key.write_text(str(HotlineKeys(supervisor).identities()[0]))
    code, said, _err = seat.desk("import", *sealed, "--key", key)
    assert (code, "2 changes taken in" in said) == (0, True)
    assert seat.unsent() == ["t1", "t2"]
    assert files_in(seat.settings.second_dir) == []


def test_export_is_taken_in_at_the_supervisors_seat_once(
    make: Callable[[str], SeatOf], supervisor: FakeSecrets
) -> None:
    seat, other = make("S01"), make("S02")
    HotlineKeys(other.secrets).add(HotlineKeys(supervisor).identities()[0])
    seat.write("t1", "t2")
    file = seat.folder / "unsent.age"
    code, said, _err = seat.desk("export", file)
    assert (code, "2 unsent changes, 1 drafts" in said) == (0, True)
    code, _said, err = seat.desk("export", file)
    assert (code, "exists" in err) == (1, True)
    for expected in ("2 changes taken in, 0 were here", "0 changes taken in, 2 were here"):
        code, said, _err = other.desk("import", file)
        assert (code, expected in said) == (0, True)
    assert other.unsent() == ["t1", "t2"]


def test_export_can_be_read_with_age_and_gunzip_alone(
    make: Callable[[str], SeatOf], supervisor: FakeSecrets, tmp_path: Path
) -> None:
    needed.program("age", "age")
    seat = make("S01")
    seat.write("t1")
    file, key = tmp_path / "unsent.age", tmp_path / "key"
    seat.desk("export", file)
    key.write_text(f"{HotlineKeys(supervisor).identities()[0]}\n")
    read = f"age -d -i {key} {file} | gunzip"
    told = subprocess.run(["sh", "-c", read], capture_output=True, text=True, check=True).stdout
    assert "厨房漏水" in told
    assert "half a sen" in told


def test_spoilt_or_strange_file_is_refused_by_name(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1")
    file = seat.folder / "unsent.age"
    seat.desk("export", file)
    file.write_bytes(file.read_bytes()[:-20])
    (seat.folder / "notes.txt").write_text("nothing of the kind")
    code, _said, err = seat.desk("import", file, seat.folder / "notes.txt", seat.folder / "nowhere")
    assert code == 1
    assert [name in err for name in ("unsent.age", "notes.txt", "nowhere")] == [True] * 3
    assert seat.unsent() == ["t1"]


def test_store_that_was_set_aside_can_be_taken_in(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1", "t2")
    seat.desk("repair", "--anew", "--yes")
    (aside,) = (seat.settings.data_dir / "set-aside").glob("*/seat.db")
    code, said, _err = seat.desk("import", aside)
    assert (code, "2 were here already" in said) == (0, True)


def test_old_key_that_turned_up_opens_what_was_set_aside(make: Callable[[str], SeatOf]) -> None:
    seat = make("S01")
    seat.write("t1", "t2")
    old = seat.secrets.get("store") or ""
    seat.secrets.delete("store")
    seat.desk("repair", "--anew", "--yes")
    assert seat.unsent() == []
    (aside,) = (seat.settings.data_dir / "set-aside").glob("*/seat.db")
    key = seat.folder / "old.key"
    key.write_text("not a key\n")
    code, _said, err = seat.desk("import", aside, "--key", key)
    assert (code, "64 digits" in err) == (1, True)
    key.write_text(f"{old}\n")
    code, said, _err = seat.desk("import", aside, "--key", key)
    assert (code, "2 changes taken in" in said) == (0, True)
    assert seat.unsent() == ["t1", "t2"]
