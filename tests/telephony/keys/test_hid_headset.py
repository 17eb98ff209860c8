"""The headset's keys with every shape of headset: what is pressed arrives once, what is shown is no key, and a device
that lies, hangs, floods or is torn out costs nothing but its keys."""

import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.keys import hid_headset
from desk.telephony.keys.hid_bus import HidapiBus, clean_name, clean_serial
from desk.telephony.keys.hid_descriptor import read_descriptor
from desk.telephony.keys.hid_fake import SHAPES, FakeHidBus, FakeHidDevice, Shape
from desk.telephony.keys.hid_headset import HidHeadsetKeys
from desk.telephony.keys.hid_keypad import LED_HOLD, LED_MUTE, LED_OFF_HOOK, LED_RING, HidKeypad
from desk.telephony.keys.port import Key, Lamps

NAME = "Fake Headset 40"
RINGING, TALKING, MUTED, IDLE = (
    Lamps(ringing=True),
    Lamps(off_hook=True),
    Lamps(off_hook=True, muted=True),
    Lamps(),
)


class Scene:
    def __init__(self, shape: Shape = SHAPES[0]) -> None:
        self.bus, self.device = FakeHidBus(), FakeHidDevice(shape)
        self.bus.plug_in(self.device)
        self.keys: queue.SimpleQueue[Key] = queue.SimpleQueue()
        self.names: list[str] = []
        self.serials: list[str] = []
        self.passed_s = 0.0
        self.headset = HidHeadsetKeys(lambda: self.bus, lambda: time.monotonic() + self.passed_s)
        self.headset.open(self.keys.put, self._named)
        self.until(lambda: self.names[-1:] == [NAME])

    def _named(self, name: str, serial: str) -> None:
        self.serials.append(serial)
        self.names.append(name)

    def show(self, lamps: Lamps, device: FakeHidDevice | None = None) -> None:
        """Until it is shown."""
        self.headset.show(lamps)
        shown = device or self.device
        for usage, on in ((LED_OFF_HOOK, lamps.off_hook), (LED_RING, lamps.ringing), (LED_MUTE, lamps.muted)):
            self.until(lambda usage=usage, on=on: shown.led(usage) == on)  # type: ignore[misc]

    def pass_s(self, seconds: float) -> None:
        self.passed_s += seconds

    def key(self) -> Key:
        return self.keys.get(timeout=5.0)

    def until(self, condition: Callable[[], object]) -> None:
        end_s = time.monotonic() + 5.0
        while not condition():
            assert time.monotonic() < end_s
            time.sleep(0.005)

    def nothing_more(self) -> None:
        """A key that is pressed now is the next one: none came before it."""
        self.device.press_flash()
        assert self.key() is Key.FLASH
        assert self.keys.empty()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hid_headset, "LOOK_S", 0.02)
    monkeypatch.setattr(hid_headset, "READ_MS", 10)


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.name)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    made = Scene(request.param)
    try:
        yield made
    finally:
        made.headset.close()


def test_the_hook_answers_and_hangs_up(scene: Scene) -> None:
    scene.show(RINGING)
    scene.device.press_hook()
    assert scene.key() in (Key.HOOK_OFF, Key.HOOK)
    scene.show(TALKING)
    scene.pass_s(1.1)  # what comes sooner may be taken for an echo
    scene.device.press_hook()
    assert scene.key() in (Key.HOOK_ON, Key.HOOK)
    scene.show(IDLE)
    scene.nothing_more()


def test_what_the_window_does_is_shown_and_its_echo_is_no_key(scene: Scene) -> None:
    for lamps in (RINGING, TALKING, MUTED, TALKING, Lamps(off_hook=True, ringing=True), IDLE, RINGING, IDLE):
        scene.show(lamps)
    scene.nothing_more()


def test_a_call_answered_in_the_window_is_hung_up_by_the_hook(scene: Scene) -> None:
    scene.show(RINGING)
    scene.show(TALKING)
    scene.pass_s(1.1)
    scene.device.press_hook()
    assert scene.key() in (Key.HOOK_ON, Key.HOOK)


def test_mute_turns_over_and_its_lamp_follows(scene: Scene) -> None:
    scene.show(TALKING)
    for expected, lamps in ((Key.MUTE_ON, MUTED), (Key.MUTE_OFF, TALKING), (Key.MUTE_ON, MUTED)):
        scene.pass_s(1.1)
        scene.device.press_mute()
        assert scene.key() in (expected, Key.MUTE)
        scene.show(lamps)
    scene.nothing_more()


