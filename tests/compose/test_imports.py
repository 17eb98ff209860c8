"""Imports and exports as the command line and the sync process build them, on a real store."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk.compose import imports, residents_folder, tickets_out
from desk.compose.supervisors import only_supervisors
from desk.domain.changes import FieldValue
from desk.domain.import_plan import ListsStand, Outcome
from desk.domain.ticket_out import FIELDS, Choice
from desk.faults import Fault
from desk.imports.mapping import read_mapping
from desk.resources import resources_dir
from desk.secrets import FakeSecrets
from desk.settings import Settings
from desk.settings.values import ResidentsSettings, TicketHookSettings
from desk.store.accounts import SqlAccounts
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.sync.residents_folder import ResidentsFolder
from tests.making import change, ticket

HEADINGS = "项目,楼栋,单元,房号,姓名,身份,手机"
PEOPLE = [
    f"万达花园,5栋,2,{floor}0{door},张{floor}{door},业主,138{floor:04}{door:04}"
    for floor in range(1, 31)
    for door in (1, 2)
]
MAPPING = """
source = "nc"
[columns]
estate = "项目"
building = "楼栋"
unit = "单元"
room = "房号"
name = "姓名"
role = "身份"
numbers = ["手机"]
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    lists = tmp_path / "lists"
    lists.mkdir()
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return Settings(data_dir=tmp_path, residents=ResidentsSettings(folder=str(lists), mapping=str(mapping)))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings.store_file, FakeSecrets())
    yield opened
    opened.close()


def write(file: Path, lines: list[str]) -> Path:
    file.write_text("\n".join([HEADINGS, *lines]), encoding="gb18030")
    return file


def count(store: Store, table: str) -> int:
    with store.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608


def folder_of(settings: Settings, store: Store) -> ResidentsFolder:
    return residents_folder.folder_of(settings, store, lambda: False, lambda: True, lambda: None)


def look(folder: ResidentsFolder) -> None:
    for _time in range(2):
        folder.look_now()
        folder.work_once()


def lines_of(settings: Settings, pattern: str) -> str:
    [file] = (Path(settings.residents.folder) / "refused").glob(pattern)
    return file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["nc.toml", "mingyuan.toml", "plain.toml"])
def test_the_shipped_mappings_can_be_used(name: str, tmp_path: Path) -> None:
    text = (resources_dir() / "imports" / name).read_text(encoding="utf-8")
    mapping = read_mapping(resources_dir() / "imports" / name)
    assert f'source = "{mapping.rules.source}"' in text


def test_a_list_in_the_folder_is_imported_once(settings: Settings, store: Store) -> None:
    write(Path(settings.residents.folder) / "a.csv", PEOPLE)
    look(folder_of(settings, store))
    assert count(store, "person") == len(PEOPLE)
    write(Path(settings.residents.folder) / "a.csv", PEOPLE)
    before = count(store, "change")
    look(folder_of(settings, store))
    assert count(store, "change") == before


def test_a_list_with_a_bad_row_is_refused_whole_with_its_report(settings: Settings, store: Store) -> None:
    write(Path(settings.residents.folder) / "a.csv", [*PEOPLE, "万达花园,5栋,2,,李四,业主,12345678901234567890"])
    look(folder_of(settings, store))
    assert count(store, "change") == 0
    assert "Nothing was imported" in lines_of(settings, "*-a.report.txt")
    table = list(csv.reader(lines_of(settings, "*-a.report.csv").splitlines()))
    assert [line[:2] for line in table if line[2] == "problem"] == [["62", "房号"], ["62", "手机"]]


def test_a_list_that_turns_too_much_is_refused(settings: Settings, store: Store) -> None:
    write(Path(settings.residents.folder) / "a.csv", PEOPLE)
    look(folder_of(settings, store))
    before = count(store, "change")
    write(Path(settings.residents.folder) / "b.csv", PEOPLE[:5])  # most are gone: the wrong file, most likely
    look(folder_of(settings, store))
    assert count(store, "change") == before
    assert "percent" in lines_of(settings, "*-b.report.txt")


def test_what_was_left_out_of_a_list_that_was_taken_is_in_its_report_and_told(settings: Settings, store: Store) -> None:
    write(Path(settings.residents.folder) / "a.csv", [*PEOPLE, "万达花园,5栋,2,203,李四,业主,1234567"])
    stands: list[ListsStand] = []
    look(residents_folder.folder_of(settings, store, lambda: False, lambda: True, lambda: None, stands.append))
    assert count(store, "person") > len(PEOPLE)
    assert (stands[-1].trouble, stands[-1].remarks[:1]) == ("", "1")
    [table] = (Path(settings.residents.folder) / "done").glob("*-a.report.csv")
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row[0], row[2]) for row in rows[1:]] == [("62", "remark")]


