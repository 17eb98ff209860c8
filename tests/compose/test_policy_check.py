"""`desk policies` over every kind of policy file."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.compose import policy_check
from desk.domain.changes import Patch
from desk.policies.files import PolicyFolders
from desk.resources import resources_dir
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from tests.making import change

SETTINGS = Settings(seat=SeatSettings(language="en"))
SHIPPED = resources_dir() / "policies"


def said(folder: Path, code: int, estate: str = "") -> str:
    lines: list[str] = []
    assert policy_check.run(SETTINGS, folder, estate, lines.append) == code
    return "\n".join(lines)


def test_a_folder_that_says_nothing_can_be_used(tmp_path: Path) -> None:
    assert said(tmp_path, 0).endswith("0 files of the company's own were read\nAll of them can be used")


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_kind_of_file_is_read_and_its_mistake_told_with_its_line(tmp_path: Path, file: Path) -> None:
    (tmp_path / file.name).write_text(f"# {file.name}\nnonsense = 1\n")
    assert f"{tmp_path / file.name}:2: " in said(tmp_path, 1)


def test_the_shipped_files_of_a_company_that_copied_all_of_them_can_be_used(tmp_path: Path) -> None:
    for file in SHIPPED.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert "All of them can be used" in said(tmp_path, 0)


def test_the_files_of_every_estate_are_read(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "follow_up.toml").write_text("tries = 0\n")
    assert f"{tmp_path / 'lake' / 'follow_up.toml'}:1: " in said(tmp_path, 1)


def test_what_an_estate_cannot_have_of_its_own_is_told(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "clocks.toml").write_text("[figure]\nremind_before = '2 days'\n")
    assert f"{tmp_path / 'lake' / 'clocks.toml'}:2: it holds for whole seats" in said(tmp_path, 1)
    assert "All of them can be used" in said(tmp_path, 0, "lake")


def test_a_misspelt_name_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "clock.toml").write_text("")
    assert "there is no policy of this name" in said(tmp_path, 1, "lake")
    assert "there is no such folder" in said(tmp_path / "gone", 1)
    assert PolicyFolders(SHIPPED).troubles() == ()


def test_whom_routes_and_posts_name_is_asked_of_the_staff_list(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "routes.toml").write_text("[[route]]\nhandler = 'H1'\n")
    (tmp_path / "lake" / "routes.toml").write_text("[[route]]\nhandler = 'H2'\n")
    (tmp_path / "lake" / "ladder.toml").write_text("[post.site_head]\nwho = ['H9']\n")
    own, secrets = replace(SETTINGS, data_dir=tmp_path / "seat"), FakeSecrets()

    def told() -> str:
        lines: list[str] = []
        assert policy_check.run(own, tmp_path, "", lines.append, lambda: secrets) == 0
        return "\n".join(lines)

    assert "This PC has no staff list" in told()
    assert not own.store_file.exists()
    store = Store.open(own.store_file, secrets)
    for number, active in (("H1", True), ("H2", False)):
        row: Patch = {"number": number, "name": number, "duty": "handler", "phone": "", "active": active}
        SqlChangeLog(store).append([change("staff", number, row)])
    store.close()
    said = told()
    assert f"{tmp_path / 'lake' / 'routes.toml'}:1: H2 has left" in said
    assert "site_head: nobody of H9 works here" in said
    assert str(tmp_path / "routes.toml") not in said
    assert "no staff list" not in said
