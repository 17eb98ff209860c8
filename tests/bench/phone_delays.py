"""How long the phone takes: to ring, to talk after the answer key, to talk again after hold, after the headset has been
plugged in again, and after the registrar is back. The phone is a process of its own (tests.telephony.driver), commanded
over its link as the window does it; on the virtual headset, with the agent's microphone never silent.

*Two-way audio* is there when the agent's sound has come to the far end AND the far end's has left the sound server for
the earpiece, whichever is later. All times are CLOCK_MONOTONIC seconds of one machine."""

import os
import random
import socket
import subprocess
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port, wait_until
from desk.demo.virtual_headset import EARPIECE, MICROPHONE, VirtualHeadset
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot
from tests.bench.audio_capture import Capture
from tests.bench.audio_devices import without_latency
from tests.bench.audio_load import busy_cores
from tests.bench.audio_priority import raised_thread
from tests.bench.audio_signal import GRAIN, RATE_HZ, NotFound, Samples, follow, noise, to_pcm16
from tests.bench.phone_peer import Peer
from tests.robustness.ground import USERS
from tests.telephony.driver import Driver, phone

SPOKEN_SEED, HEARD_SEED = 31, 32
HEARD_S = 12.0
SPEAKS_S = 120.0
HEARING_S = 0.6  # of the far end's sound, for it to be known again
DEAF_S = 60.0


def ringing_ms(folder: Path, invites: int) -> list[float]:
    """INVITE to 180, both cores busy."""
    port = free_port(socket.SOCK_DGRAM)
    pauses = random.Random(180)
    found = []
    with phone(folder / "phone", {"kind": "direct", "port": port}) as driver, busy_cores(folder):
        raised_thread()
        for _ in range(invites):
            mark = driver.mark()
            with Peer(port, noise(0.1, HEARD_SEED)) as peer:
                found.append(peer.rang_after_s() * 1000)
                peer.give_up()
            driver.wait(events.CallEnded, after=mark)
            time.sleep(pauses.uniform(0.01, 0.1))  # no timer is met in step
    return found


@contextmanager
def _speaking(headset: VirtualHeadset, folder: Path) -> Iterator[None]:
    """The agent never stops."""

    file = folder / "agent.wav"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(to_pcm16(noise(SPEAKS_S, SPOKEN_SEED)))
    argv = ["paplay", "--device=feed", "--latency-msec=100", str(file)]
    process = subprocess.Popen(argv, env={**os.environ, **without_latency(headset.env)})
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Talks:
    """Calls on the virtual headset, and when audio went both ways after something was done."""

    def __init__(self, headset: VirtualHeadset, folder: Path) -> None:
        self._headset, self._folder = headset, folder
        self._env = without_latency(headset.env)
        self._sound = noise(HEARD_S, HEARD_SEED)

    def after_answer_and_hold_ms(self, calls: int) -> tuple[list[float], list[float]]:
        answers, resumes = [], []
        with self._phone() as (driver, port), _speaking(self._headset, self._folder):
            for _ in range(calls):
                with Peer(port, self._sound) as peer:
                    call_id = self._rings(driver, peer)
                    answers.append(self._both_ways_ms(peer, lambda: self._answer(driver, peer, call_id)))  # noqa: B023
                    self._hold(driver, call_id, on=True)
                    time.sleep(0.5)
                    resumes.append(self._both_ways_ms(peer, lambda: self._hold(driver, call_id, on=False)))  # noqa: B023
                driver.wait(events.CallEnded, call_id=call_id)
        return answers, resumes

    def after_replug_ms(self, times: int) -> list[float]:
        found = []
        with self._phone() as (driver, port):
            for _ in range(times):
                with Peer(port, self._sound) as peer:
                    call_id = self._rings(driver, peer)
                    self._answer(driver, peer, call_id)
                    self._headset.unplug()
                    wait_until("the headset's going", lambda: not _present(driver), 10.0)
                    self._headset.plug_in()
                    plugged_s = time.monotonic()
                    with _speaking(self._headset, self._folder):
                        found.append(self._both_ways_ms(peer, lambda: None, plugged_s, 3.0))
                    wait_until("the headset's return", lambda: _present(driver), 10.0)
                driver.wait(events.CallEnded, call_id=call_id)
        return found

    @contextmanager
    def _phone(self) -> Iterator[tuple[Driver, int]]:
        port = free_port(socket.SOCK_DGRAM)
        line = {"kind": "direct", "port": port, "codecs": ["PCMU"]}
        devices = [MICROPHONE, EARPIECE, EARPIECE]
        env = {**os.environ, **self._env}
        folder = Path(self._folder) / f"phone-{port}"
        with phone(folder, line, headset="sound", devices=devices, env=env) as driver:
            wait_until("the headset", lambda: _present(driver), 10.0)
            yield driver, port

    def _rings(self, driver: Driver, peer: Peer) -> CallId:
        mark = driver.mark()
        peer.invite()
        return driver.wait(events.CallOffered, after=mark).call_id

    def _answer(self, driver: Driver, peer: Peer, call_id: CallId) -> None:
        driver.do(commands.Answer(call_id))
        peer.converse()

    def _hold(self, driver: Driver, call_id: CallId, on: bool) -> None:
        mark = driver.mark()
        driver.do(commands.Hold(call_id, on))
        driver.wait(events.CallHeld if on else events.CallResumed, after=mark, call_id=call_id)

    def _both_ways_ms(
        self, peer: Peer, do: Callable[[], None], since_s: float | None = None, more_s: float = 0.0
    ) -> float:
        with Capture("earpiece.monitor", self._env) as ear:
            begin_s = since_s or time.monotonic()
            do()
            wait_until("the agent's sound at the far end", lambda: any(at > begin_s for at in peer.loud_s), 10.0)
            time.sleep(HEARING_S + more_s)
            heard = ear.stop()
        mouth_s = min(at for at in peer.loud_s if at > begin_s)
        return (max(mouth_s, _first_heard_s(heard.sound, heard.time_of, self._sound, begin_s)) - begin_s) * 1000


