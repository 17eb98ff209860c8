"""`desk seats`: list, sheet, purchase data, export; the words of a seat."""

import csv
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desk.compose import seats
from desk.compose.clock import new_id
from desk.domain.health import Finding, Level
from desk.domain.seat_register import CheckKind, Machine, SeatRecord
from desk.domain.working_time import CHINA
from desk.exit_codes import OK
from desk.faults import Fault
from desk.health import seat_sheet
from desk.i18n import speak
from desk.link.addresses import prepare_folder
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, SeatSettings, Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.seats import SqlSeats, SqlTimeLost
from desk.store.store import Store
from desk.usecases.seat_register import RecordSeat

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture(autouse=True)
def english() -> None:
    speak("en")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(seat=SeatSettings(name="S01"), data_dir=tmp_path, runtime_dir=tmp_path / "run")


@pytest.fixture
def run(settings: Settings) -> Run:
    secrets = FakeSecrets()
    store = Store.open(settings.store_file, secrets)
    log, lost = SqlChangeLog(store), SqlTimeLost(store, lambda: NOW)
    author = SeatAuthor("S01", lambda: "S01", lambda: NOW, new_id, log.base_seq)
    record = RecordSeat(log, author, SqlSeats(store, new_id), lost, lambda: NOW, new_id)
    lost.add(4000, NOW)
    record.gather(Machine("S01", pc="PC-7", pc_model="=ThinkCentre", memory_mb=7842, headset="Jabra", lines=("a", "b")))
    record.file(CheckKind.DOCTOR, [Finding("disk", Level.WARNING, "Little space.", "Make room.")], "S01")
    log.append([author.change("seat_record", "old", {"seat": "S02", "retired": True, "faults": ["x"]})])
    store.close()

    def run_(action: str, at: Settings = settings, **given: object) -> tuple[int, list[str]]:
        said: list[str] = []
        given = {"all": False, "seat": "", **given}
        code = seats.run(at, Namespace(action=action, **given), said.append, secrets)
        return code, said

    return run_


def test_the_list_has_those_in_service_and_all_when_asked(run: Run) -> None:
    code, said = run("list")
    assert code == OK
    assert [line.split("\t")[:3] for line in said] == [["S01", "Disk space", "=ThinkCentre"]]
    assert len(run("list", all=True)[1]) == 2


def test_a_sheet_has_what_is_known_and_the_last_checks(run: Run) -> None:
    said = run("show")[1]
    assert "Memory: 8 GB" in said
    assert "Time lost: 1 h 7 min" in said
    assert "Faults: Disk space" in said
    assert any("Make room." in line for line in said)
    assert not any(line.startswith("Supplier") for line in said)
    with pytest.raises(Fault, match="S77"):
        run("show", seat="S77")


def test_purchase_data_is_written_and_refused_in_words(run: Run) -> None:
    assert run("set", seat="S01", values=["price=4599", "warranty_until=2029/3/5"])[1] == [
        "Price (yuan): 4599.00",
        "Warranty until: 2029-03-05",
    ]
    assert "Price (yuan): 4599.00" in run("show")[1]
    with pytest.raises(Fault, match=r"Price \(yuan\): an amount"):
        run("set", seat="S01", values=["price=cheap"])
    with pytest.raises(Fault, match="FIELD=VALUE"):
        run("set", seat="S01", values=["pc=mine"])


@pytest.mark.parametrize(
    "sits",
    [SeatSettings(name="S01", agent="1002", sign_in="password"), SeatSettings(name="S01", agent="1002")],
    ids=["nobody", "agent"],
)
def test_where_a_command_is_nobodys_or_an_agents_the_refusal_says_the_way(
    sits: SeatSettings, run: Run, settings: Settings
) -> None:
    """Also of a seat that an agent does not see: not that there is none."""
    central = CentralSettings(url="postgresql://db.example/desk", user="S01")
    company_s = replace(settings, central=central, seat=sits)
    for seat in ("S01", "S02"):
        with pytest.raises(Fault, match=r"Ctrl\+Shift\+R, then Ctrl\+E"):
            run("set", company_s, seat=seat, values=["price=4599"])


def test_the_export_opens_in_a_spreadsheet_and_holds_no_formula(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "设备档案.csv"
    assert run("export", file=file)[0] == OK
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    head, first, second = csv.reader(file.read_text("utf-8-sig").splitlines())
    assert len(head) == len(first) == len(second)
    assert dict(zip(head, first, strict=True))["Model"] == "'=ThinkCentre"
    assert [path.name for path in tmp_path.glob("*.part")] == []
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system has for it
        run("export", file=tmp_path / "nowhere" / "x.csv")


def test_a_seat_that_does_not_run_cannot_check_itself(settings: Settings) -> None:
    with pytest.raises(Fault, match="start Desk first"):
        seats.check(settings)
    prepare_folder(settings.runtime_dir)
    with pytest.raises(Fault, match="start Desk first"):
        seats.check(settings)


@pytest.mark.parametrize(
    ("record", "level", "said"),
    [
        (SeatRecord("r", "S"), Level.UNCHECKED, "Not checked"),
        (SeatRecord("r", "S", level="ok"), Level.OK, "OK"),
        (SeatRecord("r", "S", level="ok", self_check_level="wrong"), Level.WRONG, "Self-check failed"),
        (SeatRecord("r", "S", level="wrong", faults=("sip.registration",)), Level.WRONG, "Line"),
        (SeatRecord("r", "S", level="ok", warranty_until="2026-01-01"), Level.WARNING, "Warranty is over"),
        (SeatRecord("r", "S", level="wrong", retired=True), Level.UNCHECKED, "Out of service"),
    ],
)
def test_how_a_seat_is_in_a_few_words(record: SeatRecord, level: Level, said: str) -> None:
    assert seat_sheet.state(record, date(2026, 11, 22)) == (level, said)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 min"), (20, "less than a minute"), (90, "2 min"), (7260, "2 h 1 min")]
)
def test_time_lost_in_words(seconds: int, said: str) -> None:
    assert seat_sheet.duration(seconds) == said


def test_every_field_has_a_title_and_can_be_shown() -> None:
    record = SeatRecord("r", "S01", seen_at=NOW, lost_from=NOW)
    assert all(
        seat_sheet.title(field) and seat_sheet.shown(record, field, CHINA) is not None for field in seat_sheet.COLUMNS
    )
    assert seat_sheet.shown(record, "seen_at", CHINA) == "2026-11-22 12:00"
