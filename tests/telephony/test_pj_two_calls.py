"""Two calls over PJSIP, and far sides that know REFER and Replaces; and what can only be heard: who hears whom in a
conference, what is recorded of it, and the music of those who wait."""

import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desk.demo.processes import free_port, wait_until
from desk.domain import commands, events
from desk.wire import SpoolClosed
from tests.telephony.driver import Driver, phone
from tests.telephony.far_phone import FarPhone, far_phone
from tests.telephony.sounds import Samples, likeness, read_pcm, speechlike, write_pcm, write_wav
from tests.telephony.test_pj_phone import PjScene
from tests.telephony.two_call_contract import TwoCallContract, TwoCallScene

SURE, ABSENT = 0.75, 0.4
RESIDENT, HANDLER, AGENT, MUSIC = (speechlike(seed, 3.0) for seed in (1, 2, 3, 4))


class FarScene(PjScene):
    def __init__(self, driver: Driver, desk_uri: str, far: dict[str, FarPhone]) -> None:
        self._driver, self._desk_uri, self._far = driver, desk_uri, far
        self.handler, self.nobody = far["handler"].uri, far["nobody"].uri

    def far_calls(self, who: str) -> None:
        self._far[who].do("dial", self._desk_uri)

    def far_ends(self, who: str) -> None:
        self._far[who].do("hangup")

    def far_accepts(self, who: str) -> None:
        self._far[who].do("accept")

    def far_answers_by_itself(self, who: str, on: bool) -> None:
        self._far[who].do("answers", "200" if on else "180")

    def far_holds(self, who: str, on: bool) -> None:
        self._far[who].do("hold" if on else "resume")

    def quiet(self) -> bool:
        """No call is left here."""
        return not self.snapshot().calls

    def tidy(self) -> None:
        """Far sides that were not told of an end (a BYE that was lost) end what they still have."""
        for one in self._far.values():
            if not one.idle:
                one.do("hangup")


@pytest.fixture(scope="module")
def far_and_near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarScene]:
    folder: Path = tmp_path_factory.mktemp("two")
    port = free_port(socket.SOCK_DGRAM)
    with (
        far_phone(folder / "a", "resident") as resident,
        far_phone(folder / "b", "handler", answers=180) as handler,
        far_phone(folder / "c", "nobody", answers=486) as nobody,
        phone(folder / "phone", {"kind": "direct", "port": port}) as driver,
    ):
        far = {"resident": resident, "handler": handler, "nobody": nobody}
        yield FarScene(driver, f"sip:desk@127.0.0.1:{port}", far)


class TestPjTwoCalls(TwoCallContract):
    @pytest.fixture
    def scene(self, far_and_near: FarScene) -> Iterator[TwoCallScene]:
        yield far_and_near
        wait_until("an end of all calls", far_and_near.quiet, 60.0)  # what hears no answer ends after 32 s
        far_and_near.tidy()


def consulting(driver: Driver, resident: FarPhone, handler: FarPhone, port: int) -> tuple[str, str]:
    resident.do("dial", f"sip:desk@127.0.0.1:{port}")
    first = driver.wait(events.CallOffered).call_id
    driver.do(commands.Answer(first))
    driver.wait(events.RecordingStarted, call_id=first)
    driver.do(commands.Dial(handler.uri, consults=first))
    second = driver.wait(events.CallDialled).call_id
    driver.wait(events.RecordingStarted, call_id=second)
    return first, second


def samples(telephone: FarPhone) -> Samples:
    return np.frombuffer(telephone.heard(), np.int16).astype(np.float64)


def recorded(driver: Driver, call_id: str, side: str) -> Path:
    return driver.folder / f"{call_id}.{side}"


def length(driver: Driver, call_id: str) -> int:
    file = recorded(driver, call_id, "caller")
    return file.stat().st_size if file.exists() else 0


