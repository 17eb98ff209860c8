"""The small parts of a line, told without a network: codecs in an SDP, other contacts, voice mails, names and the watch
over the network."""

import itertools
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.demo.processes import wait_until
from desk.telephony.lines import sdp_codecs
from desk.telephony.lines.message_summary import new_messages
from desk.telephony.lines.name_lookup import NameLookup
from desk.telephony.lines.network_watch import NetworkNews, NetworkWatch, links_now
from desk.telephony.lines.password import WAITS_S, PasswordReader
from desk.telephony.lines.seat_twice import SeatTwice, contacts_of
from desk.telephony.lines.via import seen_as
from desk.telephony.pj.endpoint import request_port
from desk.telephony.pj.server import address_towards

SDP = (
    "v=0\r\nm=audio 4000 RTP/AVP 96 9 8 0 120 121\r\nc=IN IP4 10.0.0.1\r\na=rtpmap:96 speex/16000\r\n"
    "a=rtpmap:120 telephone-event/16000\r\na=fmtp:120 0-16\r\na=rtpmap:121 telephone-event/8000\r\na=fmtp:121 0-16\r\n"
)


def test_an_sdp_is_cut_down_to_the_lines_codecs_in_its_order() -> None:
    cut = sdp_codecs.only(SDP, ["PCMA", "G722"])
    assert "m=audio 4000 RTP/AVP 8 9 121\r\n" in cut
    assert "speex" not in cut
    assert ":120 " not in cut
    assert "a=fmtp:121 0-16\r\n" in cut
    assert sdp_codecs.only(SDP, ["iLBC"]) == SDP
    assert sdp_codecs.only("v=0\r\n", ["PCMA"]) == "v=0\r\n"


def test_a_common_codec_is_seen_by_number_and_by_name() -> None:
    assert sdp_codecs.offers_any(SDP, ["speex"])
    assert sdp_codecs.offers_any("m=audio 9 RTP/AVP 8\r\n", ["PCMA"])
    assert not sdp_codecs.offers_any("m=audio 9 RTP/AVP 8\r\n", ["G722", "PCMU"])
    assert sdp_codecs.offers_any("INVITE without an offer", ["PCMA"])


@given(st.text(max_size=200) | st.integers(0, len(SDP)).map(lambda at: SDP[:at] + "99999 " + SDP[at:]))
def test_no_sdp_breaks_it(untrusted: str) -> None:
    sdp_codecs.offers_any(untrusted, ["PCMA"])
    sdp_codecs.only(untrusted, ["PCMA"])


def _answer(*contacts: bytes) -> bytes:
    return b"SIP/2.0 200 OK\r\n" + b"".join(b"Contact: %s\r\n" % one for one in contacts) + b"\r\n"


def test_contacts_are_read_from_one_line_or_several() -> None:
    answer = _answer(b"<sip:a@10.0.0.1:5060;ob>;expires=60, <sip:b@10.0.0.2>;q=1;expires=30", b"<sip:c@h:1>")
    assert contacts_of(answer) == {"10.0.0.1:5060": 60, "10.0.0.2": 30}


def test_a_contact_that_is_renewed_is_another_telephone_and_one_that_runs_out_is_not() -> None:
    twice, own = SeatTwice(), b"<sip:desk@10.0.0.1:5060>;expires=120"
    assert twice.look(_answer(own, b"<sip:desk@10.0.0.2:5060>;expires=90"), ["10.0.0.1:5060"]) == ""
    assert twice.look(_answer(own, b"<sip:desk@10.0.0.2:5060>;expires=82"), ["10.0.0.1:5060"]) == ""
    assert twice.look(_answer(own, b"<sip:desk@10.0.0.2:5060>;expires=118"), ["10.0.0.1:5060"]) == "10.0.0.2:5060"
    assert twice.look(_answer(own, b"<sip:desk@10.0.0.2:5060>;expires=110"), ["10.0.0.1:5060"]) == "10.0.0.2:5060"
    assert twice.look(_answer(own), ["10.0.0.1:5060"]) == ""


def test_one_that_lives_longer_than_ours_is_another_telephone_at_once() -> None:
    answer = _answer(b"<sip:desk@10.0.0.1:5060>;expires=120", b"<sip:desk@10.0.0.2:5060>;expires=3000")
    assert SeatTwice().look(answer, ["10.0.0.1:5060"]) == "10.0.0.2:5060"


def test_nothing_is_said_where_our_own_contact_is_not_recognised() -> None:
    assert SeatTwice().look(_answer(b"<sip:desk@10.0.0.7:1>;expires=120"), ["10.0.0.1:5060"]) == ""


@given(st.binary(max_size=300))
def test_no_answer_breaks_the_look_for_other_contacts(untrusted: bytes) -> None:
    SeatTwice().look(b"SIP/2.0 200 OK\r\nContact: " + untrusted, ["10.0.0.1:5060"])
    seen_as(b"Via: " + untrusted)


@pytest.mark.parametrize(
    ("body", "new"),
    [
        ("Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n", 2),
        ("messages-waiting: YES\r\n", 1),
        ("Messages-Waiting: no\r\n", 0),
        ("", None),
        ("Voice-Message: many/few\r\n", None),
    ],
)
def test_voice_mails_are_counted(body: str, new: int | None) -> None:
    assert new_messages("NOTIFY sip:a@b SIP/2.0\r\nEvent: message-summary\r\n\r\n" + body) == new


