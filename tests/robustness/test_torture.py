"""The torture messages of RFC 4475 against the running phone, by UDP and by TCP."""

import contextlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robustness.ground import HOST, Caller, Ground, Refusing, ground
from tests.robustness.torture import Message, messages, octets
from tests.robustness.torture_answers import ANSWERS, REASONS

ANSWER_S = 20.0
MESSAGES = messages()
WRONG_LENGTH = {"dblreq", "clerr", "ncl", "multi01", "mcl01"}  # on purpose, but for multi01, where the RFC slipped
PAGE = Path(__file__).parent.parent.parent / "docs" / "sip-robustness.md"


@pytest.fixture(scope="module", params=["udp", "tcp"])
def stand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Ground]]:
    with ground(tmp_path_factory.mktemp("torture")) as found:
        yield request.param, found
        found.usable()


def _answer(message: Message, transport: str, stand: Ground, wanted: frozenset[int]) -> int:
    """Its final answer, 0 for none. One that must come is waited for; that none comes is believed once three pings
    have been answered, for the phone does one thing after the other (it takes two turns to accept a connection and to
    read from it)."""
    agent = Refusing(stand.driver)
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    with Caller(stand.udp) as pinger, socket.socket(socket.AF_INET, kind) as sender:
        sender.connect((HOST, stand.tcp if transport == "tcp" else stand.udp))
        sender.send(message.sent_by_us(f".{message.name}"))
        for _ping in range(3):
            assert pinger.alive(), f"dead after {message.name}"
        codes = _codes_that_came(sender, 0.0 if 0 in wanted else ANSWER_S)
    stand.wait_empty(agent.turn)
    return next((code for code in codes if code != 100), 0)


def _codes_that_came(sender: socket.socket, patience_s: float) -> list[int]:
    """Status codes, in order; waits for a final one, or a 180, as long as this."""
    codes: list[int] = []
    sender.settimeout(patience_s)
    with contextlib.suppress(TimeoutError, BlockingIOError):
        while got := sender.recv(65535):
            codes += [int(code) for code in re.findall(rb"^SIP/2\.0 (\d{3}) ", got, re.MULTILINE)]
            if any(code != 100 for code in codes):
                sender.settimeout(0.0)  # what else is there already
    return codes


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_it_is_answered_as_the_rfc_says_or_as_is_known_of_pjsip(message: Message, stand: tuple[str, Ground]) -> None:
    transport, phone = stand
    wanted = ANSWERS[message.name].expected(transport)
    assert _answer(message, transport, phone, wanted) in wanted
    assert phone.registered()


def test_there_are_as_many_as_in_the_rfc_and_each_is_as_long_as_it_says() -> None:
    assert [message.name for message in MESSAGES] == list(ANSWERS)
    assert len(MESSAGES) == 49
    for message in MESSAGES:
        said = re.search(rb"^(?:content-length|l)\s*:\s*(\S+)", message.head, re.IGNORECASE | re.MULTILINE)
        right = said is None or said[1] == b"%d" % len(message.body)
        assert right is (message.name not in WRONG_LENGTH), message.name


def test_the_markup_of_the_rfc_stands_for_what_it_says() -> None:
    assert octets("Header-name: value<hex>206F6E</hex>e\n").startswith(b"Header-name: value one\r\n")
    assert octets("a\n\n<repeat count=3>abc</repeat>\n") == b"a\r\n\r\nabcabcabc\r\n"
    folded = "<allOneLine>\nHeader-name: first value,\n reallylong\nsecond\n</allOneLine>\n"
    assert octets(folded) == b"Header-name: first value, reallylongsecond\r\n\r\n"


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_what_we_add_to_be_answered_is_in_the_topmost_via_only(message: Message) -> None:
    sent = message.sent_by_us(".x")
    before = re.sub(rb"\.x|;rport", b"", sent)
    assert before == re.sub(rb";rport", b"", message.octets)


def test_every_difference_is_told_on_the_page() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| [\d.]+ \| ([^|]+) \| ([^|]+) \| (\w+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    told = {name: (_codes(rfc), _codes(pjsip).pop(), why) for name, rfc, pjsip, why in rows}
    differ = {name: (set(one.rfc), one.pjsip, one.why) for name, one in ANSWERS.items() if one.pjsip is not None}
    assert told == differ
    assert {why for _, _, why in told.values()} == set(REASONS)


def _codes(cell: str) -> set[int]:
    words = {"silence": 0, "rings": 180}
    return {words[word] if word in words else int(word) for word in re.findall(r"\w+", cell)}