def test_in_a_conference_all_hear_all_and_each_call_records_its_own_side(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    says = {who: write_wav(tmp_path / f"{who}.wav", sound) for who, sound in (("r", RESIDENT), ("h", HANDLER))}
    agent = write_pcm(tmp_path / "agent.pcm", AGENT)
    with (
        far_phone(tmp_path / "a", "resident", says["r"]) as resident,
        far_phone(tmp_path / "b", "handler", says["h"]) as handler,
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, "fake", say=str(agent)) as driver,
    ):
        first, second = consulting(driver, resident, handler, port)
        driver.do(commands.Confer(driver.wait(events.CallDialled).call_id, on=True))
        driver.wait(events.ConferenceJoined)
        at = {one: length(driver, one) for one in (first, second)}
        wait_until("4 s", lambda: length(driver, second) > at[second] + 4 * 32_000, 20)
        for telephone in (resident, handler):
            mark = driver.mark()
            telephone.do("hangup")
            driver.wait(SpoolClosed, after=mark)
        tracks = {
            (who, side): read_pcm(recorded(driver, call_id, side))[at[call_id] // 2 :]
            for who, call_id in (("r", first), ("h", second))
            for side in ("caller", "agent")
        }
    heard = {"resident": samples(resident), "handler": samples(handler)}
    found = {
        "resident hears handler": likeness(heard["resident"], HANDLER),
        "resident hears agent": likeness(heard["resident"], AGENT),
        "handler hears resident": likeness(heard["handler"], RESIDENT),
        "left of the resident's": likeness(tracks["r", "caller"], RESIDENT),
        "left of the handler's": likeness(tracks["h", "caller"], HANDLER),
    }
    # two voices at once: each is half of what is heard
    assert all(value > 0.5 for value in found.values()), found
    assert likeness(tracks["r", "caller"], RESIDENT) > SURE
    assert likeness(tracks["r", "caller"], HANDLER) < ABSENT
    assert likeness(tracks["h", "caller"], RESIDENT) < ABSENT
    for who, other in (("r", HANDLER), ("h", RESIDENT)):
        both = {"other": likeness(tracks[who, "agent"], other), "agent": likeness(tracks[who, "agent"], AGENT)}
        assert all(value > 0.5 for value in both.values()), both


def test_who_waits_hears_the_music_and_who_is_consulted_does_not(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    music = write_wav(tmp_path / "music.wav", MUSIC)
    with (
        far_phone(tmp_path / "a", "resident") as resident,
        far_phone(tmp_path / "b", "handler") as handler,
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, phone={"hold_music": str(music)}) as driver,
    ):
        first, second = consulting(driver, resident, handler, port)
        wait_until("4 s", lambda: length(driver, second) > 4 * 32_000, 20)
        mark = driver.mark()
        driver.do(commands.Hold(driver.wait(events.CallOffered).call_id, on=False))
        driver.wait(events.CallResumed, after=mark)
        for telephone in (resident, handler):
            mark = driver.mark()
            telephone.do("hangup")
            driver.wait(SpoolClosed, after=mark)
        assert likeness(read_pcm(recorded(driver, first, "agent")), MUSIC) < ABSENT  # nobody here has said it
    assert likeness(samples(resident), MUSIC) > SURE


@pytest.mark.parametrize("what", ["missing", "no wave"])
def test_music_that_cannot_be_played_is_silence_and_the_log_says_why(tmp_path: Path, what: str) -> None:
    file = tmp_path / "music.wav"
    if what == "no wave":
        file.write_bytes(b"RIFF?" * 1000)
    port = free_port(socket.SOCK_DGRAM)
    with (
        far_phone(tmp_path / "a", "resident") as resident,
        phone(tmp_path / "phone", {"kind": "direct", "port": port}, phone={"hold_music": str(file)}) as driver,
    ):
        resident.do("dial", f"sip:desk@127.0.0.1:{port}")
        call_id = driver.wait(events.CallOffered).call_id
        driver.do(commands.Answer(call_id))
        driver.wait(events.RecordingStarted)
        driver.do(commands.Hold(call_id, on=True))
        driver.wait(events.CallHeld)
        driver.do(commands.Hold(call_id, on=False))
        driver.wait(events.CallResumed)
        assert any("no hold music" in line["message"] for line in driver.log_lines())


def test_digits_go_by_info_where_the_line_says_so(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    line = {"kind": "direct", "port": port, "send_digits": "info"}
    with far_phone(tmp_path / "a", "resident") as resident, phone(tmp_path / "phone", line, sip_log=True) as driver:
        driver.do(commands.Dial(resident.uri))
        call_id = driver.wait(events.RecordingStarted).call_id
        driver.do(commands.SendDigits(call_id, "5#"))
        driver.wait(events.DigitsSent)
        for digit in "5#":
            resident.wait("digit", digit=digit)
        driver.do(commands.HangUp(call_id))
        driver.wait(SpoolClosed)
    assert "INFO sip:" in (driver.folder / "sip.log").read_text("utf-8", "replace")


def test_a_far_side_that_refers_us_elsewhere_is_declined_and_the_call_goes_on(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with (
        far_phone(tmp_path / "a", "resident") as resident,
        phone(tmp_path / "phone", {"kind": "direct", "port": port}) as driver,
    ):
        driver.do(commands.Dial(resident.uri))
        call_id = driver.wait(events.RecordingStarted).call_id
        resident.do("refer", "sip:elsewhere@127.0.0.1:9")
        resident.wait("transfer", code=603)
        assert [name for name in driver.names() if name in ("CallEnded", "CallDialled")] == ["CallDialled"]
        driver.do(commands.HangUp(call_id))
        driver.wait(SpoolClosed)


def test_somebody_who_hands_us_on_to_another_is_followed(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with (
        far_phone(tmp_path / "a", "resident") as resident,
        far_phone(tmp_path / "b", "handler") as handler,
        phone(tmp_path / "phone", {"kind": "direct", "port": port}) as driver,
    ):
        resident.do("dial", handler.uri)
        handler.wait("confirmed")
        handler.do("dial", f"sip:desk@127.0.0.1:{port}")
        first = driver.wait(events.CallOffered).call_id
        driver.do(commands.Answer(first))
        driver.wait(events.RecordingStarted)
        handler.wait("confirmed", after=handler.told.index(handler.wait("confirmed")) + 1)
        mark = driver.mark()
        handler.do("join")
        second = driver.wait(events.CallOffered, after=mark)
        assert second.party.number == "resident"
        assert driver.wait(events.CallEnded, call_id=first).cause == 200
        driver.wait(events.RecordingStarted, call_id=second.call_id)
        driver.do(commands.HangUp(second.call_id))
        driver.wait(SpoolClosed, call_id=second.call_id)
