"""kill -9 in the middle of a call: the ui, then the phone. What was on the line is noise that never repeats, so the
recording says to the sample what of it was kept (`audio_signal.follow`)."""

import os
import signal
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from desk.demo.outcome import central_ticket
from desk.demo.processes import wait_until
from desk.demo.sealed import plain_recording
from desk.demo.stage import DATABASE, Stage
from desk.recording.playing.decode import RATE_HZ as DECODED_HZ
from desk.recording.playing.decode import Decoder
from tests.bench.audio_peer import MarkedPeer
from tests.bench.audio_signal import FRAME_S, RATE_HZ, Samples, follow, from_pcm16, noise, resampled
from tests.bench.figures import Figure
from tests.bench.spine_seat import STEP_S, BenchSeat, Say

SOUND_S = 60.0
TALK_S = 5.0  # before the kill
AFTER_S = 3.0
SETTLE_S = 3.0  # at the beginning of a recording, where it does not count
BEFORE_S = 0.2  # a gap that begins that much before the kill is still its own
SEALED_S = 30.0
BACK_S = 30.0
LETTERS, DESCRIPTION = "cfslt", "it drips day and night"


@dataclass(frozen=True, slots=True)
class _Call:
    peer: MarkedPeer
    call_id: str
    began_ns: int


def _call(bench: BenchSeat, sound: Samples) -> _Call:
    """A call is up, answered by the tool that is attached."""
    began_ns = time.monotonic_ns()
    peer = MarkedPeer(sound)
    peer.call("127.0.0.1", bench.port, "hotline")
    received = bench.marks.wait("call_received", began_ns)
    for seen in ("form_opened", "profile_painted"):  # an agent looks before typing
        bench.marks.wait(seen, began_ns, STEP_S, call_id=received.fields["call_id"])
    return _Call(peer, str(received.fields["call_id"]), began_ns)


def measure_ui_kill(bench: BenchSeat, on: Stage, say: Say) -> list[Figure]:
    """The form is half typed when the ui dies. Afterwards Ctrl+Enter files it: what stands in the ticket is what the
    form had. The seat runs, the tool is attached, its window has the keyboard."""
    sound = noise(SOUND_S, seed=33)
    bench.answers = True
    call = _call(bench, sound)
    try:
        opened = bench.marks.wait("form_opened", call.began_ns, call_id=call.call_id)
        bench.display.type(LETTERS)
        bench.display.press("Return")
        bench.display.type(DESCRIPTION)
        time.sleep(TALK_S)
        killed_ns = time.monotonic_ns()
        bench.seat.kill("ui")
        shown = bench.marks.wait("call_shown", killed_ns, BACK_S, call_id=call.call_id)
        form = bench.marks.wait("form_opened", killed_ns, BACK_S, call_id=call.call_id)
        painted = bench.marks.wait("profile_painted", killed_ns, BACK_S, call_id=call.call_id)
        back_s = (max(shown.at_ns, form.at_ns, painted.at_ns) - killed_ns) / 1e9
        same = form.fields["draft_id"] == opened.fields["draft_id"]
        time.sleep(AFTER_S)
        bench.display.press("ctrl+Return")
        filed = bench.marks.wait("ticket_filed", form.at_ns)
        intact = same and _description(on, str(filed.fields["ticket_id"])) == DESCRIPTION
    finally:
        bench.answers = False
        call.peer.hang_up()
    left = _left_channel(bench, call.call_id)
    killed_at_s = float(np.searchsorted(call.peer.sent_s, killed_ns / 1e9)) * FRAME_S  # in what the caller said
    trace = follow(sound, left, coded=True)
    around = trace.within(killed_at_s - BEFORE_S, killed_at_s + back_s + AFTER_S)
    gap_ms = sum(fault.lost_s for fault in around.faults) * 1000
    calm = trace.within(SETTLE_S, killed_at_s - BEFORE_S)
    calm_ms = sum(fault.lost_s for fault in calm.faults) * 1000
    say(f"ui killed: back after {back_s:.2f} s, form {'intact' if intact else 'NOT intact'}, gap {gap_ms:.0f} ms")
    return [
        Figure("kill_ui.recording_gap", gap_ms, "ms", "<= 0", calm_ms),
        Figure("kill_ui.back", back_s, "s", "<= 3"),
        Figure("kill_ui.form_intact", float(intact), "", ">= 1"),
    ]


def _description(on: Stage, ticket_id: str) -> str:
    central = on.central
    if central is None:
        return ""
    row = wait_until("the ticket in PostgreSQL", lambda: central_ticket(central, DATABASE, ticket_id), STEP_S)
    return row.description


def measure_phone_kill(bench: BenchSeat, say: Say) -> list[Figure]:
    """How much of what the caller had said by then is in the recording, and how soon the next call could come."""
    sound = noise(SOUND_S, seed=34)
    bench.answers = True
    call = _call(bench, sound)
    try:
        time.sleep(SETTLE_S + TALK_S)
        lines = len(bench.seat.log_lines("phone"))
        killed_s, killed_wall_s = time.monotonic(), time.time()
        os.kill(bench.seat.pid_of("phone"), signal.SIGKILL)
        again = bench.seat.wait_step("line registered", BACK_S, role="phone", after=lines)
        back_s = datetime.fromisoformat(again["at"]).timestamp() - killed_wall_s
        said_s = float(np.searchsorted(call.peer.sent_s, killed_s)) * FRAME_S
    finally:
        bench.answers = False
        call.peer.hang_up()
    left = _left_channel(bench, call.call_id)
    kept_s = follow(sound, left, coded=True).pieces[-1].original_s
    lost_s = max(0.0, said_s - kept_s)
    say(f"phone killed: {lost_s:.2f} s of the recording lost, registered again after {back_s:.2f} s")
    return [
        Figure("kill_phone.recording_lost", lost_s, "s", "<= 0.5"),
        Figure("kill_phone.registered_again", back_s, "s", "<= 5"),
    ]


def _left_channel(bench: BenchSeat, call_id: str) -> Samples:
    """What the sealed recording has of the caller."""
    found = wait_until("the sealed recording", lambda: plain_recording(bench.seat, call_id), SEALED_S)
    if not isinstance(found, Path):
        raise FileNotFoundError(call_id)
    with Decoder(found) as decoder:
        both = b"".join(iter(decoder.read, b""))
    return resampled(from_pcm16(both).reshape(-1, 2)[:, 0].copy(), DECODED_HZ, RATE_HZ)
