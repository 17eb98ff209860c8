"""The spool's promises as figures: what kill -9 of the real phone process costs, what a power cut would, and what
becomes of thousands of calls with faults on the way."""

import contextlib
import logging
import os
import random
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk.demo.processes import free_port, wait_until
from desk.domain import commands, events
from desk.domain.identity import CallId
from desk.recording.sealing.encode import EncodeError, decoded_length_ms
from desk.recording.sealing.sealer import SealError
from desk.recording.spool import file as spool_file
from desk.recording.spool import folder as spool
from desk.recording.spool.interleave import FRAME_BYTES
from desk.recording.spool.manifest import JournalError
from desk.recording.spool.recorder import SpoolRecorder
from desk.recording.spool.segments import MANIFEST
from desk.usecases.ports import Clock
from tests.bench.figures import Figure
from tests.recording.fault_chain import Chain, Fault
from tests.recording.kept_vaults import KeptBucket
from tests.recording.scene import CALL, FRAME_SAMPLES, RATE, answered, offered
from tests.recording.sealed import SealingSeat
from tests.recording.speaker import numbered
from tests.recording.vault import servers
from tests.recording.vault.proxy import proxy
from tests.telephony.driver import Driver
from tests.telephony.raw_answerer import RawAnswerer

KILLS, KILLS_QUICK = 200, 8
CUTS, CUTS_QUICK = 200, 20
CALLS, CALLS_QUICK = 10_000, 300
IN_BUCKET_QUICK = 100
TALK_S = (0.3, 3.0)
CUT_EVERY_S = (0.05, 0.6)
OPENED_S = 0.05  # a frame of Opus and its lead
NOTE_EVERY = 7  # frames
WAIT_S = 20.0
FRAME_S = FRAME_SAMPLES / RATE

Say = Callable[[str], None]


def measure(say: Say, quick: bool) -> list[Figure]:
    return [*_kills(say, quick), *_cuts(say, quick), *_chain(say, quick), *_chain_in_bucket(say, quick)]


# ---- kill -9


def _kills(say: Say, quick: bool) -> list[Figure]:
    """A phone process on PJSIP, in a call with a far side by hand; it dies at a random instant."""
    instants, lost, unreadable = random.Random(20), [], 0
    count = KILLS_QUICK if quick else KILLS
    with tempfile.TemporaryDirectory() as folder, RawAnswerer() as far:
        for number in range(count):
            kept = _killed(Path(folder) / str(number), far, instants.uniform(*TALK_S))
            unreadable += kept is None
            if kept is not None:
                lost.append(kept)
            shutil.rmtree(Path(folder) / str(number), ignore_errors=True)
    say(f"{count} phone processes killed: at most {max(lost, default=0):.3f} s lost, {unreadable} unreadable")
    return [
        Figure("spool.kill_9.lost_most", max(lost, default=0.0), "s", "<= 0.5"),
        Figure("spool.kill_9.unreadable", unreadable, "", "<= 0"),
        Figure("spool.kill_9.kills", count, ""),
    ]


def _killed(folder: Path, far: RawAnswerer, talk_s: float) -> float | None:
    """Seconds of audio lost; None: the recording cannot be read."""
    line = {"kind": "direct", "port": free_port(socket.SOCK_DGRAM), "registrar": "127.0.0.1", "bind": "127.0.0.1"}
    driver = Driver(folder, {"lines": [line], "headset": "fake", "spool": True}, os.environ, None)
    driver.do(commands.Dial(far.uri("far")))
    call_id = driver.wait(events.CallDialled).call_id
    far.answer(far.request(b"INVITE"), 200, sdp=True)
    driver.wait(events.RecordingStarted, call_id=call_id)
    wait_until("audio", lambda: spool.audio_bytes(folder / "spool", call_id) > 0, WAIT_S)
    time.sleep(talk_s)
    killed_at = datetime.now(UTC)
    driver.child.process.send_signal(signal.SIGKILL)
    driver.child.process.wait(WAIT_S)
    driver._client.close()
    return _lost_s(folder / "spool", call_id, killed_at)


