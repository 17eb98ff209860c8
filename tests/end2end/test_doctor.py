"""`desk doctor` beside a seat at work: the processes of the seat are asked, and a call that runs does not notice."""

import json
import os
import subprocess
from typing import Any

import pytest

from desk.demo.baresip import Baresip
from tests.end2end.ground import Post, speaking

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
