"""The phone over the fake stack, in this process; what only the fake lets us see closely."""

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
import uuid6

from desk.domain import commands, events
from desk.domain.commands import Command
from desk.domain.identity import CallId
from desk.domain.party import Party
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.settings import LineSettings
from desk.telephony.companion import MakeCompanion
from desk.telephony.fake_stack import FakeStack
from desk.telephony.frame_clock import FrameClock
from desk.telephony.frames import FRAME_BYTES, SILENCE
from desk.telephony.headset.fake import FakeHeadset
from desk.telephony.process import PhoneProcess
from desk.telephony.stack import MOST_LEGS, Leg, LineFault, LineReport, NotNow
from desk.wire import SpoolClosed
from tests.telephony.phone_contract import PhoneContract, Scene

_Message = TypeVar("_Message")


class FakeClient:
    def __init__(self) -> None:
        self.messages: list[Any] = []
        self._arrived = threading.Condition()

    def send(self, message: Any) -> None:
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    def wait(self, kind: type[_Message], timeout_s: float = 5.0, after: int = 0, **fields: Any) -> _Message:
        def first() -> _Message | None:
            for message in self.messages[after:]:
                if isinstance(message, kind) and all(getattr(message, k) == v for k, v in fields.items()):
                    return message
            return None

        with self._arrived:
            assert self._arrived.wait_for(lambda: first() is not None, timeout_s), self.messages[after:]
        found = first()
        assert found is not None
        return found


class FakeServer:
    def __init__(self, join: Callable[..., None], message: Callable[..., None], leave: Callable[..., None]) -> None:
        self.join, self.message, self.leave = join, message, leave

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass


class FakeRecorder:
    """Keeps everything."""

    def __init__(self) -> None:
        self.events: list[events.CallEvent] = []
        self.audio: dict[CallId, tuple[list[bytes], list[bytes]]] = {}
        self.running: set[CallId] = set()

    def note(self, event: events.CallEvent) -> None:
        self.events.append(event)

    def start(self, call_id: CallId, rate_hz: int) -> None:
        assert call_id not in self.audio
        self.audio[call_id] = ([], [])
        self.running.add(call_id)

    def write(self, call_id: CallId, caller: bytes, agent: bytes) -> None:
        assert len(caller) == len(agent) == FRAME_BYTES
        self.audio[call_id][0].append(caller)
        self.audio[call_id][1].append(agent)

    def stop(self, call_id: CallId) -> None:
        self.running.remove(call_id)

    def close(self) -> None:
        pass


NO_ANSWER = LineReport(ready=False, fault=LineFault.NO_ANSWER, reason="no answer", line=LineSettings.label)
FORBIDDEN = LineReport(ready=False, fault=LineFault.REFUSED, code=403, reason="Forbidden", line=LineSettings.label)


