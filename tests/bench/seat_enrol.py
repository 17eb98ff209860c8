"""A seat that has its line and its password by a code, as IT hands seats out: IT's part first, then the seat's one
command, timed."""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

from desk.demo.seat import Seat
from desk.demo.stage import LINE_USER, PASSWORD

KEY_PASSWORD = "of the company's key\n"


def enrolled_s(seat: Seat, it: Path) -> float:
    """Seconds of `desk enrol`. `it`: IT's folder, made here; the seat's own settings have no line afterwards."""
    code = _code(seat, it)
    seat.tables = {name: table for name, table in seat.tables.items() if name != "line"}
    seat.write_settings()
    began_s = time.monotonic()
    if seat.run("enrol", code, "--from", str(it / "share")):
        raise RuntimeError((seat.folder / "commands.log").read_text("utf-8")[-2000:])
    return time.monotonic() - began_s


def _code(seat: Seat, it: Path) -> str:
    it.mkdir()
    line = {name: value for name, value in seat.tables["line"].items() if name != "user"}
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in line.items())
    (it / "company.toml").write_text(f'[company]\nname = "阳光物业"\nversion = 1\n[settings.line]\n{told}\n', "utf-8")
    (it / "list.csv").write_text(f"seat,line.user,sip\n{seat.name},{LINE_USER},{PASSWORD}\n", "utf-8")
    _it("provision", "keys", it / "key")
    _it("provision", "seats", it / "list.csv", "--into", it / "company.toml")
    _it("provision", "sign", it / "company.toml", "--key", it / "key", "--to", it / "share")
    _it("provision", "codes", it / "list.csv", "--to", it / "share", "--pub", it / "key.pub", "--out", it / "codes.csv")
    with (it / "codes.csv").open(encoding="utf-8-sig", newline="") as opened:
        return next(row["code"] for row in csv.DictReader(opened))


def _it(*words: object) -> None:
    argv = [sys.executable, "-m", "desk", *map(str, words)]
    subprocess.run(argv, input=KEY_PASSWORD, text=True, capture_output=True, timeout=120, check=True)
