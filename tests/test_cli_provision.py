"""`desk provision`: one list makes thirty seats, by one command each, and no seat that nobody knows."""

import csv
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from desk.demo.keyring_session import keyring_session

PASSWORD = "of the company's key\n"
HEAD = ("坐席", "分机", "密码", "工号", "姓名", "central.user", "central")
SEATS = [f"S{number:02}" for number in range(1, 31)]
COMPANY = """
[company]
name = "阳光物业"
version = 1

[settings.line]
kind = "registered"
registrar = "pbx.example.com"

[settings.central]
url = "postgresql://db.example.com/desk"
"""


class It:
    """IT's own computer, which is no seat."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.company, self.list = folder, folder / "company.toml", folder / "坐席.csv"
        self.share, self.key = folder / "share", folder / "key"
        self.company.write_text(COMPANY, "utf-8")
        self.write([self.row(seat) for seat in SEATS])

    @staticmethod
    def row(seat: str) -> list[str]:
        number = int(seat[1:])
        return [seat, f"80{number:02}", f"sip-of-{seat}", f"10{number:02}", f"坐席员{number}", seat, f"db-of-{seat}"]

    def write(self, rows: list[list[str]]) -> None:
        with self.list.open("w", encoding="utf-8-sig", newline="") as opened:
            csv.writer(opened).writerows([HEAD, *rows])

    def desk(
        self, *words: object, code: int = 0, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "desk", *map(str, words)],
            input=PASSWORD,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done

    def seats(self, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.desk("provision", "seats", self.list, "--into", self.company, code=code)

    def sign(self) -> None:
        if not self.key.exists():
            self.desk("provision", "keys", self.key)
        self.desk("provision", "sign", self.company, "--key", self.key, "--to", self.share)

    def codes(self, out: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        words = ("provision", "codes", self.list, "--to", self.share, "--pub", self.folder / "key.pub")
        return self.desk(*words, "--out", self.folder / out, code=code)

    def made(self, out: str) -> dict[str, str]:
        with (self.folder / out).open(encoding="utf-8-sig", newline="") as opened:
            return {row["seat"]: row["code"] for row in csv.DictReader(opened)}


def test_one_list_makes_thirty_seats_and_the_code_of_each_makes_a_pc_that_seat(tmp_path: Path) -> None:
    it = It(tmp_path)
    assert "30" in it.seats().stdout
    assert "-of-S" not in it.company.read_text("utf-8"), "no password goes into the company's file"
    it.sign()
    assert it.codes("codes.csv").stderr == ""
    codes = it.made("codes.csv")
    assert list(codes) == SEATS
    with keyring_session() as keyring:
        said = it.desk("enrol", codes["S17"], "--from", it.share, env=keyring)
        assert "S17" in said.stdout
        for key, value in (
            ("line.user", "8017"),
            ("seat.agent", "1017"),
            ("seat.name", "S17"),
            ("central.user", "S17"),
        ):
            (told,) = json.loads(it.desk("config", "explain", key, "--json", env=keyring).stdout)
            assert (told["value"], told["from"]) == (value, "company"), key
        kept = "import keyring, sys; print(*(keyring.get_password('desk', entry) for entry in sys.argv[1:]))"
        entries = ["sip:8017@pbx.example.com", "central:S17@db.example.com"]
        env = {**os.environ, **keyring}
        argv = [sys.executable, "-c", kept, *entries]
        got = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        assert got.stdout.split() == ["sip-of-S17", "db-of-S17"]
    told = it.desk("provision", "pending", it.share).stdout.splitlines()
    assert sorted(line[:3] for line in told) == SEATS
    assert [line[:3] for line in told if line.endswith(platform.node())] == ["S17"], "where it was used"


def test_a_code_for_a_seat_that_nobody_knows_is_not_made_and_none_of_the_others_either(tmp_path: Path) -> None:
    it = It(tmp_path)
    it.seats()
    it.sign()
    it.write([it.row("S01"), ["S3O", *it.row("S30")[1:]]])  # the letter, not the figure
    refused = it.codes("codes.csv", code=1).stderr
    assert "S3O" in refused
    assert not (tmp_path / "codes.csv").exists()
    assert it.desk("provision", "pending", it.share).stdout == ""
    it.write([it.row("S01"), it.row("S02")])
    said = it.codes("codes.csv").stderr
    assert "S03, S04" in said, "seats that got no code are named"


def test_a_list_that_no_seat_could_start_with_changes_nothing(tmp_path: Path) -> None:
    it = It(tmp_path)
    it.seats()
    before = it.company.read_bytes()
    it.write([[*it.row("S01")[:5], "a user", "x"]])
    it.list.write_text(it.list.read_text("utf-8-sig").replace("central.user", "line.port"), "utf-8")
    assert "line.port" in it.seats(code=1).stderr
    assert it.company.read_bytes() == before


@pytest.mark.parametrize("word", ["seats", "codes"])
def test_the_words_of_the_list_are_told(word: str, tmp_path: Path) -> None:
    said = It(tmp_path).desk("provision", word, "--help").stdout
    assert "docs/provisioning.md" in said
