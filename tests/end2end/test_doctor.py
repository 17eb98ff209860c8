"""`desk doctor` beside a seat at work: the processes of the seat are asked, and a call that runs does not notice. What
is wrong is found by the same names as where no seat runs (`tests/compose/test_doctor.py`)."""

import json
import os
import socket
import subprocess
from typing import Any

import pytest

from desk.demo.baresip import Baresip
from desk.demo.processes import free_port
from desk.demo.sealed import lay_secret
from desk.demo.stage import LINE_USER, PASSWORD
from tests.end2end.ground import Ground, Post, line_entry, speaking

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(180)]


def examined(post: Post, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and each finding by its check."""
    done = subprocess.run(
        post.seat.command("doctor", "--json", *words),
        env={**os.environ, **post.seat.env},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["doctor"] == 1
    assert told["seat"] == post.seat.name
    return done.returncode, {finding["check"]: finding for finding in told["findings"]}


def test_a_seat_at_work_is_asked_and_a_call_goes_on(post: Post, resident: Baresip) -> None:
    post.seat.data_dir.chmod(0o700)
    with speaking(post.ground):
        call_id = post.talk(resident)
        _code, found = examined(post, "--call")
        levels = {check: finding["level"] for check, finding in found.items()}
        assert {check for check, level in levels.items() if level in ("wrong", "warning")} == set(), found
        assert levels["seat.processes"] == levels["sip.registration"] == levels["headset.level"] == "ok"
        assert found["headset.level"]["figures"]["peak_dbfs"] > -40  # what the phone hears of the agent
        assert levels["call.test"] == "unchecked"  # a call runs
        post.hang_up(resident, call_id)
        _code, found = examined(post, "--call", "--only", "call.test")
        assert found["call.test"]["level"] == "ok", found
        assert found["call.test"]["figures"]["mos"] > 4
        post.note()
        post.press("ctrl+shift+d")  # the same, by the window itself
        seen = post.after("seat_examined", timeout_s=60)
        assert seen["worst"] in ("ok", "unchecked"), post.seat.log_lines("ui")[-5:]
        assert int(str(seen["checks"])) >= 15
    ended = [step for step in post.seat.log_lines("ui") if step.get("step") == "call_ended"]
    assert [step["call_id"] for step in ended] == [call_id]  # the test call was nobody's


def raised(found: dict[str, Any]) -> dict[str, str]:
    """What is not well, with the sentence."""
    return {check: one["why"] for check, one in found.items() if one["level"] in ("warning", "wrong")}


def test_what_is_wrong_around_a_seat_at_work_is_found_by_its_names(ground: Ground) -> None:
    centre, vault = f"postgresql://127.0.0.1:{free_port()}/desk", ground.folder / "vault-of-a-share"
    vault.mkdir()
    tables = {"central": {"url": centre, "user": "agent1001"}, "vault": {"url": str(vault)}}
    with ground.seat(on_screen=False, tables=tables) as seat:
        lay_secret(seat, line_entry(seat), "not-the-password")
        lay_secret(seat, "central:agent1001@127.0.0.1", "nobody-asks")
        post = Post(ground, seat).start(line="deaf")
        seat.data_dir.chmod(0o777)
        for file in sorted(vault.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        vault.rmdir()
        subprocess.run(["pactl", "set-source-mute", "microphone", "1"], env={**os.environ, **seat.env}, check=True)
        try:
            with speaking(ground):
                _code, found = examined(post)
        finally:
            subprocess.run(["pactl", "set-source-mute", "microphone", "0"], env={**os.environ, **seat.env}, check=True)
    wrong = {"folders", "vault", "headset.level", "sip.registration", "central"}
    assert set(raised(found)) == wrong | {"changes"}, "the sample's work, for which there was no centre till now"
    assert all(found[check]["remedy"] for check in raised(found))


def test_what_the_telephone_of_a_seat_at_work_lacks_is_found_by_its_names(ground: Ground) -> None:
    gone = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        tables = {"line": {"registrar": gone, "port": other.getsockname()[1]}}
        with ground.seat(on_screen=False, tables=tables) as seat:
            lay_secret(seat, f"sip:{LINE_USER}@{gone}", PASSWORD)
            ground.headset.unplug_microphone()
            try:
                post = Post(ground, seat).start(line="deaf")
                seat.data_dir.chmod(0o700)
                _code, found = examined(post)
            finally:
                ground.headset.plug_in_microphone()
    assert set(raised(found)) == {"sip.server", "sip.port", "headset.microphone"}, raised(found)
    assert str(tables["line"]["port"]) in found["sip.port"]["why"]
