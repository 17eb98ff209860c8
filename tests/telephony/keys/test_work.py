"""What the headset's keys do to the calls of a phone that runs, with every shape of headset."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from desk.domain import commands, events
from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.telephony.keys import hid_headset
from desk.telephony.keys.hid_fake import SHAPES, FakeHidBus, FakeHidDevice, Shape
from desk.telephony.keys.hid_headset import HidHeadsetKeys
from desk.telephony.keys.hid_keypad import LED_MUTE, LED_OFF_HOOK, LED_RING
from desk.telephony.keys.port import Key, Lamps
from desk.telephony.keys.work import KeysAtWork, command_for, lamps_for
from tests.telephony.test_fake_phone import FakeScene, running

NAME = "Fake Headset 40"


def a_call(call_id: str, phase: Phase, **more: object) -> Call:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Call(CallId(call_id), "line", Direction.INCOMING, Party("1"), phase, at, **more)  # type: ignore[arg-type]


RINGS, OTHER_RINGS, DIALLED = a_call("r", Phase.RINGING), a_call("s", Phase.RINGING), a_call("d", Phase.DIALLING)
UP, MUTED, HELD = a_call("u", Phase.UP), a_call("u", Phase.UP, muted=True), a_call("h", Phase.HELD)
RESIDENT, HANDLER = (
    a_call("c", Phase.UP, in_conference=True),
    a_call("k", Phase.UP, in_conference=True, consults=CallId("c")),
)
ANSWER, HANG_UP = commands.Answer(CallId("r")), commands.HangUp(CallId("u"))


@pytest.mark.parametrize(
    ("calls", "key", "command"),
    [
        ([], Key.HOOK_OFF, None),
        ([], Key.HOOK_ON, None),
        ([], Key.HOOK, None),
        ([], Key.MUTE, None),
        ([], Key.FLASH, None),
        ([RINGS], Key.HOOK_OFF, ANSWER),
        ([RINGS], Key.HOOK, ANSWER),
        ([RINGS, OTHER_RINGS], Key.HOOK, ANSWER),
        ([RINGS], Key.HOOK_ON, None),
        ([RINGS], Key.MUTE, None),
        ([RINGS], Key.FLASH, None),
        ([UP], Key.HOOK_ON, HANG_UP),
        ([UP], Key.HOOK, HANG_UP),
        ([UP], Key.HOOK_OFF, None),
        ([UP], Key.MUTE, commands.Mute(CallId("u"), on=True)),
        ([MUTED], Key.MUTE, commands.Mute(CallId("u"), on=False)),
        ([MUTED], Key.MUTE_ON, commands.Mute(CallId("u"), on=True)),
        ([MUTED], Key.MUTE_OFF, commands.Mute(CallId("u"), on=False)),
        ([DIALLED], Key.HOOK, commands.HangUp(CallId("d"))),
        ([HELD], Key.HOOK, commands.Hold(CallId("h"), on=False)),
        ([HELD], Key.HOOK_ON, None),
        ([HELD], Key.MUTE, None),
        ([HELD, RINGS], Key.HOOK, ANSWER),
        ([UP, RINGS], Key.HOOK, HANG_UP),
        ([UP, RINGS], Key.HOOK_OFF, ANSWER),
        ([UP, RINGS], Key.FLASH, ANSWER),
        ([UP], Key.FLASH, commands.Hold(CallId("u"), on=True)),
        ([HELD, UP], Key.FLASH, commands.Hold(CallId("h"), on=False)),
        ([HELD], Key.FLASH, commands.Hold(CallId("h"), on=False)),
        ([RESIDENT, HANDLER], Key.HOOK_ON, commands.HangUp(CallId("k"))),
        ([RESIDENT, HANDLER], Key.FLASH, None),
    ],
)
def test_a_key_does_what_fits_the_calls(calls: Sequence[Call], key: Key, command: commands.Command | None) -> None:
    assert command_for(key, calls) == command


@pytest.mark.parametrize(
    ("calls", "lamps"),
    [
        ([], Lamps()),
        ([RINGS], Lamps(ringing=True)),
        ([DIALLED], Lamps(off_hook=True)),
        ([MUTED], Lamps(off_hook=True, muted=True)),
        ([HELD], Lamps(off_hook=True, held=True)),
        ([HELD, UP], Lamps(off_hook=True)),
        ([UP, RINGS], Lamps(off_hook=True, ringing=True)),
    ],
)
def test_the_lamps_say_what_the_calls_do(calls: Sequence[Call], lamps: Lamps) -> None:
    assert lamps_for(calls) == lamps


class Keyed(FakeScene):
    def __init__(self, shape: Shape) -> None:
        self.bus, self.device, self.passed_s = FakeHidBus(), FakeHidDevice(shape), 0.0
        self.bus.plug_in(self.device)
        keys = HidHeadsetKeys(lambda: self.bus, lambda: time.monotonic() + self.passed_s)
        super().__init__([lambda place: KeysAtWork(place, keys)])

    def rests(self, hook: bool, ringing: bool = False, muted: bool = False) -> None:
        """Until the lamps show it; and some time passes, in which nobody presses anything."""
        wanted = (hook, ringing, muted)
        self.until(lambda: tuple(map(self.device.led, (LED_OFF_HOOK, LED_RING, LED_MUTE))) == wanted)
        self.passed_s += 1.1


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.name)
def scene(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyed]:
    monkeypatch.setattr(hid_headset, "LOOK_S", 0.02)
    monkeypatch.setattr(hid_headset, "READ_MS", 10)
    with running(Keyed(request.param)) as made:
        made.until(lambda: made.snapshot().headset.keys == NAME)
        yield made


def pressed(scene: Keyed, press: Callable[[], None], happens: type[events.CallEvent]) -> None:
    mark = scene.mark()
    press()
    scene.wait(happens, after=mark)


def test_a_call_is_answered_muted_and_ended_at_the_headset(scene: Keyed) -> None:
    scene.far_calls("a")
    scene.rests(hook=False, ringing=True)
    pressed(scene, scene.device.press_hook, events.CallAnswered)
    scene.rests(hook=True)
    pressed(scene, scene.device.press_mute, events.CallMuted)
    scene.rests(hook=True, muted=True)
    pressed(scene, scene.device.press_mute, events.CallUnmuted)
    scene.rests(hook=True)
    pressed(scene, scene.device.press_hook, events.CallEnded)
    scene.rests(hook=False)
    assert not any(isinstance(message, events.CommandRefused) for message in scene.client.messages)


def test_flash_goes_to_the_call_that_waits_and_back(scene: Keyed) -> None:
    scene.far_calls("a")
    scene.rests(hook=False, ringing=True)
    scene.device.press_hook()
    first = scene.wait(events.CallAnswered).call_id
    scene.rests(hook=True)
    scene.far_calls("b")
    scene.rests(hook=True, ringing=True)
    mark = scene.mark()
    scene.device.press_flash()
    second = scene.wait(events.CallAnswered, after=mark).call_id
    assert second != first
    scene.rests(hook=True)
    pressed(scene, scene.device.press_flash, events.CallResumed)
    assert [call.phase for call in scene.snapshot().calls] == [Phase.UP, Phase.HELD]


def test_what_the_window_does_echoes_through_the_headset_and_back_to_nothing(scene: Keyed) -> None:
    scene.far_calls("a")
    call_id = scene.wait(events.CallOffered).call_id
    scene.rests(hook=False, ringing=True)
    scene.do(commands.Answer(call_id))
    scene.rests(hook=True)
    scene.do(commands.Mute(call_id, on=True))
    scene.rests(hook=True, muted=True)
    scene.far_calls("b")
    scene.rests(hook=True, ringing=True, muted=True)
    assert [call.phase for call in scene.snapshot().calls] == [Phase.UP, Phase.RINGING]
    assert scene.snapshot().calls[0].muted
    pressed(scene, scene.device.press_hook, events.CallEnded)


def test_a_headset_torn_out_in_a_call_costs_its_keys_and_no_call(scene: Keyed) -> None:
    scene.far_calls("a")
    scene.rests(hook=False, ringing=True)
    pressed(scene, scene.device.press_hook, events.CallAnswered)
    mark = scene.mark()
    scene.bus.unplug()
    assert scene.wait(events.HeadsetChanged, after=mark).state.keys == ""
    assert [call.phase for call in scene.snapshot().calls] == [Phase.UP]
    scene.device = FakeHidDevice(scene.device.shape)
    scene.bus.plug_in(scene.device)
    scene.rests(hook=True)
    assert scene.snapshot().headset.keys == NAME
    pressed(scene, scene.device.press_hook, events.CallEnded)