def test_the_via_says_where_we_were_seen() -> None:
    assert seen_as(b"Via: SIP/2.0/UDP 10.0.0.1:5060;rport=777;branch=z;received=8.8.8.8\r\n") == "8.8.8.8:777"
    assert seen_as(b"v: SIP/2.0/TCP 10.0.0.1;branch=z\r\n") == "10.0.0.1:5060"
    assert seen_as(b"To: x") == ""


@pytest.mark.parametrize(
    ("request_line", "port"),
    [
        ("INVITE sip:desk@10.0.0.1:5070;ob SIP/2.0", 5070),
        ("INVITE sip:desk@10.0.0.1 SIP/2.0", 5060),
        ("INVITE sip:[2001:db8::1]:5080 SIP/2.0", 5080),
        ("NOTIFY sip:10.0.0.1:5090;x=1 SIP/2.0", 5090),
        ("", 5060),
    ],
)
def test_the_port_that_a_request_is_for(request_line: str, port: int) -> None:
    assert request_port(request_line) == port


def test_the_address_from_which_a_host_is_reached() -> None:
    assert address_towards("127.0.0.1") == "127.0.0.1"
    assert address_towards("") == ""


def test_a_dead_name_server_holds_up_nobody() -> None:
    answer_now = threading.Event()

    def dead(host: str) -> str:
        answer_now.wait(60.0)
        return "10.0.0.1"

    lookup = NameLookup("pbx.example.com", dead)
    for _ in range(1000):
        assert not lookup.look(time.monotonic())
    assert lookup.address == ""  # a thousand looks, and the first question is not answered yet
    answer_now.set()
    assert wait_until("the answer", lambda: lookup.look(time.monotonic()), 5.0)
    assert lookup.address == "10.0.0.1"


def test_a_name_that_nobody_knows_is_asked_for_again_and_one_that_moves_is_followed() -> None:
    answers: Iterator[str | OSError] = iter([OSError("no"), "10.0.0.1", "10.0.0.2"])
    asked = threading.Semaphore(0)

    def ask(host: str) -> str:
        asked.release()
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    lookup, now_s = NameLookup("pbx", ask), itertools.count(0.0, 40.0)

    def looked() -> bool:
        return lookup.look(next(now_s))

    assert not looked()
    wait_until("the first answer", lambda: looked() or lookup.failed, 5.0)
    wait_until("the address", lambda: looked() or lookup.address == "10.0.0.1", 5.0)
    wait_until("the move", lambda: looked() or lookup.address == "10.0.0.2", 5.0)
    assert not lookup.failed


def test_an_address_needs_no_lookup() -> None:
    lookup = NameLookup("10.0.0.7", lambda _host: pytest.fail("asked"))
    assert not lookup.look(0.0)
    assert lookup.address == "10.0.0.7"


def test_the_watch_tells_of_changes_and_of_sleep_only() -> None:
    links = iter([frozenset(), frozenset(), frozenset({("eth0", True, ("10.0.0.1",))})])
    last: list[frozenset[tuple[str, bool, tuple[str, ...]]]] = []

    def look() -> frozenset[tuple[str, bool, tuple[str, ...]]]:
        last[:] = [next(links, last[0] if last else frozenset())]
        return last[0]

    wall, monotonic = iter([0.0, 1.0, 2.0, 3600.0, 3601.0]), iter([0.0, 1.0, 2.0, 3.0, 20.0])
    watch = NetworkWatch(look, lambda: next(wall), lambda: next(monotonic))
    told = []
    for _ in range(4):
        watch.step()
        told.append(watch.news.get() if not watch.news.empty() else None)
    assert told == [None, NetworkNews.CHANGED, NetworkNews.RESUMED, NetworkNews.RESUMED]


INSIDE = ("lo", True, ("127.0.0.1", "::1", "00:00:00:00:00:00"))
OFFICE = ("10.0.0.1", "fd00::1", "fe80::1%eth0")


@pytest.mark.parametrize(
    ("bind", "up", "there"),
    [
        ("", True, True),
        ("", False, False),
        ("10.0.0.1", True, True),
        ("10.0.0.1", False, False),
        ("10.0.0.2", True, False),
        ("127.0.0.1", False, True),
        ("fd00:0::1", True, True),
    ],
)
def test_a_line_has_a_network_while_an_interface_with_its_address_is_up(bind: str, up: bool, there: bool) -> None:
    watch = NetworkWatch(lambda: frozenset({INSIDE, ("eth0", up, OFFICE)}))
    assert watch.reaches(bind) is there


def test_where_no_link_can_be_listed_nobody_calls_a_line_deaf() -> None:
    assert NetworkWatch(frozenset).reaches("")


def test_a_keyring_that_shows_its_prompt_for_too_long_is_told_until_it_answers() -> None:
    unlocked = threading.Event()

    def ask() -> str:
        unlocked.wait(20.0)
        return "secret"

    reader = PasswordReader(ask, 10.0)
    reader.look(100.0, wanted=True)
    assert [reader.waits(100.0 + s) for s in (0.0, WAITS_S - 1, WAITS_S)] == [False, False, True]
    unlocked.set()
    wait_until("the password", lambda: reader.look(140.0, wanted=True), 5.0)
    assert not reader.waits(1000.0)


def test_this_computers_links_can_be_listed() -> None:
    assert any("127.0.0.1" in addresses for _, _, addresses in links_now())
