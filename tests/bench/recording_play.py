"""Playing, measured: from the click to the sound, from a vault in a folder and from S3 on loopback; a seek; the
waveform; what playing costs.

The whole way is in it: the player panel (offscreen), the worker, the rights and the listening log in a real seat store,
the opener that decrypts and proves, the player, miniaudio and PulseAudio's virtual headset. A sound counts from when
miniaudio takes the first sample of it for the device; the sound server's own buffer comes on top and is not Desk's.
moto is the S3 server, in a process of its own. What a first click pays once, loading PyAV and miniaudio, is told apart:
the window does it beforehand (`late_player.warm`)."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desk.compose import late_player
from desk.demo.processes import free_port
from desk.demo.virtual_headset import virtual_headset
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.recording.playing.decode import Decoder
from desk.recording.playing.head import Head, Way
from desk.recording.playing.reel import Reel
from desk.recording.playing.stream import SealedOpener
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Kept, Source
from desk.recording.vault.s3_request import S3Requests
from desk.recording.vault.s3_vault import S3Vault
from desk.telephony.headset.playback import MiniaudioSink
from desk.ui.player.engine import PlayerParts
from desk.ui.player.panel import PlayerPanel
from desk.usecases.listening_log import ListeningLog
from desk.usecases.replay import Replay
from tests.bench.figures import Figure, percentile
from tests.bench.recording_seal import spool_of
from tests.recording.scene import CALL
from tests.recording.sealed import SealingSeat
from tests.recording.vault.servers import bucket_at
from tests.ui.intake.scene import Scene, later, scene
from tests.ui.media import new_id, supervisor

Say = Callable[[str], None]
LONG_MIN, QUICK_MIN = 30, 5
TRIES, QUICK_TRIES = 20, 5
PATIENCE_S = 20.0


class TimedSink(MiniaudioSink):
    """Notes when the device takes the first sample of what was written last after an opening or a drop."""

    def __init__(self) -> None:
        super().__init__()
        self._fresh = False
        self.taken_s: float | None = None

    def open(self, rate_hz: int, channels: int) -> None:
        self._fresh = False
        super().open(rate_hz, channels)

    def drop(self) -> None:
        super().drop()
        self._fresh, self.taken_s = False, None

    def write(self, samples: bytes) -> None:
        super().write(samples)
        self._fresh = True

    def _feed(self, frame_bytes: int) -> Generator[bytes, int, None]:
        feed = super()._feed(frame_bytes)
        wanted = yield next(feed)
        while True:
            if self._fresh and self._queue and self.taken_s is None:
                self.taken_s = time.monotonic()
            wanted = yield feed.send(wanted)


class HalfVault:
    """A vault that gives half of a recording and then nothing until it is let go on: what a slow line looks like to
    somebody who moves about in what has come."""

    def __init__(self, vault: Source) -> None:
        self._vault, self.goes_on = vault, threading.Event()

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        blocks = self._vault.read(name, start, length)
        return self._half(b"".join(blocks)) if name.endswith(".age") else blocks

    def _half(self, whole: bytes) -> Iterator[bytes]:
        yield whole[: len(whole) // 2]
        self.goes_on.wait()
        yield whole[len(whole) // 2 :]

    def stat(self, name: str) -> Kept | None:
        return self._vault.stat(name)


class Desk:
    """The panel over everything real, and somebody who clicks."""

    def __init__(self, app: QApplication, stage: Scene, opener: SealedOpener) -> None:
        self._app, self.sink = app, TimedSink()
        log = ListeningLog(stage.log, stage.author, lambda: datetime.now(UTC), new_id(), "S01", supervisor)
        self.replay = Replay(stage.calls, opener, log, supervisor, lambda: datetime.now(UTC), 7)
        self.player = late_player.Player("", lambda: self.sink)
        self.panel = PlayerPanel(
            PlayerParts(
                worker=stage.worker,
                open=self.replay.open,
                reel=late_player.reel,
                player=self.player,
                damage=late_player.damage,
                heard=self.replay.heard,
            )
        )
        self.window = QWidget()
        self.window.resize(1366, 768)
        column = QVBoxLayout(self.window)
        column.addStretch()
        column.addWidget(self.panel)
        self.window.show()

    def click_ms(self) -> float:
        """From the click to the sound; then it is stopped."""
        self.sink.taken_s = None
        began_s = time.monotonic()
        self.panel.load_call(CALL)
        taken_s = self._taken()
        return (taken_s - began_s) * 1000

    def seek_ms(self, to_ms: int) -> float:
        self.sink.taken_s = None
        began_s = time.monotonic()
        self.panel.seek(to_ms)
        return (self._taken(since_s=began_s) - began_s) * 1000

    def rest(self) -> None:
        self.panel.close_tape()
        self._until(lambda: not self.player.playing)

    def loaded(self, share: float = 1.0) -> None:
        self._until(lambda: self.panel.deck.share_loaded >= share)

    def _taken(self, since_s: float = 0.0) -> float:
        self._until(lambda: (self.sink.taken_s or 0.0) > since_s)
        assert self.sink.taken_s is not None
        return self.sink.taken_s

    def _until(self, condition: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            if self.panel.text and self.panel.deck.tape is None and "..." not in self.panel.text:
                raise RuntimeError(self.panel.text)
            if time.monotonic() > end_s:
                raise TimeoutError("no sound")
            self._app.processEvents()
            time.sleep(0.0005)


@contextmanager
def s3_on_loopback(seat: SealingSeat, entry: RecordingEntry) -> Iterator[Source]:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        bucket = bucket_at(port, "")
        end_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                S3Requests(bucket, lambda: datetime.now(UTC)).send("PUT", "")
                break
            except Exception:
                if time.monotonic() > end_s:
                    raise
                time.sleep(0.1)
        vault = S3Vault(lambda: bucket, lambda: datetime.now(UTC))
        for name in (entry.file, str(Path(entry.file).with_suffix(".seal"))):
            vault.put_new(name, seat.sealed_dir / name)
        yield vault
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _logged(stage: Scene, entry: RecordingEntry) -> None:
    call = CallEntry(
        CALL, "热线", Direction.INCOMING, "013800138000", "+8613800138000", "", "", later(-90), "S01", "1001",
        Outcome.ANSWERED, later(-89), later(-59),
    )  # fmt: skip
    stage.log.append([stage.author.change("call", CALL, patch_of(call, "call_id"))])
    stage.log.append([stage.author.change("recording", CALL, patch_of(entry, "call_id"))])


def _from(desk: Desk, tries: int, length_ms: int) -> tuple[list[float], list[float]]:
    """Clicks, and seeks all over a recording that is loaded."""
    clicks, seeks = [], []
    for number in range(tries):
        clicks.append(desk.click_ms())
        desk.loaded()
        seeks.append(desk.seek_ms((number * 7 + 3) * length_ms // (tries * 7 + 7)))
        desk.rest()
    return clicks, seeks


def _half_loaded(desk: Desk, vault: HalfVault, tries: int, length_ms: int) -> list[float]:
    """Seeks within what has come, while the rest has not."""
    seeks = []
    for number in range(tries):
        vault.goes_on.clear()
        desk.click_ms()
        desk.loaded(0.45)
        seeks.append(desk.seek_ms((number * 7 + 3) * length_ms * 2 // (5 * (tries * 7 + 7))))
        assert desk.panel.deck.share_loaded < 0.6
        vault.goes_on.set()
        desk.rest()
    return seeks


def _waveforms(desk: Desk, tries: int) -> list[float]:
    """Opened already: its bars read and painted."""
    out = []
    for _ in range(tries):
        tape = desk.replay.open(CALL)
        began_s = time.monotonic()
        reel = late_player.reel(tape)
        bars = reel.bars()
        desk.panel.wave.show_recording(bars, tape.length_ms, ())
        desk.panel.wave.grab()
        out.append((time.monotonic() - began_s) * 1000)
        reel.close()
    return out


def _cost(plain: bytes, way: Way) -> float:
    """Milliseconds of processor for a second at the ear."""
    head, began_s, blocks = Head(Reel(plain)), time.process_time(), 0
    while blocks < 2_000 and head.next(way) is not None:
        blocks += 1
    return (time.process_time() - began_s) * 1000 / (blocks * 0.015)


def measure(say: Say, quick: bool = False) -> list[Figure]:
    minutes, tries = (QUICK_MIN, QUICK_TRIES) if quick else (LONG_MIN, TRIES)
    began_s = time.monotonic()
    late_player.warm()
    warm_ms = (time.monotonic() - began_s) * 1000
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as name:
        folder = Path(name)
        say(f"sealing {minutes} min of speech to play")
        seat = spool_of(folder / "seal", minutes)
        entry = seat.seal(CALL)
        plain = seat.plain(entry)
        with Decoder(plain) as decoder:
            length_ms = decoder.length_ms
        with virtual_headset(folder / "pulse") as headset, scene(folder / "store") as stage:
            os.environ.update(headset.env)
            _logged(stage, entry)
            with headset.capture(folder / "awake.wav"):
                say(f"{tries} clicks, a vault in a folder")
                desk = Desk(app, stage, SealedOpener(FolderVault(seat.sealed_dir), seat.hotline.identities))
                local, seeks = _from(desk, tries, length_ms)
                waves = _waveforms(desk, tries)
                desk.window.deleteLater()
                say(f"{tries} seeks in a recording of which half has come")
                slow = HalfVault(FolderVault(seat.sealed_dir))
                desk = Desk(app, stage, SealedOpener(slow, seat.hotline.identities))
                half = _half_loaded(desk, slow, tries, length_ms)
                desk.window.deleteLater()
                say(f"{tries} clicks, S3 on loopback")
                with s3_on_loopback(seat, entry) as vault:
                    desk = Desk(app, stage, SealedOpener(vault, seat.hotline.identities))
                    far, far_seeks = _from(desk, tries, length_ms)
                    desk.window.deleteLater()
    call = f"{minutes} min"
    return [
        Figure(f"click to sound, folder, {call}, p95", percentile(local, 0.95), "ms", "<= 150"),
        Figure(f"click to sound, S3, {call}, p95", percentile(far, 0.95), "ms", "<= 400"),
        Figure(f"seek to sound, {call}, p95", percentile(seeks + far_seeks, 0.95), "ms", "<= 50"),
        Figure(f"seek to sound, half of {call} has come, p95", percentile(half, 0.95), "ms", "<= 50"),
        Figure(f"waveform of {call}, p95", percentile(waves, 0.95), "ms", "<= 100"),
        Figure("loading the player, once", warm_ms, "ms"),
        Figure("processor per second heard, 1x", _cost(plain, Way()), "ms"),
        Figure("processor per second heard, 2x", _cost(plain, Way(speed=2.0)), "ms"),
        Figure("the same, silence skipped", _cost(plain, Way(speed=2.0, skip_silence=True)), "ms"),
    ]


if __name__ == "__main__":
    for figure in measure(print, "--quick" in sys.argv):
        print(figure.line())
