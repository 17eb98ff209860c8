"""`desk demo data` at a seat that people work at: refused before anything is written, unless it is asked for in so many
words. Real processes, a real keyring."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desk import exit_codes
from desk.demo.keyring_session import keyring_session
from desk.demo.real_seat import RealSeat, refuse_enrolled
from desk.settings.company import STATE, CompanyState, company_folder
from tests.imports.workbook import Cell, write_xlsx

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ("demo", "data", "--households", "10")
LIST: list[list[Cell]] = [
    ["项目", "楼栋", "单元", "房号", "姓名", "与业主关系", "手机"],
    ["万达花园", "5栋", "2", "203", "张三", "业主", 13800138000],
]


@pytest.fixture(scope="module")
def keyring_env() -> Iterator[dict[str, str]]:
    with keyring_session() as env:
        yield env


def desk(folder: Path, env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    settings = folder / "settings.toml"
    settings.write_text(f'data_dir = "{folder}"\n[seat]\nlanguage = "en"\nagent = "9001"\n', encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "desk", "--settings", str(settings), *words],
        env={**os.environ, **env},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_sample_is_added_to_a_sample_and_to_real_residents_only_by_the_flag(
    tmp_path: Path, keyring_env: dict[str, str]
) -> None:
    for _again in range(2):
        assert desk(tmp_path, keyring_env, *SAMPLE).returncode == exit_codes.OK
    file = write_xlsx(tmp_path / "a.xlsx", LIST)
    taken = desk(tmp_path, keyring_env, "import", "residents", str(file), "--accept-guesses", "--yes")
    assert taken.returncode == exit_codes.OK, taken.stderr
    refused = desk(tmp_path, keyring_env, *SAMPLE)
    assert (refused.returncode, refused.stdout) == (exit_codes.FAULT, "")
    assert "--into-this-seat" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert desk(tmp_path, keyring_env, *SAMPLE, "--into-this-seat").returncode == exit_codes.OK


def test_an_enrolled_seat_is_refused_before_it_has_a_store(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    refuse_enrolled(file)
    state = company_folder(file) / STATE
    state.parent.mkdir()
    state.write_bytes(
        msgspec.json.encode(CompanyState(seat="S07", keys=("key",), current="v1", sha256="0" * 64, version=1))
    )
    with pytest.raises(RealSeat, match="--into-this-seat"):
        refuse_enrolled(file)