def _lost_s(spool_dir: Path, call_id: CallId, until: datetime) -> float | None:
    try:
        started = _started_at(spool_dir, call_id)
        recovered = spool.recover(spool_dir) == [call_id]
        journal = spool.read(spool_dir, call_id)
        kept = sum(map(len, spool.audio_blocks(spool_dir, call_id, RATE))) // FRAME_BYTES / RATE
        opened = _opened_s(spool_dir, call_id)
    except (OSError, ValueError, JournalError, SealError, EncodeError):
        return None
    whole = recovered and journal.interrupted and journal.damaged_lines == 0 and abs(opened - kept) <= OPENED_S
    return (until - started).total_seconds() - kept if whole else None


def _opened_s(spool_dir: Path, call_id: CallId) -> float:
    """How long it is once it was sealed, opened with its key and decoded."""
    seat = SealingSeat(spool_dir.parent)
    plain = spool_dir.parent / "opened.opus"
    plain.write_bytes(seat.plain(seat.seal(call_id)))
    return decoded_length_ms(plain) / 1000


def _started_at(spool_dir: Path, call_id: CallId) -> datetime:
    for line in spool.manifest_bytes(spool_dir, call_id).splitlines():
        if b'"recording_started"' in line:
            return datetime.fromisoformat(line.split(b'"at":"')[1].split(b'"')[0].decode())
    raise ValueError("the recording never started")


# ---- a power cut


@dataclass(frozen=True, slots=True)
class _Cut:
    """`handed_s`: audio so far; `noted_s`: how long before the cut each line was noted. `synced`: file's name -> what
    of it is durable: of audio how many bytes, of a manifest the very bytes, for zeros hold the place of lines to come
    and its size says nothing."""

    handed_s: float
    noted_s: tuple[float, ...]
    synced: "dict[str, int | bytes]"


def _cuts(say: Say, quick: bool) -> list[Figure]:
    """Of each file only what was synced is there, of each folder every name whose file was; the recorder speaks in real
    time, and something to be noted happens every few frames."""
    count, instants = CUTS_QUICK if quick else CUTS, random.Random(21)
    with tempfile.TemporaryDirectory() as folder:
        spool_dir = Path(folder) / "spool"
        cuts = _speak(spool_dir, count, instants)
        lost, lines_lost, unreadable = [], [], 0
        for number, cut in enumerate(cuts):
            left = Path(folder) / f"cut{number}"
            left.mkdir()
            for name, synced in cut.synced.items():
                content = synced if isinstance(synced, bytes) else (spool_dir / name).read_bytes()[:synced]
                (left / name).write_bytes(content)
            kept = _kept(left)
            unreadable += kept is None
            kept_s, lines = kept or (0.0, 0)
            lost.append(cut.handed_s - kept_s)
            lines_lost.append(max(cut.noted_s[lines:], default=0.0))
            shutil.rmtree(left)
    say(f"{count} power cuts: at most {max(lost):.2f} s lost, {unreadable} unreadable")
    return [
        Figure("spool.power_cut.lost_most", max(lost), "s", "<= 2"),
        Figure("spool.power_cut.lines_lost_most", max(lines_lost), "s", "<= 2"),
        Figure("spool.power_cut.unreadable", unreadable, "", "<= 0"),
    ]


def _kept(spool_dir: Path) -> tuple[float, int] | None:
    """Seconds of audio, and how many of the lines; None: the recording cannot be read."""
    try:
        spool.recover(spool_dir)
        journal = spool.read(spool_dir, CALL)
    except (OSError, JournalError):
        return None
    if not journal.interrupted:
        return None
    lines = [mark.detail for mark in journal.marks if mark.name == "prompt_played"]
    if lines != [str(number) for number in range(len(lines))]:
        return None
    return sum(map(len, spool.audio_blocks(spool_dir, CALL, RATE))) // FRAME_BYTES / RATE, len(lines)


