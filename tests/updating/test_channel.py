"""A channel's list: what is signed and newest is believed, in its right form, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import signed
from desk.domain.updates import Offer
from desk.updating.channel import Channel, ChannelRefused, Seen, believed, parse, text_of
from tests.updating.bundles import open_keys

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OFFER = Offer("0.2.0", "linux-x86_64", "desk-0.2.0-linux-x86_64.tar.xz", 1000, "ab" * 32, 3000)


@pytest.fixture(scope="module")
def keys() -> signed.KeyPair:
    return open_keys()


@pytest.fixture(scope="module")
def sign(keys: signed.KeyPair) -> Callable[[bytes], bytes]:
    return lambda data: signed.sign(data, keys.secret, "", "update", "channel 1")


def a_list(serial: int = 1, *offers: Offer) -> bytes:
    return text_of(Channel(serial, AT, offers or (OFFER,)))


_words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
_offers = st.builds(
    Offer,
    version=st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True),
    platform=st.sampled_from(["linux-x86_64", "windows-x86_64"]),
    file=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60}", fullmatch=True),
    size=st.integers(1, 10**11),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    unpacked=st.integers(0, 10**11),
    percent=st.integers(0, 100),
    earliest=st.none() | st.integers(10**9, 3 * 10**9).map(lambda at_s: datetime.fromtimestamp(at_s, UTC)),
    least_from=st.sampled_from(["", "0.1.0"]),
    note_zh=_words,
    note_en=_words,
    withdrawn=st.booleans(),
)


@settings(max_examples=30)
@given(serial=st.integers(1, 10**9), offers=st.lists(_offers, max_size=4))
def test_a_list_is_read_as_it_was_written(serial: int, offers: list[Offer]) -> None:
    channel = Channel(serial, AT, tuple(offers))
    assert parse(text_of(channel)) == channel


@given(data=st.binary(max_size=200) | _words.map(lambda text: text.encode()))
def test_what_is_no_list_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(ChannelRefused, match="cannot be read"):
        parse(data)


@pytest.mark.parametrize(
    "change",
    [
        {"version": "../../etc"},
        {"version": "1"},
        {"file": "../desk.tar.xz"},
        {"file": ".hidden"},
        {"file": "a/b"},
        {"platform": "linux"},
        {"sha256": "AB" * 32},
        {"size": 0},
        {"percent": 101},
        {"least_from": "new"},
    ],
)
def test_what_cannot_be_is_refused_however_well_it_is_signed(
    change: dict[str, object], keys: signed.KeyPair, sign: Callable[[bytes], bytes]
) -> None:
    data = a_list(1, replace(OFFER, **change))  # type: ignore[arg-type]
    with pytest.raises(ChannelRefused) as refused:
        believed(data, sign(data), [keys.public], Seen())
    assert refused.value.reason == "form"


def test_the_newest_list_is_believed_and_remembered(keys: signed.KeyPair, sign: Callable[[bytes], bytes]) -> None:
    data = a_list(7)
    channel, seen = believed(data, sign(data), [keys.public], Seen())
    assert channel.offers == (OFFER,)
    assert seen.serial == 7
    again, _seen = believed(data, sign(data), [keys.public], seen)
    assert again == channel


def test_an_older_list_is_refused_and_so_is_another_one_of_the_same_number(
    keys: signed.KeyPair, sign: Callable[[bytes], bytes]
) -> None:
    data = a_list(7)
    _channel, seen = believed(data, sign(data), [keys.public], Seen())
    other = a_list(7, Offer("0.1.0", "linux-x86_64", "old.tar.xz", 5, "cd" * 32, 5))
    for attack in (a_list(6), other):
        with pytest.raises(ChannelRefused) as refused:
            believed(attack, sign(attack), [keys.public], seen)
        assert refused.value.reason == "older"
        assert "7" in str(refused.value)


@settings(max_examples=40)
@given(bit=st.integers(0, len(a_list()) * 8 - 1))
def test_no_bit_of_a_list_can_be_changed(bit: int, keys: signed.KeyPair, sign: Callable[[bytes], bytes]) -> None:
    data = a_list()
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ChannelRefused) as refused:
        believed(bytes(changed), sign(data), [keys.public], Seen())
    assert refused.value.reason == "changed"


def test_a_strangers_signature_and_one_for_another_purpose_are_refused(keys: signed.KeyPair) -> None:
    data, stranger = a_list(), open_keys()
    for signature, reason in (
        (signed.sign(data, stranger.secret, "", "update", "x"), "foreign"),
        (signed.sign(data, keys.secret, "", "company", "x"), "purpose"),
        (b"", "unsigned"),
    ):
        with pytest.raises(ChannelRefused) as refused:
            believed(data, signature, [keys.public], Seen())
        assert refused.value.reason == reason
