"""From IT's list to a registered seat, with the real programs: IT signs and makes a code, somebody types it on a PC
that nothing is set on, and its line is registered."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk.demo.processes import Child, wait_until
from desk.demo.seat import Seat
from desk.demo.stage import LINE_USER, PASSWORD
from tests.end2end import kept
from tests.end2end.ground import START_S, STEP_S, Ground, Post, running

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]
MOST_S = 120.0  # of the promise: under two minutes from the first key to a line that rings


def desk(*words: object, stdin: str = "") -> str:
    """A command of IT's, at a computer that is no seat."""
    done = subprocess.run(
        [sys.executable, "-m", "desk", *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def publish(ground: Ground, seat: Seat, it: Path, version: int, more: str = "") -> Path:
    """The company's file, signed, in a folder for the seats. JSON's strings are TOML's too."""
    it.mkdir(exist_ok=True)
    if not (it / "key").exists():
        desk("provision", "keys", it / "key", stdin="a password\n")
    (it / "company.toml").write_text(
        f"""
[company]
name = "阳光物业"
version = {version}

[settings]
data_dir = {json.dumps(str(seat.data_dir))}
runtime_dir = {json.dumps(str(seat.folder / "run"))}

[settings.headset]
kind = "none"

[settings.line]
kind = "registered"
registrar = "{ground.stage.registrar.address}"
port = 0
bind = "127.0.0.1"
{more}

[seats.{seat.name}.line]
user = "{LINE_USER}"
""",
        "utf-8",
    )
    desk("provision", "sign", it / "company.toml", "--key", it / "key", "--to", it / "share", stdin="a password\n")
    return it / "share"


def code_for(seat: Seat, it: Path, share: Path) -> str:
    (it / "list.csv").write_text(f"seat,sip\n{seat.name},{PASSWORD}\n", "utf-8")
    out = it / f"codes-{time.monotonic_ns()}.csv"
    desk("provision", "codes", it / "list.csv", "--to", share, "--pub", it / "key.pub", "--out", out)
    with out.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    return row["code"]


def test_a_code_typed_at_the_first_start_makes_a_registered_seat(ground: Ground, tmp_path: Path) -> None:
    with ground.seat(on_line=False, empty=True) as seat:
        share = publish(ground, seat, tmp_path / "it", 1)
        code = code_for(seat, tmp_path / "it", share)
        seat.settings_file.unlink()
        post = Post(ground, seat)
        untouched = {**seat.env, "XDG_DATA_HOME": str(tmp_path / "share")}  # nobody's seat has run there
        seat.child = Child(seat.command(), seat.folder / "desk.log", untouched)
        post.in_front()
        began_s = time.monotonic()
        post.type(code.replace("-", "").lower())
        post.press("Return")
        post.type(str(share))
        post.press("Return")
        wait_until("the seat to be enrolled", (seat.folder / "company" / "state.json").exists, STEP_S)

        def started() -> bool:
            post.press("Return")
            return running(seat, "launcher") is not None and bool(seat.log_lines("launcher"))

        wait_until("the seat to start", started, STEP_S)
        post.after("line registered", role="phone", timeout_s=START_S)
        took_s = time.monotonic() - began_s
        print(f"from the first key to a registered line: {took_s:.1f} s")
        assert took_s < MOST_S
        assert kept.secret(seat, f"sip:{LINE_USER}@{ground.stage.registrar.address}") == PASSWORD
        assert not seat.settings_file.exists()
        told = subprocess.run(
            seat.command("config", "explain", "line.user"),
            env={**os.environ, **seat.env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        ).stdout
        assert f'line.user = "{LINE_USER}"' in told
        assert "company.toml:" in told
        seat.stop()

        publish(ground, seat, tmp_path / "it", 2, "expires_s = 300")
        assert seat.run("provision", "refresh") == 0
        assert seat.run("enrol", code, "--from", str(share)) == 1  # used
        said = (seat.folder / "commands.log").read_text("utf-8")
        assert "第 2 号" in said
        assert "已经用过" in said or "used already" in said
