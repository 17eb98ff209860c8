"""kill -9 in the middle of a call: the ui, then the phone. What both said is noise that never repeats, so the recording
and the far end say to the sample what of it was kept (`audio_signal.follow`)."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from desk.demo.outcome import central_ticket
from desk.demo.processes import wait_until
from desk.demo.sealed import plain_recording
from desk.demo.stage import DATABASE, Stage
from desk.demo.voices import write_wav
from desk.recording.playing.decode import RATE_HZ as DECODED_HZ
from desk.recording.playing.decode import Decoder
from tests.bench.audio_peer import MarkedPeer
from tests.bench.audio_signal import FRAME_S, RATE_HZ, NotFound, Samples, Trace, follow, from_pcm16, noise, resampled
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
    sound, agent = noise(SOUND_S, seed=33), noise(SOUND_S, seed=35)
    bench.answers = True
    call = _call(bench, sound)
    mouth = contextlib.ExitStack()
    try:
        mouth.enter_context(_speaking(on, agent))
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
        mouth.close()
        bench.answers = False
        call.peer.hang_up()
    left, right = _channels(bench, call.call_id)
    killed_at_s = float(np.searchsorted(call.peer.sent_s, killed_ns / 1e9)) * FRAME_S  # in what the caller said
    trace = follow(sound, left, coded=True)
    around = trace.within(killed_at_s - BEFORE_S, killed_at_s + back_s + AFTER_S)
    gap_ms = around.lost_frames * FRAME_S * 1000
    for fault in around.faults:
        say(f"{fault.original_s - killed_at_s:+.3f} s from the kill: {fault}")
    calm_ms = trace.within(SETTLE_S, killed_at_s - BEFORE_S).lost_frames * FRAME_S * 1000
    at_far_end = call.peer.arrived
    heard_s = float(np.argmax(at_far_end.at_s >= killed_ns / 1e9)) * FRAME_S
    recorded_s = next(piece.output_s for piece in trace.pieces if piece.original_s >= killed_at_s - BEFORE_S)
    span_s = BEFORE_S + back_s + AFTER_S
    of_agent = [
        _of_agent("kill_ui.recording_gap_agent", agent, right, recorded_s, span_s, coded=True),
        _of_agent("kill_ui.far_end_gap", agent, at_far_end.sound, heard_s - BEFORE_S, span_s),
    ]
    say(f"ui killed: back after {back_s:.2f} s, form {'intact' if intact else 'NOT intact'}, gap {gap_ms:.0f} ms")
    say(f"the caller's own packets were {call.peer.beat_ms:.1f} ms late at worst")
    return [
        Figure("kill_ui.recording_gap", gap_ms, "ms", "<= 0", calm_ms),
        *(of_agent if on.headset is not None else ()),
        Figure("kill_ui.back", back_s, "s", "<= 3"),
        Figure("kill_ui.form_intact", float(intact), "", ">= 1"),
    ]


@contextlib.contextmanager
def _speaking(on: Stage, sound: Samples) -> Iterator[None]:
    """The agent says this, where there is a headset."""
    if on.headset is None:
        yield
        return
    file = on.folder / "agent-noise.wav"
    write_wav(file, sound, RATE_HZ)
    voice = on.headset.speak(file)
    try:
        yield
    finally:
        voice.terminate()
        voice.wait(STEP_S)


def _of_agent(name: str, said: Samples, heard: Samples, from_s: float, span_s: float, *, coded: bool = False) -> Figure:
    """What was lost of the agent in this span of what was heard; beside it, what was lost in the calm seconds before.
    NaN where the agent was not heard at all."""
    try:
        trace = follow(said, heard, coded=coded)
    except NotFound:
        return Figure(name, float("nan"), "ms", "<= 0")
    begins_s = trace.pieces[0].output_s
    calm_ms = lost_ms(trace, begins_s + 1.0, from_s)
    return Figure(name, lost_ms(trace, from_s, from_s + span_s), "ms", "<= 0", calm_ms)


def lost_ms(trace: Trace, from_s: float, to_s: float) -> float:
    """What never came out between these two moments of the output; a few milliseconds that a buffer left out to level
    its delay are no gap."""
    return 1000 * sum(f.lost_s for f in trace.faults if from_s <= f.output_s < to_s and not f.spliced)


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
    left, _right = _channels(bench, call.call_id)
    kept_s = follow(sound, left, coded=True).pieces[-1].original_s
    lost_s = max(0.0, said_s - kept_s)
    say(f"phone killed: {lost_s:.2f} s of the recording lost, registered again after {back_s:.2f} s")
    return [
        Figure("kill_phone.recording_lost", lost_s, "s", "<= 0.5"),
        Figure("kill_phone.registered_again", back_s, "s", "<= 5"),
    ]


def _channels(bench: BenchSeat, call_id: str) -> tuple[Samples, Samples]:
    """What the sealed recording has of the caller, and of the agent."""
    found = wait_until("the sealed recording", lambda: plain_recording(bench.seat, call_id), SEALED_S)
    if not isinstance(found, Path):
        raise FileNotFoundError(call_id)
    with Decoder(found) as decoder:
        both = b"".join(iter(decoder.read, b""))
    frames = from_pcm16(both).reshape(-1, 2)
    left, right = (resampled(frames[:, side].copy(), DECODED_HZ, RATE_HZ) for side in (0, 1))
    return left, right