def _present(driver: Driver) -> bool:
    states = [m.headset for m in driver.messages if isinstance(m, PhoneSnapshot)]
    states += [m.state for m in driver.messages if isinstance(m, events.HeadsetChanged)]
    return states[-1].present and any(device.name == EARPIECE for device in states[-1].earpieces)


def _first_heard_s(sound: Samples, time_of: Callable[[Samples], Samples], original: Samples, begin_s: float) -> float:
    """When the first grain of the original that stands behind `begin_s` left the sound server."""
    places = np.array([piece.output_s for piece in follow(original, sound).pieces])
    times = time_of(places) - GRAIN / 2 / RATE_HZ
    after = times[times > begin_s]
    if not len(after):
        raise NotFound
    return float(after.min())


def registered_again_s(folder: Path, times: int) -> list[float]:
    """From the registrar's first answer to a registered line, after it was gone until the line knew it."""
    port = free_port(socket.SOCK_DGRAM)
    found = []
    with Kamailio(folder / "kamailio", USERS) as server:
        line = {"kind": "registered", "registrar": server.address, "user": "desk", "port": port}
        with phone(folder / "phone", line, password="secret", usual_pace=True) as driver:
            wait_until("the registration", lambda: _status(driver) is LineStatus.REGISTERED, DEAF_S)
            for _ in range(times):
                mark = driver.mark()
                server.kill()
                _line_is(driver, LineStatus.DEAF, mark)
                mark = driver.mark()
                server.start()
                back_s = time.monotonic()
                _line_is(driver, LineStatus.REGISTERED, mark)
                found.append(time.monotonic() - back_s)
    return found


def _line_is(driver: Driver, status: LineStatus, mark: int) -> None:
    driver.wait(events.LineChanged, DEAF_S, mark, matches=lambda told: told.state.status is status)


def _status(driver: Driver) -> LineStatus:
    states = [m.lines[0] for m in driver.messages if isinstance(m, PhoneSnapshot)]
    states += [m.state for m in driver.messages if isinstance(m, events.LineChanged)]
    return states[-1].status