class FakeScene:
    """The phone's loop runs on a thread here, because the test is the far side and the agent at once."""

    far_target = "1001"
    line = LineSettings(registrar="pbx.example", kind="direct")
    others: tuple[LineSettings, ...] = ()

    def __init__(self, companions: Sequence[MakeCompanion] = (), **more: Any) -> None:
        """`more`: of `PhoneProcess`."""
        self.headset, self.recorder, self.stop = FakeHeadset(), FakeRecorder(), threading.Event()
        self.stack: FakeStack
        self.beats = 0
        self._legs: dict[str, Leg] = {}
        self.phone = PhoneProcess(
            (self.line, *self.others),
            self.headset,
            self._make_stack,
            self.recorder,
            self._make_server,
            lambda: datetime.now(UTC),
            lambda: str(uuid6.uuid7()),
            self._beat,
            self.stop,
            take_precedence=lambda: True,  # without: the tests' own process is not the phone's
            companions=companions,
            **more,
        )
        self.client = self.attach()
        self.code: int | None = None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.client.wait(PhoneSnapshot)
        self.until(lambda: self.phone._board.ready_lines)

    def _run(self) -> None:
        self.code = self.phone.run()

    def _beat(self) -> None:
        self.beats += 1

    def _make_stack(self, _: Sequence[LineSettings], clock: FrameClock) -> FakeStack:
        self.stack = FakeStack(clock)
        return self.stack

    def _make_server(self, *callbacks: Callable[..., None]) -> FakeServer:
        self.server = FakeServer(*callbacks)
        return self.server

    def attach(self) -> FakeClient:
        client = FakeClient()
        self.server.join(client)
        return client

    def do(self, command: Command) -> None:
        self.server.message(self.client, command)

    def mark(self) -> int:
        return len(self.client.messages)

    def wait(self, kind: type[_Message], timeout_s: float = 5.0, after: int = 0, **fields: Any) -> _Message:
        return self.client.wait(kind, timeout_s, after, **fields)

    def names(self, after: int = 0) -> list[str]:
        return [type(m).__name__ for m in self.client.messages[after:] if hasattr(m, "call_id")]

    def snapshot(self) -> PhoneSnapshot:
        return self.attach().wait(PhoneSnapshot)

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 30.0
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.005)

    # ---- the far side

    def far_calls(self, who: str, party: Party | None = None) -> None:
        leg = self.stack.far_calls(party or Party("13800138000", who))
        assert leg is not None
        self._legs[who] = leg

    def far_ends(self, who: str) -> None:
        self.stack.far_ends(self._legs[who])

    def _dialled(self) -> Leg:
        return max(self.stack.legs)

    def far_accepts(self, who: str) -> None:
        self.stack.far_answers(self._dialled())

    def far_refuses(self, who: str) -> None:
        self.stack.far_ends(self._dialled(), 486, "Busy Here")

    def far_presses(self, who: str, digit: str) -> None:
        self.stack.far_presses(self._legs[who], digit)

    def far_heard_digit(self, who: str, digit: str) -> bool:
        return digit in self.stack.legs[self._legs[who]].digits


_Running = TypeVar("_Running", bound=FakeScene)


@contextmanager
def running(scene: _Running) -> Iterator[_Running]:
    """Ends the phone, and what it did to this process."""
    try:
        yield scene
    finally:
        scene.stop.set()
        scene.thread.join(5.0)
        sys.setswitchinterval(0.005)
        gc.unfreeze()
        gc.enable()
    assert scene.code == 0


@pytest.fixture
def scene() -> Iterator[FakeScene]:
    with running(FakeScene()) as ready:
        yield ready


class RingingScene(FakeScene):
    """A dialled far side rings by itself, as a telephone does."""

    def do(self, command: Command) -> None:
        before = set(self.stack.legs)
        super().do(command)
        if isinstance(command, commands.Dial):
            end = time.monotonic() + 0.3
            while not set(self.stack.legs) - before and time.monotonic() < end:
                time.sleep(0.002)
            for leg in set(self.stack.legs) - before:
                self.stack.far_rings(leg)


class TestFakePhone(PhoneContract):
    @pytest.fixture
    def scene(self) -> Iterator[Scene]:
        with running(RingingScene()) as ready:
            yield ready


def up(scene: FakeScene, who: str = "a") -> CallId:
    mark = scene.mark()
    scene.far_calls(who)
    call_id = scene.wait(events.CallOffered, after=mark).call_id
    scene.do(commands.Answer(call_id))
    scene.wait(events.RecordingStarted, call_id=call_id)
    return call_id


