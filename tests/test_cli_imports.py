"""`desk import` and `desk export` as a person meets them: real processes, a real keyring, plain sentences."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import exit_codes
from desk.demo.keyring_session import keyring_session
from tests.imports.workbook import FORMULA_WITHOUT_RESULT, Cell, write_xlsx

ROOT = Path(__file__).parent.parent
HEADINGS: list[Cell] = ["项目", "楼栋", "单元", "房号", "姓名", "与业主关系", "手机"]
ROWS: list[list[Cell]] = [
    HEADINGS,
    ["万达花园", "5栋", "2", "203", "张三", "业主", 13800138000],
    ["万达花园", "5栋", "2", "203", "李梅", "配偶", 13900139000],
]


@pytest.fixture(scope="module")
def keyring_env() -> Iterator[dict[str, str]]:
    with keyring_session() as env:
        yield env


class Terminal:
    """A person at a seat's terminal."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self._env = folder, env
        self.settings = folder / "settings.toml"
        self.settings.write_text(f'data_dir = "{folder}"\n[seat]\nlanguage = "en"\n', encoding="utf-8")

    def desk(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "desk", "--settings", str(self.settings), *words],
            env={**os.environ, **self._env},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )


@pytest.fixture
def terminal(tmp_path: Path, keyring_env: dict[str, str]) -> Terminal:
    return Terminal(tmp_path, keyring_env)


def test_a_list_from_its_guesses_to_the_register(terminal: Terminal, tmp_path: Path) -> None:
    file, mapping = str(write_xlsx(tmp_path / "a.xlsx", ROWS)), str(tmp_path / "m.toml")
    guessed = terminal.desk("import", "residents", file)
    assert guessed.returncode == exit_codes.FAULT
    assert "G  手机 -> telephone number (by its heading)    13800138000 | 13900139000" in guessed.stdout
    assert "--write-mapping" in guessed.stderr
    assert terminal.desk("import", "residents", file, "--write-mapping", mapping).returncode == exit_codes.OK
    tried = terminal.desk("import", "residents", file, "--mapping", mapping, "--dry-run")
    assert tried.returncode == exit_codes.OK, tried.stderr
    assert "people: new 2" in tried.stdout
    assert "nothing was changed" in tried.stdout
    unasked = terminal.desk("import", "residents", file, "--mapping", mapping)
    assert "Nothing was changed." in unasked.stdout
    done = terminal.desk("import", "residents", file, "--mapping", mapping, "--yes")
    assert done.stdout.endswith("Imported.\n"), done.stderr
    again = terminal.desk("import", "residents", file, "--mapping", mapping, "--yes")
    assert "There is nothing to import." in again.stdout


def test_a_bad_row_keeps_the_list_out_and_stands_in_the_report(terminal: Terminal, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [*ROWS, ["万达花园", "5栋", "2", FORMULA_WITHOUT_RESULT, "王五", "业主", None]]
    file, report = str(write_xlsx(tmp_path / "a.xlsx", rows)), tmp_path / "report.csv"
    refused = terminal.desk("import", "residents", file, "--accept-guesses", "--yes", "--report", str(report))
    assert refused.returncode == exit_codes.FAULT
    assert "Row 4, column 房号: a formula without its result." in refused.stdout
    assert "Nothing was imported." in refused.stderr
    assert "a formula without its result" in report.read_text(encoding="utf-8-sig")
    taken = terminal.desk("import", "residents", file, "--accept-guesses", "--yes", "--leave-out-bad-rows")
    assert taken.stdout.endswith("Imported.\n"), taken.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\xff\xff\xff", "neither UTF-8 nor GBK"), (b"PK\x03\x04 no", "cannot be read as a workbook")],
)
def test_what_is_no_list_is_told_in_one_sentence(terminal: Terminal, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)
    done = terminal.desk("import", "residents", str(file))
    assert done.returncode == exit_codes.FAULT
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_export_of_no_tickets_is_a_heading(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    done = terminal.desk("export", "tickets", str(file), "--since", "2026-11-01")
    assert done.returncode == exit_codes.OK, done.stderr
    assert file.read_text(encoding="utf-8-sig").startswith("ticket_id,number,kind,")
    waiting = terminal.desk("export", "hook")
    assert waiting.stdout == "0 tickets wait to be told, 0 of them were tried.\n"


def test_the_hotline_s_own_people_from_a_list(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "人员.csv"
    file.write_text("工号,姓名,岗位\n9001,王芳,主管\n1001,张三,坐席\n", encoding="utf-8-sig")
    unasked = terminal.desk("import", "staff", str(file))
    assert "Nothing was changed." in unasked.stdout, unasked.stderr
    done = terminal.desk("import", "staff", str(file), "--yes")
    assert done.stdout.endswith("Imported.\n"), done.stderr
    refused = terminal.desk("import", "staff", str(file), "--yes")
    assert "Only a supervisor may do this" in refused.stderr, "the seat's own agent, 1001, is none any more"