def test_hold_has_a_lamp_where_the_headset_has_one(scene: Scene) -> None:
    scene.show(Lamps(off_hook=True, held=True))
    has_one = LED_HOLD in read_descriptor(scene.device.shape.descriptor).output_usages()
    scene.until(lambda: scene.device.led(LED_HOLD) == has_one)


def test_a_hook_that_was_moved_for_nothing_is_put_back(scene: Scene) -> None:
    scene.device.press_hook()
    assert scene.key() in (Key.HOOK_OFF, Key.HOOK)
    scene.until(lambda: not scene.device.hook or not scene.device.shape.hook_has_state)
    scene.show(RINGING)
    scene.pass_s(1.1)
    scene.device.press_hook()
    assert scene.key() in (Key.HOOK_OFF, Key.HOOK)


def test_a_headset_that_is_torn_out_is_found_again_with_its_lamps(scene: Scene) -> None:
    scene.show(MUTED)
    scene.bus.unplug()
    scene.until(lambda: scene.names[-1] == "")
    again = FakeHidDevice(scene.device.shape)
    scene.bus.plug_in(again)
    scene.until(lambda: scene.names[-1] == NAME)
    scene.until(lambda: again.led(LED_OFF_HOOK) and again.led(LED_MUTE))
    again.press_flash()
    assert scene.key() is Key.FLASH


def test_its_serial_number_comes_with_its_name_and_goes_with_it(scene: Scene) -> None:
    scene.bus.unplug()
    scene.until(lambda: scene.names[-1] == "")
    scene.bus.plug_in(FakeHidDevice(scene.device.shape, serial="745C4B5E"))
    scene.until(lambda: scene.names[-1] == NAME)
    assert scene.serials == ["", "", "745C4B5E"]


@pytest.mark.parametrize(
    ("said", "serial"),
    [("745C4B5E", "745C4B5E"), (" 74\x005C ", "745C"), (None, ""), ("", ""), ("0000-0000", ""), ("7" * 300, "7" * 64)],
)
def test_a_serial_number_is_what_can_be_read_of_it(said: str | None, serial: str) -> None:
    assert clean_serial({"serial_number": said}) == serial


def test_the_lamps_go_out_at_the_end(scene: Scene) -> None:
    scene.show(MUTED)
    scene.headset.close()
    assert not any(scene.device.leds.values())


def test_any_reports_harm_nothing(scene: Scene) -> None:
    for report in (b"", b"\x00", b"\xff" * 64, b"\x02", bytes(1024), b"\x08", b"\x15\xff\xff"):
        scene.device.say(report)
    scene.until(lambda: scene.device._reports.empty())
    assert scene.names[-1] == NAME


# ---- devices that lie


@pytest.fixture
def one() -> Iterator[Scene]:
    made = Scene()
    try:
        yield made
    finally:
        made.headset.close()


def test_a_device_that_is_torn_out_in_the_middle_of_a_write_is_left(one: Scene) -> None:
    one.device.fails_writing = True
    one.headset.show(TALKING)
    one.until(lambda: "" in one.names)
    one.device.fails_writing = False
    one.until(lambda: one.names[-1] == NAME)


def test_a_device_that_hangs_holds_up_nobody(one: Scene) -> None:
    one.device.hangs_writing = True
    one.headset.show(TALKING)
    started_s = time.monotonic()
    one.headset.show(IDLE)
    one.headset.prefer("x")
    assert time.monotonic() - started_s < 1.0  # a bound on hanging, not a figure
    one.device.unplug()
    one.until(lambda: one.names[-1] == "")


def test_a_device_that_floods_is_left_alone_for_a_while(one: Scene) -> None:
    for _ in range(hid_headset.MOST_REPORTS_S + 2):
        one.device.say(b"\x02\x00\x00")
    one.until(lambda: "" in one.names)
    one.until(lambda: one.names[-1] == NAME)


def test_a_device_that_may_not_be_opened_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    bus = FakeHidBus()
    bus.plug_in(FakeHidDevice())
    bus.refuses.add(NAME)
    names: list[str] = []
    headset = HidHeadsetKeys(lambda: bus)
    headset.open(lambda _key: None, lambda name, _serial: names.append(name))
    try:
        end_s = time.monotonic() + 5.0
        while bus.looks < 5 and time.monotonic() < end_s:
            time.sleep(0.01)
        assert sum("cannot be had" in record.message for record in caplog.records) == 1
        bus.refuses.clear()
        while not names and time.monotonic() < end_s:
            time.sleep(0.01)
        assert names == [NAME]
    finally:
        headset.close()