CALLER, AGENT = b"\x01\x00" * (FRAME_BYTES // 2), b"\x02\x00" * (FRAME_BYTES // 2)


def test_the_recording_holds_what_each_side_heard_on_one_clock(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.headset.say(AGENT * 10)
    scene.stack.sends.extend([CALLER] * 10)
    caller, agent = scene.recorder.audio[call_id]
    scene.until(lambda: caller.count(CALLER) == 10 and agent.count(AGENT) == 10)
    assert len(caller) == len(agent)
    assert scene.stack.sent.count(AGENT) == 10
    assert scene.headset.heard.count(CALLER) == 10


def test_a_muted_agent_is_neither_sent_nor_recorded(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.do(commands.Mute(call_id, on=True))
    scene.wait(events.CallMuted)
    sent = len(scene.stack.sent)
    scene.headset.say(AGENT * 10)
    scene.until(lambda: len(scene.stack.sent) > sent + 12)
    assert AGENT not in scene.stack.sent[sent:]
    assert AGENT not in scene.recorder.audio[call_id][1]


def test_a_held_call_hears_nothing_and_its_recording_goes_on_in_silence(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.do(commands.Hold(call_id, on=True))
    scene.wait(events.CallHeld)
    sent, recorded = len(scene.stack.sent), len(scene.recorder.audio[call_id][0])
    scene.headset.say(AGENT * 5)
    scene.until(lambda: len(scene.recorder.audio[call_id][0]) > recorded + 8)
    assert AGENT not in scene.stack.sent[sent:]
    assert set(scene.recorder.audio[call_id][1][recorded + 1 :]) == {SILENCE}


def test_every_call_event_reaches_the_recorder_in_order_and_the_spool_closes_after_it(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.far_ends("a")
    scene.wait(SpoolClosed, call_id=call_id)
    noted = [type(event).__name__ for event in scene.recorder.events]
    assert noted == ["CallOffered", "CallAnswered", "RecordingStarted", "CallEnded"]
    assert not scene.recorder.running


def test_it_rings_loud_alone_quiet_beside_a_call_and_not_at_all_afterwards(scene: FakeScene) -> None:
    up(scene, "a")
    scene.far_calls("b")
    scene.until(lambda: scene.headset.rings == ["loud", "off", "quiet"])
    scene.far_ends("b")
    scene.until(lambda: scene.headset.rings[-1] == "off")


def test_a_fifth_call_is_busy(scene: FakeScene) -> None:
    for who in "abcd":
        scene.far_calls(who)
    scene.until(lambda: len(scene.phone._table.calls) == MOST_LEGS)
    assert scene.stack.far_calls(Party()) is None
    ended = scene.wait(events.CallEnded)
    assert (ended.cause, ended.by_us, len(scene.phone._table.calls)) == (486, True, MOST_LEGS)
    assert not scene.wait(events.CallOffered, call_id=ended.call_id).rings
    mark = scene.mark()
    scene.do(commands.Dial("1001"))
    assert scene.wait(events.CommandRefused, after=mark).reason == "not_now"


def test_an_emergency_call_whose_place_was_made_in_vain_is_told(
    scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(scene, "a")
    for who in "bcd":
        scene.far_calls(who)
    scene.until(lambda: len(scene.snapshot().calls) == MOST_LEGS)

    def fails(*_: object, **__: object) -> Leg:
        raise NotNow("no socket")

    monkeypatch.setattr(scene.stack, "dial", fails)
    scene.do(commands.Dial("110"))
    refused = scene.wait(events.CommandRefused)
    assert (refused.command, refused.reason, refused.detail) == ("Dial", "failed", "no socket")


def test_an_emergency_call_takes_the_place_of_whoever_loses_least(scene: FakeScene) -> None:
    talked = up(scene)
    for who in "bcd":
        scene.far_calls(who)
    scene.until(lambda: len(scene.phone._table.calls) == MOST_LEGS)
    latest = scene.phone._table.calls[-1].call_id
    scene.do(commands.Dial("110"))
    dropped = scene.wait(events.CallEnded)
    assert (dropped.call_id, dropped.cause, dropped.by_us) == (latest, 486, True)
    assert scene.wait(events.CallDialled).party.number == "110"
    scene.until(lambda: scene.phone._table.get(talked) is not None and len(scene.phone._table.calls) == MOST_LEGS)


def test_a_deaf_line_raises_one_trouble_and_refuses_to_dial(scene: FakeScene) -> None:
    scene.stack.far_line(NO_ANSWER)
    raised = scene.wait(events.TroubleRaised)
    assert raised.wrong.trouble is Trouble.NO_REGISTRAR
    scene.do(commands.Dial("1001"))
    assert scene.wait(events.CommandRefused).reason == "line_deaf"
    scene.stack.far_line(FORBIDDEN)
    scene.wait(events.TroubleCleared)
    assert [wrong.trouble for wrong in scene.snapshot().wrongs] == [Trouble.WRONG_PASSWORD]
    scene.stack.far_line(LineReport(ready=True, line=LineSettings.label))
    scene.until(lambda: scene.snapshot().wrongs == ())


def test_the_headset_is_told_of_precedence_and_of_each_call_that_begins(scene: FakeScene) -> None:
    assert scene.headset.punctual
    up(scene, "a")
    assert scene.headset.calls_begun == 1
    up(scene, "b")
    assert scene.headset.calls_begun == 2


def test_a_headset_that_vanishes_costs_the_call_nothing(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.headset.unplug()
    assert scene.wait(events.TroubleRaised).wrong.trouble is Trouble.HEADSET_VANISHED
    recorded = len(scene.recorder.audio[call_id][0])
    scene.stack.sends.extend([CALLER] * 5)
    scene.until(lambda: scene.recorder.audio[call_id][0][recorded:].count(CALLER) == 5)
    scene.headset.plug_in()
    scene.wait(events.TroubleCleared)
    assert scene.wait(events.HeadsetChanged, after=scene.mark() - 2).state.present


@pytest.mark.parametrize("trouble", [Trouble.SPOOL_FULL, Trouble.SPOOL_UNWRITABLE])
def test_a_recording_that_fails_is_told_and_the_next_call_clears_it(scene: FakeScene, trouble: Trouble) -> None:
    call_id = up(scene)
    scene.phone.recording_failed(call_id, Wrong(trouble, datetime.now(UTC), "why"))
    assert scene.wait(events.RecordingFailed, call_id=call_id).reason == "why"
    assert scene.wait(events.TroubleRaised).wrong.trouble is trouble
    scene.far_ends("a")
    scene.wait(SpoolClosed, call_id=call_id)
    following = up(scene)
    scene.far_ends("a")
    scene.wait(SpoolClosed, call_id=following)
    scene.until(lambda: scene.snapshot().wrongs == ())


def test_only_clients_that_asked_are_told_levels(scene: FakeScene) -> None:
    other = scene.attach()
    scene.do(commands.WatchLevels(on=True))
    scene.headset.say(AGENT * 50)
    measured = scene.wait(events.LevelsMeasured)
    assert -100.0 <= measured.microphone_dbfs < 0.0
    scene.do(commands.WatchLevels(on=False))
    scene.do(commands.Dial("?"))
    scene.wait(events.CommandRefused)
    mark = scene.mark()
    call_id = up(scene)
    scene.until(lambda: len(scene.recorder.audio[call_id][0]) > 10)
    assert not [m for m in scene.client.messages[mark:] if isinstance(m, events.LevelsMeasured)]
    assert not [m for m in other.messages if isinstance(m, events.LevelsMeasured | events.CommandRefused)]


def test_a_client_gets_the_snapshot_first_and_then_every_event_once(scene: FakeScene) -> None:
    clients = []
    for number in range(30):
        scene.far_calls("a", Party(str(number)))
        clients.append(scene.attach())
        scene.far_ends("a")
    scene.until(lambda: sum(isinstance(m, SpoolClosed) for m in scene.client.messages) == 30)
    for client in clients:
        client.wait(PhoneSnapshot)  # who joined last is served in its own turn, not by when the last call has ended
    whole = [m.call_id for m in scene.client.messages if isinstance(m, events.CallOffered)]
    for client in clients:
        snapshot, *later = client.messages
        assert isinstance(snapshot, PhoneSnapshot)
        in_snapshot = [call.call_id for call in snapshot.calls]
        offered = [m.call_id for m in later if isinstance(m, events.CallOffered)]
        seen = in_snapshot + offered
        assert seen == whole[len(whole) - len(seen) :]


def test_the_loop_beats_and_stops_with_calls_up(scene: FakeScene) -> None:
    call_id = up(scene)
    scene.until(lambda: scene.beats >= 1)
    scene.stop.set()
    scene.wait(SpoolClosed, call_id=call_id)
    scene.thread.join(5.0)
    assert isinstance(scene.recorder.events[-1], events.CallEnded)
    assert scene.recorder.events[-1].by_us


def test_ring_back_is_heard_while_the_far_side_rings_and_is_not_recorded(scene: FakeScene) -> None:
    scene.do(commands.Dial("1001"))
    call_id = scene.wait(events.CallDialled).call_id
    (leg,) = scene.stack.legs
    scene.stack.far_rings(leg)
    scene.wait(events.CallProgressed, code=180)
    scene.until(lambda: any(frame != SILENCE for frame in scene.headset.heard))
    scene.stack.far_answers(leg)
    scene.wait(events.CallAnswered, call_id=call_id)
    recorded = scene.recorder.audio[call_id][0]
    scene.until(lambda: len(recorded) > 5)
    assert set(recorded) == {SILENCE}