def test_a_mapping_that_is_gone_refuses_the_list_and_says_so(settings: Settings, store: Store) -> None:
    Path(settings.residents.mapping).unlink()
    write(Path(settings.residents.folder) / "a.csv", PEOPLE)
    look(folder_of(settings, store))
    assert "m.toml" in lines_of(settings, "*-a.report.txt")


def test_an_import_lets_the_exchange_keep_up(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_UNSENT", 100)
    waited: list[float] = []

    def rest(pause_s: float) -> None:
        waited.append(pause_s)
        if len(waited) % 3 == 0:  # somebody sends
            with store.write() as connection:
                connection.exec_driver_sql(
                    "UPDATE change SET central_seq = 1 WHERE change_id IN"
                    " (SELECT change_id FROM change WHERE central_seq IS NULL ORDER BY change_id LIMIT 60)"
                )

    SqlChangeLog(store).append([ticket(f"t{number}") for number in range(250)])
    behind = imports._Behind(store, rest)
    behind(0.0)
    with store.read() as connection:
        unsent = connection.exec_driver_sql("SELECT count(*) FROM change WHERE central_seq IS NULL").scalar_one()
    assert unsent < 100
    assert sum(waited) > 0


def test_an_import_waits_for_nobody_where_nobody_sends(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_UNSENT", 100)
    SqlChangeLog(store).append([ticket(f"t{number}") for number in range(120)])
    waited: list[float] = []
    behind = imports._Behind(store, waited.append)
    for _lot in range(50):
        behind(0.0)
    assert sum(waited) <= imports.PATIENCE_S + imports.LOOK_S


def test_a_dry_run_says_all_and_changes_nothing(settings: Settings, store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", PEOPLE)
    mapping = read_mapping(tmp_path / "m.toml")
    with imports.compared(store, settings, file, mapping, False, lambda _what, _rows: None) as compared:
        assert compared.difference.of(Outcome.NEW) == 2 + 4 * len(PEOPLE)
    assert count(store, "change") == 0


def test_tickets_are_exported_as_csv_and_as_json(settings: Settings, store: Store, tmp_path: Path) -> None:
    SqlChangeLog(store).append([ticket("t1", description="=cmd()", caller_name="张三"), ticket("t2")])
    table, lines = tmp_path / "t.csv", tmp_path / "t.json"
    assert tickets_out.export(store, settings, Choice(), "csv", table) == 2
    assert tickets_out.export(store, settings, Choice(), "json", lines) == 2
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert tuple(rows[0]) == FIELDS
    assert rows[1][FIELDS.index("description")] == "'=cmd()", "a spreadsheet must not run it"
    objects = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert objects[0]["description"] == "=cmd()"
    assert table.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob(".*.part"))


def test_where_supervisors_are_named_only_they_bring_and_give_away(settings: Settings, store: Store) -> None:
    only_supervisors(settings, store)
    leader: dict[str, FieldValue] = {"number": "9001", "name": "李班长", "duty": "supervisor", "active": True}
    SqlChangeLog(store).append([change("staff", "s", leader)])
    with pytest.raises(Fault, match="Only a supervisor"):
        only_supervisors(settings, store)
    only_supervisors(replace(settings, seat=replace(settings.seat, agent="9001")), store)


def test_with_a_centre_its_account_says_who_a_supervisor_is(settings: Settings, store: Store) -> None:
    with_centre = replace(settings, central=replace(settings.central, url="postgresql://centre/desk"))
    with pytest.raises(Fault, match=r"knows of none yet\. .*\[central\] user"):
        only_supervisors(with_centre, store)
    SqlAccounts(store).note("9001", "supervisor")
    with pytest.raises(Fault, match="Run it at a supervisor's seat"):
        only_supervisors(with_centre, store)
    SqlAccounts(store).note(settings.seat.agent, "supervisor")
    only_supervisors(with_centre, store)


def test_a_hook_without_its_secret_is_told(settings: Settings, store: Store) -> None:
    named = replace(settings, ticket_hook=TicketHookSettings(url="https://erp.example.com/desk"))
    with pytest.raises(Fault, match=r"desk secret set hook:erp\.example\.com"):
        tickets_out.hook_of(named, FakeSecrets(), store, lambda: True)
    secrets = FakeSecrets({"hook:erp.example.com": "s"})
    assert tickets_out.hook_of(named, secrets, store, lambda: True) is not None
    assert tickets_out.hook_of(settings, secrets, store, lambda: True) is None