def _speak(spool_dir: Path, count: int, instants: random.Random) -> list[_Cut]:
    synced: dict[str, int | bytes] = {}
    with _noting_syncs(spool_dir, synced):
        recorder = SpoolRecorder(
            spool_dir,
            lambda: datetime.now(UTC),
            seat="S01",
            agent=lambda: "1001",
            on_failed=lambda _call_id, _wrong: None,
        )
        recorder.note(offered())
        recorder.note(answered())
        recorder.start(CALL, RATE)
        wait_until("a synced manifest", lambda: synced.get(f"{CALL}.jsonl"), WAIT_S)
        cuts: list[_Cut] = []
        noted: list[float] = []
        number, due_s = 0, time.monotonic()
        cut_at_s = due_s + instants.uniform(*CUT_EVERY_S)
        while len(cuts) < count:
            recorder.write(CALL, numbered(number), numbered(number))
            if number % NOTE_EVERY == 0:
                recorder.note(events.PromptPlayed(CALL, datetime.now(UTC), str(len(noted))))
                noted.append(time.monotonic())
            number += 1
            due_s += FRAME_S
            time.sleep(max(0.0, due_s - time.monotonic()))
            if time.monotonic() >= cut_at_s:
                now_s = time.monotonic()
                ages = tuple(now_s - at_s for at_s in noted)
                cuts.append(_Cut(number * FRAME_S, ages, dict(synced)))
                cut_at_s = time.monotonic() + instants.uniform(*CUT_EVERY_S)
        recorder.close()
    return cuts


@contextlib.contextmanager
def _noting_syncs(spool_dir: Path, synced: "dict[str, int | bytes]") -> Iterator[None]:
    """What an fsync has made durable: what was there before it began."""
    real, lock = os.fsync, threading.Lock()

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        there: int | bytes = path.read_bytes() if path.suffix == MANIFEST else os.fstat(handle).st_size
        real(handle)
        if path.parent == spool_dir:
            with lock:
                synced[path.name] = there

    spool_file.os.fsync = fsync  # type: ignore[attr-defined]
    try:
        yield
    finally:
        spool_file.os.fsync = real  # type: ignore[attr-defined]


# ---- many calls, many faults


def _chain(say: Say, quick: bool) -> list[Figure]:
    return _run_chain(say, "chain", CALLS_QUICK if quick else CALLS)


def _chain_in_bucket(say: Say, quick: bool) -> list[Figure]:
    """The same with S3-compatible storage for its vault, stopped, refusing, breaking off, its answers lost."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # which tells of every request
    with servers.moto() as bucket, proxy(servers.port_of(bucket)) as between:
        count = IN_BUCKET_QUICK if quick else CALLS
        return _run_chain(say, "chain.s3", count, lambda clock: KeptBucket(bucket, between, clock))


def _run_chain(say: Say, name: str, count: int, vault_of: Callable[[Clock], KeptBucket] | None = None) -> list[Figure]:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    began_s = time.monotonic()
    memory = Path("/dev/shm")  # noqa: S108 - what a disk costs is not asked here
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        outcome = Chain(Path(folder), 22, vault_of).run(
            count, lambda done: say(f"{done} calls") if done % 1000 == 0 else None
        )
    for lost in outcome.lost[:10]:
        say(f"without recording or reason: {lost}")
    faults = sum(sum(kinds.values()) for fault, kinds in outcome.kinds.items() if fault is not Fault.NONE)
    say(f"{name}: {count} calls, {faults} with a fault, in {time.monotonic() - began_s:.0f} s")
    return [
        Figure(f"{name}.without_recording_or_reason", len(outcome.lost), "", "<= 0"),
        Figure(f"{name}.overwritten", len(outcome.overwritten), "", "<= 0"),
        Figure(f"{name}.spools_left", len(outcome.left), "", "<= 0"),
        Figure(f"{name}.calls", outcome.calls, ""),
        Figure(f"{name}.per_call", (time.monotonic() - began_s) / count, "s"),
    ]
