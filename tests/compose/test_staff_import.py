"""`desk import staff` over a seat's own store."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk import exit_codes
from desk.compose.staff_import import Wish, staff
from desk.domain.estate import Duty
from desk.faults import Fault
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.store.accounts import SqlAccounts
from desk.store.residents import SqlResidents
from desk.store.store import Store
from tests.imports.workbook import Cell, write_xlsx

SECRETS = FakeSecrets()
HEADINGS: list[Cell] = ["工号", "姓名", "岗位", "联系电话", "片区", "在职"]
PEOPLE: list[list[Cell]] = [
    ["9001", "王芳", "主管", "13800138000", None, "是"],
    ["1001", "张三", "坐席", None, None, "是"],
    ["H01", "赵师傅", "维修", 13900139000, None, "是"],
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", seat=SeatSettings(name="S01", agent="9001"))


def names(settings: Settings) -> dict[str, tuple[str, Duty, str, bool]]:
    store = Store.open(settings.store_file, SECRETS)
    try:
        return {one.number: (one.name, one.duty, one.phone, one.active) for one in SqlResidents(store).staff()}
    finally:
        store.close()


def wish(file: Path, **more: object) -> Wish:
    return Wish(file=file, **{"asked": lambda _question: True, **more})  # type: ignore[arg-type]


def test_a_list_is_told_then_taken_in_and_the_second_time_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    file, said = write_xlsx(tmp_path / "人员.xlsx", [["热线人员"], HEADINGS, *PEOPLE]), list[str]()
    assert staff(settings, wish(file, dry_run=True), said.append, SECRETS) == exit_codes.OK
    assert any("岗位 -> duty" in line for line in said)
    assert any("staff: new 3" in line for line in said)
    assert names(settings) == {}
    assert staff(settings, wish(file, asked=lambda _question: False), said.append, SECRETS) == exit_codes.OK
    assert names(settings) == {}
    assert staff(settings, wish(file), said.append, SECRETS) == exit_codes.OK
    assert names(settings) == {
        "9001": ("王芳", Duty.SUPERVISOR, "13800138000", True),
        "1001": ("张三", Duty.AGENT, "", True),
        "H01": ("赵师傅", Duty.HANDLER, "13900139000", True),
    }
    assert staff(settings, wish(file), said.append, SECRETS) == exit_codes.OK
    assert said[-1] == "There is nothing to import."


def test_one_bad_row_keeps_all_out_and_stands_in_the_report(settings: Settings, tmp_path: Path) -> None:
    rows = [",".join(str(cell or "") for cell in row) for row in (HEADINGS, *PEOPLE)]
    file, report, said = tmp_path / "人员.csv", tmp_path / "report.csv", list[str]()
    file.write_text("\n".join([*rows, "2001,孙七,董事长,,,是"]), encoding="gb18030")
    with pytest.raises(Fault, match="Nothing was imported"):
        staff(settings, wish(file, report=report), said.append, SECRETS)
    assert names(settings) == {}
    assert any("Row 5, column 岗位 [董事长]: the duty is not known" in line for line in said)
    assert "董事长" in report.read_text(encoding="utf-8-sig")


def test_a_list_without_the_columns_it_needs_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "人员.csv"
    file.write_text("工号,电话\n1001,8001\n", encoding="utf-8")
    with pytest.raises(Fault, match="no column gives name, duty"):
        staff(settings, wish(file), list[str]().append, SECRETS)


def test_only_a_supervisor_fills_it_and_with_a_centre_an_empty_list_makes_nobody_one(
    settings: Settings, tmp_path: Path
) -> None:
    file, said = write_xlsx(tmp_path / "人员.xlsx", [HEADINGS, *PEOPLE]), list[str]()
    there = replace(settings, central=replace(settings.central, url="postgresql://centre/desk"))
    with pytest.raises(Fault, match="Only a supervisor"):
        staff(there, wish(file), said.append, SECRETS)
    store = Store.open(settings.store_file, SECRETS)
    SqlAccounts(store).note("9001", "admin")
    store.close()
    assert staff(there, wish(file), said.append, SECRETS) == exit_codes.OK
    agent = replace(settings, seat=replace(settings.seat, agent="1001"))
    with pytest.raises(Fault, match="Only a supervisor"):
        staff(agent, wish(file), said.append, SECRETS)


def test_a_list_that_leaves_no_supervisor_is_refused(settings: Settings, tmp_path: Path) -> None:
    file, said = write_xlsx(tmp_path / "人员.xlsx", [HEADINGS, *PEOPLE]), list[str]()
    staff(settings, wish(file), said.append, SECRETS)
    shorter = write_xlsx(tmp_path / "b.xlsx", [HEADINGS, *PEOPLE[1:]])
    with pytest.raises(Fault, match="no supervisor would be left"):
        staff(settings, wish(shorter, ending=True), said.append, SECRETS)
    assert names(settings)["9001"][3]
