"""Report descriptors: real shapes read right, and anything else harms nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.keys.hid_descriptor import Descriptor, Field, Usage, read_descriptor
from desk.telephony.keys.hid_fake import SHAPES
from desk.telephony.keys.hid_keypad import (
    DROP,
    FLASH,
    HOOK,
    LED_HOLD,
    LED_MUTE,
    LED_OFF_HOOK,
    LED_RING,
    MUTE,
    RINGER,
    has_keys,
)

SHAPE = {shape.name: shape.descriptor for shape in SHAPES}
# HID 1.11, appendix E.6: the keyboard of the specification itself
KEYBOARD = bytes.fromhex(
    "05010906A101050719E029E71500250175019508810295017508810195057501050819012905910295017503910195067508150025650507190029658100C0"
)


def test_the_keyboard_of_the_specification() -> None:
    read = read_descriptor(KEYBOARD)
    assert len(read.inputs) == 8 + 6
    assert read.inputs[0] == Field(0, 0, 1, (Usage(7, 0xE0),))
    assert (read.inputs[8].at, read.inputs[8].size, read.inputs[8].array) == (16, 8, True)
    assert [one.usages for one in read.outputs] == [(Usage(8, number),) for number in range(1, 6)]
    assert read.output_bits == {0: 8}
    assert not has_keys(read)
    pressed = read.read_report(bytes([0x02, 0, 0x04, 0x1D, 0, 0, 0, 0]))
    assert [usage.id for usage, value in sorted(pressed.items()) if value and usage.id] == [0x04, 0x1D, 0xE1]
    assert read.write_reports({Usage(8, 2): 1}) == (b"\x00\x02",)


def test_one_report_with_all_and_what_is_no_telephony_before_it() -> None:
    read = read_descriptor(SHAPE["one report"])
    assert has_keys(read)
    assert {HOOK, MUTE, FLASH} <= read.input_usages()
    assert not read.is_relative(HOOK)
    assert read.is_relative(MUTE)
    assert read.is_relative(FLASH)
    assert read.read_report(b"\x02\x01\x00")[HOOK] == 1
    assert read.read_report(b"\x02\x05\x00")[MUTE] == 1
    assert read.read_report(b"\x02\x09\x00")[FLASH] == 1
    assert read.read_report(b"\x02\x60\x00")[Usage(0x0B, 0xB2)] == 1  # the third key of the keypad's array
    assert HOOK not in read.read_report(b"\x01\x01")  # the volume's report
    assert read.write_reports({LED_OFF_HOOK: 1, LED_RING: 0, LED_MUTE: 1}) == (b"\x02\x05\x00",)
    assert read.write_reports({RINGER: 1, LED_HOLD: 1}) == (b"\x02\x28\x00",)


def test_a_report_for_each_thing() -> None:
    read = read_descriptor(SHAPE["many reports"])
    assert read.read_report(b"\x08\x01") == {HOOK: 1}
    assert read.read_report(b"\x15\x01") == {MUTE: 1}
    assert read.read_report(b"\x16\x00") == {FLASH: 0}
    lamps = {LED_OFF_HOOK: 1, LED_RING: 0, LED_MUTE: 1, LED_HOLD: 0}
    assert read.write_reports(lamps) == (b"\x17\x01", b"\x18\x01", b"\x19\x00", b"\x1a\x00")


def test_reports_without_numbers() -> None:
    read = read_descriptor(SHAPE["presses"])
    assert read.read_report(b"\x02") == {HOOK: 0, MUTE: 1, FLASH: 0}
    assert read.write_reports({LED_OFF_HOOK: 1, LED_MUTE: 1}) == (b"\x00\x05",)


def test_an_array_says_which_key_and_extended_usages_carry_their_page() -> None:
    read = read_descriptor(SHAPE["array"])
    values = read.read_report(b"\x03\x02")
    assert {usage for usage, value in values.items() if value} == {MUTE}
    assert read.is_relative(HOOK)
    assert {LED_OFF_HOOK, LED_RING, LED_MUTE} <= read.output_usages()


def test_push_and_pop_and_a_range_of_usages() -> None:
    read = read_descriptor(SHAPE["states"])
    assert read.read_report(b"\x04\x03") == {HOOK: 1, MUTE: 1, FLASH: 0}
    assert not read.is_relative(MUTE)
    assert read.write_reports({LED_RING: 1}) == (b"\x04\x02",)


@pytest.mark.parametrize("report", [b"", b"\x02", b"\x02\x01", b"\x07\xff\xff", b"\x02" + b"\xff" * 500])
def test_a_report_of_another_length_has_what_is_whole_in_it(report: bytes) -> None:
    values = read_descriptor(SHAPE["one report"]).read_report(report)
    assert values.get(HOOK) in (None, 1)


@pytest.mark.parametrize(
    "descriptor",
    [
        b"",
        b"\xfe",
        b"\xfe\xff\x00",
        bytes.fromhex("050B 0920 27FFFFFF7F 77FFFFFFFF 97FFFFFFFF 8102"),  # a report of 2^64 bits
        bytes.fromhex("050B 0920 7501 96FFFF 8102" * 3),
        bytes.fromhex("050B 1900 2AFFFF 7501 9501 8102"),
        b"\xa4" * 5000,
        b"\xb4" * 50,
        bytes.fromhex("050B 0920 7501 9501 8500 8102"),  # a report with the number 0
    ],
)
def test_a_descriptor_that_cannot_be_is_read_as_far_as_it_goes(descriptor: bytes) -> None:
    read = read_descriptor(descriptor)
    assert len(read.inputs) <= 2048
    assert sum(read.output_bits.values()) <= 65_536 * 256


@given(st.data())
def test_no_bytes_break_the_reading_and_no_report_the_taking_apart(data: st.DataObject) -> None:
    descriptor = bytearray(data.draw(st.sampled_from([*SHAPE.values(), KEYBOARD, b""])))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(descriptor)))
        descriptor[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    read = read_descriptor(bytes(descriptor))
    report = data.draw(st.binary(max_size=70))
    for usage, value in read.read_report(report).items():
        assert usage in read.input_usages()
        assert 0 <= value < 2**32
    wanted = {usage: data.draw(st.integers(0, 1)) for usage in sorted(read.output_usages())[:20]}
    for written in read.write_reports(wanted):
        assert len(written) == 1 + (read.output_bits[written[0]] + 7) // 8


@given(st.binary(max_size=300))
def test_any_bytes_are_some_descriptor(untrusted: bytes) -> None:
    assert isinstance(read_descriptor(untrusted), Descriptor)


@given(st.sets(st.sampled_from([LED_OFF_HOOK, LED_RING, LED_MUTE, LED_HOLD, RINGER, DROP])), st.sampled_from(SHAPES))
def test_what_is_written_into_a_report_is_what_stands_in_it(on: set[Usage], shape: object) -> None:
    read = read_descriptor(shape.descriptor)  # type: ignore[attr-defined]
    outputs_as_inputs = Descriptor(inputs=read.outputs, numbered=read.numbered)
    values = {usage: int(usage in on) for usage in read.output_usages()}
    seen: dict[Usage, int] = {}
    for report in read.write_reports(values):
        seen |= outputs_as_inputs.read_report(report if read.numbered else report[1:])
    assert seen == values