def test_a_system_without_hidapi_has_no_keys_and_nothing_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    def none() -> FakeHidBus:
        raise ImportError("no hidapi here")

    headset = HidHeadsetKeys(none)
    headset.open(lambda _key: None, lambda _name, _serial: None)
    headset._thread.join(5.0)
    headset.close()
    assert "no hidapi here" in caplog.text


def test_the_headset_that_is_talked_into_is_taken_before_others() -> None:
    bus = FakeHidBus()
    keyboard, speaker, headset = (FakeHidDevice(Shape("none", b"", False)), FakeHidDevice(), FakeHidDevice())
    for device, name in ((keyboard, "Keyboard"), (speaker, "Speakerphone 510"), (headset, "Evolve2")):
        bus.plug_in(device, name)
    names: queue.SimpleQueue[str] = queue.SimpleQueue()
    keys = HidHeadsetKeys(lambda: bus)
    keys.open(lambda _key: None, lambda name, _serial: names.put(name))
    try:
        assert names.get(timeout=5.0) == "Speakerphone 510"
        keys.prefer("Jabra Evolve2 Mono")
        assert names.get(timeout=5.0) == ""
        assert names.get(timeout=5.0) == "Evolve2"
        assert keyboard.opened == 1
    finally:
        keys.close()


def test_hidapi_answers_on_this_computer() -> None:
    bus = HidapiBus()
    assert isinstance(bus.places(), list)
    with pytest.raises(OSError, match="open failed"):
        bus.open(type("Nowhere", (), {"path": b"/dev/hidraw99", "name": ""}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("maker", "product", "name"),
    [
        ("Jabra", "Jabra Evolve2 40", "Jabra Evolve2 40"),
        ("Plantronics", "Blackwire 3220", "Plantronics Blackwire 3220"),
        (None, "耳机\u202e\x00", "耳机"),
        ("", "", "HID 0b0e:2453"),
        ("x" * 300, "", "x" * 64),
    ],
)
def test_a_device_has_a_name_that_can_be_shown(maker: str | None, product: str, name: str) -> None:
    entry = {"manufacturer_string": maker, "product_string": product, "vendor_id": 0x0B0E, "product_id": 0x2453}
    assert clean_name(entry) == name


# ---- the keypad alone, on a clock of its own


def keypad(shape: str) -> HidKeypad:
    return HidKeypad(read_descriptor(next(one for one in SHAPES if one.name == shape).descriptor))


def test_a_key_that_sticks_is_pressed_once() -> None:
    pad = keypad("presses")
    keys = [key for n in range(100) for key in pad.heard(b"\x02", n * 0.01)]
    assert keys == [Key.MUTE]
    assert pad.heard(b"\x02", 5.0) == (Key.MUTE,)  # it never says that it is up; pressed again


def test_an_echo_that_comes_late_by_radio_is_still_an_echo() -> None:
    pad = keypad("one report")
    pad.heard(b"\x02\x00\x00", -1.0)
    pad.show(TALKING, 0.0)
    assert pad.heard(b"\x02\x01\x00", 1.5) == ()
    assert pad.heard(b"\x02\x00\x00", 9.0) == (Key.HOOK_ON,)


def test_mute_pressed_before_the_hook_has_followed_hangs_nothing_up() -> None:
    pad = keypad("one report")
    pad.show(TALKING, 0.0)
    assert pad.heard(b"\x02\x04\x00", 0.5) == (Key.MUTE,)  # with the hook as it was
    assert pad.heard(b"\x02\x01\x00", 0.8) == ()


def test_a_hook_that_follows_in_silence_still_hangs_up() -> None:
    pad = keypad("one report")
    pad.show(TALKING, 0.0)
    assert pad.heard(b"\x02\x00\x00", 1.5) == (Key.HOOK_ON,)


def test_a_hook_that_does_not_follow_the_lamps_still_hangs_up() -> None:
    pad = keypad("one report")
    pad.heard(b"\x02\x00\x00", 0.0)
    pad.show(TALKING, 1.0)  # answered in the window; the headset stays on hook
    assert pad.heard(b"\x02\x01\x00", 60.0) == (Key.HOOK,)


@given(st.lists(st.tuples(st.binary(max_size=8), st.floats(0, 2))), st.sampled_from(SHAPES))
def test_no_reports_break_the_keypad(reports: list[tuple[bytes, float]], shape: Shape) -> None:
    pad, now_s = HidKeypad(read_descriptor(shape.descriptor)), 0.0
    for report, pause_s in reports:
        now_s += pause_s
        assert all(isinstance(key, Key) for key in pad.heard(report, now_s))
        pad.settle(now_s)
    assert threading.active_count() >= 1
