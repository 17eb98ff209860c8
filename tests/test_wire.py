"""Values on the wire: all that may travel come back the same, all else is refused."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import wire
from desk.domain.calls import Call, Phase
from desk.domain.events import CallOffered, HeadsetState, LineState, LineStatus
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong

AT = datetime(2026, 11, 21, 20, 22, 18, 123456, UTC)
messages: st.SearchStrategy[Any] = st.sampled_from(sorted(wire.TYPES)).flatmap(
    lambda name: st.from_type(wire.TYPES[name])  # every field by its type
)
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_nan=False))


@given(message=messages)
def test_every_message_comes_back_the_same(message: Any) -> None:
    assert wire.decode(wire.encode(message)) == message


@given(untrusted=st.binary(max_size=500))
def test_arbitrary_bytes_raise_nothing_but_wire_error(untrusted: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(untrusted)


@given(message=messages, data=st.data())
def test_damaged_messages_raise_nothing_but_wire_error(message: Any, data: st.DataObject) -> None:
    frame = bytearray(wire.encode(message))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        wire.decode(bytes(frame[: data.draw(st.integers(0, len(frame)))]))
    except wire.WireError:
        return


def test_snapshot_with_everything_in_it_comes_back_the_same() -> None:
    party = Party("013800138000", "王小明 \u202e😀", "4008", withheld=False)
    snapshot = PhoneSnapshot(
        (LineState("热线", LineStatus.DEAF, AT, 403, "Forbidden"), LineState("内线", LineStatus.DIRECT, AT)),
        HeadsetState(present=False),
        (Call(CallId("c"), "热线", Direction.INCOMING, party, Phase.HELD, AT, AT, muted=True),),
        (Wrong(Trouble.WRONG_PASSWORD, AT, "403"),),
    )
    assert wire.decode(wire.encode(snapshot)) == snapshot


@pytest.mark.parametrize(
    ("untrusted", "reason"),
    [
        (
            (wire.PROTOCOL + 1, "Ready", {"role": "ui"}),
            f"protocol {wire.PROTOCOL + 1}, this process speaks {wire.PROTOCOL}",
        ),
        ((wire.PROTOCOL, "os.system", {"command": "true"}), "no message is called 'os.system'"),
        ((wire.PROTOCOL, "Ready", {}), "missing required field"),
        ((wire.PROTOCOL, "Ready", {"role": 3}), "Expected `str`"),
        ((wire.PROTOCOL, "Heartbeat", {"role": "ui", "at": "yesterday"}), "Invalid RFC3339"),
        ((wire.PROTOCOL, "Ready"), "Expected `array` of length 3"),
    ],
)
def test_what_is_no_message_says_why(untrusted: Any, reason: str) -> None:
    with pytest.raises(wire.WireError, match=reason):
        wire.decode(msgspec.msgpack.encode(untrusted))


def test_types_that_may_not_travel_are_a_bug() -> None:
    with pytest.raises(KeyError):
        wire.encode(AT)


def test_offered_call_keeps_its_microseconds_and_zone() -> None:
    offered = CallOffered(CallId("c"), AT, "热线", Party("110"))
    assert wire.decode(wire.encode(offered)).at == AT
    assert wire.decode(wire.encode(offered)).at.tzinfo is not None
