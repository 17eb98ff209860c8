"""The background service looks after the company's file, and tells the window; a damaged one leads to a new code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desk import exit_codes, wire
from desk.compose import company_file, provisioning, settings_window, setup_window
from desk.compose.provisioning_it import codes, pending
from desk.faults import Fault
from desk.provisioning import accounts, refresh
from desk.provisioning.accept import Accepting
from desk.provisioning.enrol import Enrolling
from desk.secrets import FakeSecrets
from desk.settings.layers import Places
from desk.ui.setup.parts import Alone, SetupParts
from tests.provisioning.company import NOON, Company, new_keys, text


class Process:
    """Of the sync process what is asked of it here."""

    def __init__(self) -> None:
        self.workers: dict[str, Callable[[], bool]] = {}
        self.told: list[object] = []

    def add_worker(self, name: str, work_once: Callable[[], bool]) -> None:
        self.workers[name] = work_once

    def tell(self, message: object) -> None:
        self.told.append(message)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    (tmp_path / "share").mkdir()
    made = Company(tmp_path / "share", new_keys())
    made.publish(text(1))
    return made


@pytest.fixture
def file(company: Company, tmp_path: Path) -> Path:
    """Of an enrolled seat."""
    file = tmp_path / "settings.toml"
    accepting = Accepting(file, Places(tmp_path / "etc"), lambda: NOON)
    Enrolling(accepting, FakeSecrets, lambda: NOON, "pc").enrol(company.code(), company.source)
    return file


def test_the_window_is_told_of_newer_settings(company: Company, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "FIRST_S", 0.0)
    process = Process()
    company_file.keep_company_file(file, process)  # type: ignore[arg-type]
    company.publish(text(2))
    assert not process.workers["company"]()
    (told,) = process.told
    assert isinstance(told, wire.Updates)
    assert "next started" in told.told


def test_a_damaged_file_of_the_company_asks_for_a_new_code(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[SetupParts] = []

    def run_setup(parts: SetupParts) -> bool:
        opened.append(parts)
        return True

    monkeypatch.setattr(setup_window, "run_setup", run_setup)
    for kept in (file.parent / "company").glob("*/company.toml"):
        kept.write_bytes(b"damaged")
    assert settings_window.run(file) == exit_codes.OK
    assert "enrol the seat again" in opened[0].why


def test_a_pc_whose_company_it_has_pinned_becomes_no_seat_without_a_code(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "etc").mkdir()
    monkeypatch.setattr(provisioning, "default_places", lambda: Places(tmp_path / "etc"))
    file = tmp_path / "user" / "settings.toml"
    assert not setup_window.parts_for(file).needs_code
    (tmp_path / "etc" / "policy.toml").write_text(f'[company]\nsource = "x"\nkeys = ["{company.keys.public}"]')
    parts = setup_window.parts_for(file)
    assert (parts.source, parts.needs_code) == ("x", True)
    with pytest.raises(Fault, match="not without one"):
        parts.stand_alone(Alone(agent="1001"))
    assert not file.exists()


def test_whoever_signs_in_with_another_account_is_told_whose_seat_this_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[SetupParts] = []

    def run_setup(parts: SetupParts) -> bool:
        opened.append(parts)
        return True

    monkeypatch.setattr(setup_window, "run_setup", run_setup)
    monkeypatch.setattr(accounts, "notes_folder", lambda: tmp_path / "seats")
    monkeypatch.setattr(accounts, "others", lambda _folder: [accounts.OtherSeat("李 雷", "S07")])
    assert setup_window.run(tmp_path / "settings.toml") == exit_codes.OK
    assert "account 李 雷 is set up as seat S07" in opened[0].why
    setup_window.run(tmp_path / "settings.toml", "the seat is damaged")
    assert opened[1].why == "the seat is damaged"
    assert [one.needs_code for one in opened] == [True, True], "no lone seat beside the company's"
    monkeypatch.setattr(accounts, "others", lambda _folder: [])
    setup_window.run(tmp_path / "settings.toml")
    assert (opened[2].why, opened[2].needs_code) == ("", False)


def test_a_password_that_a_spreadsheet_has_worked_out_is_refused(company: Company, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("seat,sip\nS01,1.38E+10\n")
    (tmp_path / "pub").write_text(company.keys.public)
    with pytest.raises(Fault, match="Row 2"):
        codes(tmp_path / "list.csv", company.folder, [tmp_path / "pub"], 1, None)
    assert not (company.folder / "enrolment").exists()


def test_whoever_withdraws_a_code_that_is_not_there_is_told_and_nothing_changes(company: Company) -> None:
    company.code("S01")
    said: list[str] = []
    with pytest.raises(Fault, match=r"for S3O\. Nothing"):
        pending(company.folder, ["S01", "S3O"], said.append)
    assert pending(company.folder, [], said.append) == exit_codes.OK
    assert [line.split("\t")[0] for line in said] == ["S01"]
    assert pending(company.folder, ["S01"], said.append) == exit_codes.OK
    assert len(said) == 1
