"""Shift+F12 at a whole seat after a good call, after one with the headset's cable pulled and after one that the phone
died under, and `desk bundle` where nothing runs any more; nobody is known again by what is in the bundles."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from desk.compose import support
from desk.compose.support import KEY_ENTRY
from desk.demo.baresip import Baresip
from desk.demo.known import AGENT_NAME, KNOWN
from desk.domain.troubles import Trouble
from desk.recording.sealing import age
from desk.support import bundle
from tests.end2end import kept
from tests.end2end.ground import ROLES, Ground, Post, kill, speaking, wait_gone

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]
MOST_BYTES = 2_000_000
TALK_S = 4.0
# On a computer that is busy with other tests, its lateness is what is to be said of a good call.
OF_A_GOOD_CALL = ("nothing", "window_stuck", "computer_late", "network_jitter")


def look_back(post: Post) -> dict[str, Any]:
    """The agent's one key, and back to the form; what was kept."""
    post.note()
    post.press("shift+F12")
    told = post.after("bundle_kept")
    post.press("Escape")
    return told


def talk_while_the_cable_is_pulled(ground: Ground, post: Post, resident: Baresip) -> str:
    call_id = post.talk(resident)
    time.sleep(TALK_S / 2)
    post.note()
    ground.headset.unplug()
    try:
        post.told(Trouble.HEADSET_VANISHED)
        post.note()
    finally:
        ground.headset.plug_in()
    post.told(None)
    post.hang_up(resident, call_id)
    return call_id


def opened(post: Post, name: str) -> dict[str, str]:
    """What is in one of the seat's own."""
    identity = age.identity_of(kept.secret(post.seat, KEY_ENTRY) or "")
    return bundle.members(support.opened((post.seat.data_dir / "support" / name).read_bytes(), [identity]))


def assert_nobody(found: dict[str, str]) -> None:
    """The resident whom the sample knows, their home, and the agent."""
    whole = "\n".join(found.values())
    numbers = (KNOWN.number_written, KNOWN.number_signalled, KNOWN.number_signalled[1:])
    homes = (KNOWN.estate, KNOWN.place_text, KNOWN.place_code, f"{KNOWN.unit}单元", KNOWN.assistant)
    seen = [canary for canary in (KNOWN.name, KNOWN.wife, AGENT_NAME, *numbers, *homes) if canary in whole]
    assert not seen


def test_one_key_after_a_bad_call_says_why_and_keeps_it_sealed(ground: Ground, post: Post, tmp_path: Path) -> None:
    with ground.resident() as resident, speaking(ground):
        call_id = post.talk(resident)
        time.sleep(TALK_S)
        post.hang_up(resident, call_id)
        good = look_back(post)
    with ground.resident() as resident:
        pulled_id = talk_while_the_cable_is_pulled(ground, post, resident)
    pulled = look_back(post)
    with ground.resident() as resident, speaking(ground):
        bad_id = post.talk(resident)
        time.sleep(TALK_S / 2)
        post.note()
        kill(post.seat, "phone")
        post.after("line registered", role="phone")
        post.after("call_ended", call_id=bad_id)
    bad = look_back(post)
    assert bad["size"] <= MOST_BYTES
    found = opened(post, str(good["bundle"]))
    report = json.loads(found["report.json"])
    assert report["call"]["call_id"] == call_id
    assert report["diagnosis"] in OF_A_GOOD_CALL, report
    assert report["call"]["mos"] > 3.0
    assert "INVITE sip:~" in found["sip.txt"]
    assert "SIP/2.0 200" in found["sip.txt"]
    assert found["timeline.txt"].count("  media  ") >= TALK_S / 2
    assert_nobody(found)
    report = json.loads(opened(post, str(pulled["bundle"]))["report.json"])
    assert (report["diagnosis"], report["call"]["call_id"]) == ("headset_gone", pulled_id)
    found = opened(post, str(bad["bundle"]))
    report = json.loads(found["report.json"])
    assert (report["diagnosis"], report["call"]["call_id"]) == ("phone_restarted", bad_id)
    assert_nobody(found)
    for role in (*ROLES, "launcher"):
        kill(post.seat, role)
    wait_gone(post.seat)
    file = tmp_path / "it.deskbundle"
    told = subprocess.run(
        post.seat.command("bundle", "--call", bad_id, "--out", str(file)),
        env={**post.seat.env, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert file.stat().st_size <= MOST_BYTES
    assert post.seat.run("bundle", "open", str(file), "--to", str(tmp_path / "it")) == 0
    assert json.loads((tmp_path / "it" / "report.json").read_text("utf-8"))["diagnosis"] == "phone_restarted"
