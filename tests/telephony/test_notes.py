"""What the phone tells those who keep notes: figures every second, every SIP message, that it stood still."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.domain import events
from desk.domain.calls import Phase
from desk.domain.identity import CallId
from desk.telephony.media_notes import MediaNotes
from tests.telephony.test_quality_watch import START, T0, Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def notes() -> list[tuple[str, dict[str, Any]]]:
    return []


@pytest.fixture
def media(scene: Scene, notes: list[tuple[str, dict[str, Any]]]) -> MediaNotes:
    return MediaNotes(scene._workplace(), lambda kind, fields: notes.append((kind, dict(fields))))


def run(media: MediaNotes, scene: Scene, seconds: int, **each: int) -> None:
    """So many rounds of the loop, a second apart; the stack counts `each` more every time."""
    for _second in range(seconds):
        scene.now_s += 1.0
        now = scene.stack.measured[scene.leg]
        more = {name: getattr(now, name) + value for name, value in each.items()}
        scene.stack.measured[scene.leg] = replace(now, **more)
        media.tick(scene.now_s)


def test_every_second_of_talk_is_a_note_of_what_came_and_went(
    media: MediaNotes, scene: Scene, notes: list[tuple[str, dict[str, Any]]]
) -> None:
    run(media, scene, 5, received=48, lost=2, discarded=1, sent=50)
    assert [kind for kind, _fields in notes] == ["media"] * 4  # the first look has nothing to compare with
    fields = notes[-1][1]
    assert (fields["call_id"], fields["received"], fields["lost"], fields["late"]) == ("c1", 48, 2, 1)
    assert (fields["sent"], fields["codec"], fields["jitter_ms"]) == (50, "PCMA", 1.0)


def test_rounds_within_a_second_cost_no_look(
    media: MediaNotes, scene: Scene, notes: list[tuple[str, dict[str, Any]]]
) -> None:
    for turn in range(100):
        media.tick(scene.now_s + turn * 0.02)
    assert len(notes) <= 1


def test_a_call_without_audio_says_so_and_one_on_hold_says_nothing(
    media: MediaNotes, scene: Scene, notes: list[tuple[str, dict[str, Any]]]
) -> None:
    del scene.stack.measured[scene.leg]
    scene.now_s += 1.0
    media.tick(scene.now_s)
    assert notes == [("media", {"call_id": "c1", "codec": ""})]
    scene.change(phase=Phase.HELD)
    scene.now_s += 1.0
    media.tick(scene.now_s)
    assert len(notes) == 1


def test_a_new_stream_of_the_call_counts_anew(
    media: MediaNotes, scene: Scene, notes: list[tuple[str, dict[str, Any]]]
) -> None:
    run(media, scene, 2, received=50)
    scene.stack.measured[scene.leg] = START
    run(media, scene, 1, received=10)
    assert len(notes) == 1
    media.heard(events.CallEnded(CallId("c1"), T0, 200))
    run(media, scene, 2, received=50)
    assert [fields["received"] for _kind, fields in notes] == [50, 50]


def test_a_loop_that_stood_still_is_noted(
    media: MediaNotes, scene: Scene, notes: list[tuple[str, dict[str, Any]]]
) -> None:
    media.tick(scene.now_s)
    media.tick(scene.now_s + 30.0)
    assert notes[0] == ("slept", {"slept_s": 30.0})


BY_THE_LOG = """
import desk.telephony.pj.stack as made
made.can_tap, made.tap = lambda: False, lambda _listen: None
"""
PROGRAM = """
import os, socket, sys, time
from desk.settings import LineSettings
from desk.telephony.frame_clock import FrameClock
from desk.telephony.headset.port import NoHeadset
from desk.telephony.pj.stack import PjStack

class Nobody:
    def write(self, *_given): pass

heard = []
line = LineSettings(port=0, bind="127.0.0.1")
stack = PjStack([line], FrameClock(NoHeadset(), Nobody()), on_message=lambda out, text: heard.append((out, text)))
stack.open(lambda _signal: None)
port = stack._lines[0]._serving._own_port
far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
far.bind(("127.0.0.1", 0))
place = f"127.0.0.1:{far.getsockname()[1]}"
ask = f"OPTIONS sip:desk@127.0.0.1:{port} SIP/2.0\\r\\nVia: SIP/2.0/UDP {place};branch=z9hG4bKabc;rport\\r\\n"
ask += "From: 李 <sip:a@b>;tag=1\\r\\nTo: <sip:desk@c>\\r\\nCall-ID: x\\r\\nCSeq: 1 OPTIONS\\r\\n"
ask += "Content-Length: 0\\r\\n\\r\\n"
far.sendto(ask.encode(), ("127.0.0.1", port))
until = time.monotonic() + 20
while len(heard) < 2 and time.monotonic() < until:
    stack.pump(0.01)
for out, text in heard:
    print(out, len(text), text.split(b"\\r\\n")[0].decode(), text.endswith(b"\\r\\n\\r\\n"), flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("way", ["", BY_THE_LOG], ids=["tap", "log"])
def test_every_sip_message_is_heard_whole_as_it_comes_and_as_it_goes(way: str) -> None:
    """In a process of its own: PJSIP ends with it. Where it shows no functions to hang a module on, its log tells."""
    told = subprocess.run(
        [sys.executable, "-c", way + PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parent.parent.parent,
    )
    came, went = (line.split(" ") for line in told.stdout.splitlines())
    assert came[0] == "False"
    assert came[2] == "OPTIONS"
    assert came[-1] == "True"
    assert went[0] == "True"
    assert went[2:4] == ["SIP/2.0", "200"]
    assert went[-1] == "True"
