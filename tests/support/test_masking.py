"""Nobody is known again by what is kept: planted names, numbers and rooms are gone, what IT needs is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.support.masking import GONE, masked, masked_trace, masked_words
from desk.support.sip_text import SipText
from tests.support.making import HOMES, NAMES, NUMBERS, SECRETS, TYPED

CHINESE = (*NAMES[:2], *HOMES[:2], *TYPED)


@pytest.mark.parametrize("canary", [*CHINESE, *NUMBERS])
@pytest.mark.parametrize(
    "text", ["could not file {}", "file {}", "no such person: {}!", "KeyError: '{}'", 'detail="{}"', "{} {}"]
)
def test_no_name_number_or_room_stays_in_free_text(canary: str, text: str) -> None:
    said = masked(text.format(*[canary] * 2))
    assert canary not in said
    assert not [one for one in canary if "\u4e00" <= one <= "\u9fff" and one in said]


@pytest.mark.parametrize("canary", [*NAMES, *HOMES])
@pytest.mark.parametrize("quotes", ["''", '""', "``", "“”", "‘’"])
def test_what_stands_in_quotation_marks_is_gone_whatever_its_letters(canary: str, quotes: str) -> None:
    if quotes[0] in canary:
        quotes = '""'  # as Python writes such a text
    assert canary not in masked(f"cannot read {quotes[0]}{canary}{quotes[1]}: it is odd")


@pytest.mark.parametrize(
    ("text", "stays", "goes"),
    [
        ("password of sip:xiulan.wang@pbx.example.com refused", "@pbx.example.com refused", "xiulan"),
        ("mail to xiulan.wang@example.com bounced", "@example.com bounced", "xiulan"),
        ("connect postgresql://xiulan:pw@db.example.com/desk failed", "db.example.com/desk failed", "pw"),
        ("tel:1001 is not ours", "is not ours", "1001"),
        ("cannot open /home/xiulan/.local/share/desk/seat.db", "/.local/share/desk/seat.db", "xiulan"),
        (r"cannot open C:\Users\xiulan\AppData\desk", r"\AppData\desk", "xiulan"),
    ],
)
def test_who_stands_before_the_at_is_gone_and_the_server_stays(text: str, stays: str, goes: str) -> None:
    assert stays in masked(text)
    assert goes not in masked(text)


def test_desks_own_words_stay() -> None:
    own = "the exchange with the centre failed after 3 rounds: connection refused (111)"
    assert masked(own) == own
    named = "call offered c0ffee00-0000-7000-8000-000000000001 at 2026-11-22T04:48:32"
    assert masked(named) == named


def test_a_traceback_keeps_where_and_loses_what() -> None:
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/home/xiulan/desk/ui/form.py", line 12, in file\n'
        "    raise ValueError(name)\n"
        "ValueError: 王秀兰 '3-2-1201' 13800138000"
    )
    said = masked_trace(trace)
    assert "desk/ui/form.py" in said
    assert "line 12, in file" in said
    assert "raise ValueError(name)" in said
    assert not [one for one in ("王", "秀", "兰", "1201", "13800138", "xiulan") if one in said]


def test_an_agent_may_write_chinese_and_those_who_called_are_gone_from_it() -> None:
    said = masked_words("王秀兰说听不见，翡翠湾12号楼802室，13800138000，线路有杂音", ("王秀兰", "翡翠湾12号楼802室"))
    assert said == f"{GONE}说听不见，{GONE}，***00，线路有杂音"


@pytest.mark.parametrize("room", ["3栋2单元1201", "12号楼802室", "A座 1503室", "2期5栋"])
def test_a_room_that_an_agent_writes_is_gone_whoever_lives_there(room: str) -> None:
    assert masked_words(f"{room}的业主听不见我", ()) == f"{GONE}的业主听不见我"


def test_known_names_in_letters_are_gone_where_they_stand_alone() -> None:
    said = masked("call of Li Ming, li ming! the line is fine (Zhou)", ("Li Ming", "Li", "Zhou"))
    assert said == f"call of {GONE}, {GONE}! the line is fine ({GONE})"


def test_somebody_spoken_of_by_surname_is_gone_where_they_called() -> None:
    assert masked_words("王女士说有杂音，张先生没有", ("王秀兰",)) == f"{GONE}女士说有杂音，张先生没有"


@given(st.text())
def test_no_text_breaks_the_masking(text: str) -> None:
    masked(text)
    masked_trace(text)
    masked_words(text, (text[:5],))


@pytest.mark.parametrize("piece", ["a", "1", "'", "3栋", "@", "a@", "sip:", "/home/"])
def test_a_long_line_takes_no_longer_than_its_length(piece: str) -> None:
    """Quadratic patterns would take minutes."""
    masked(piece * (200_000 // len(piece)))


INVITE = (
    "INVITE sip:{user}@10.0.0.5:5060;transport=udp SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK{number};rport\r\n"
    'From: "{name}" <sip:{number}@pbx.example.com;user=phone>;tag={number}\r\n'
    "t: {name}<sip:{user}@pbx.example.com>\r\n"
    "i: {user}-{number}@{user}\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:{number}@10.0.0.1;x-name={user}>\r\n"
    'P-Asserted-Identity: "{name}" <tel:{number}>\r\n'
    "Diversion: <sip:{number}@pbx>;reason=unconditional\r\n"
    "Subject: {name} {home}\r\n"
    "Organization: {home}\r\n"
    'Authorization: Digest username="{user}", response="{secret}"\r\n'
    'Proxy-Authorization: Digest username="{user}", response="{secret}"\r\n'
    "X-Address: {home}\r\n"
    "User-Agent: FreeSWITCH 1.10.9\r\n"
    'Reason: Q.850;cause=16;text="{name}"\r\n'
    'Warning: 399 pbx "{name} {number}"\r\n'
    "Content-Type: application/sdp\r\n\r\n"
    "v=0\r\no={user} 1 1 IN IP4 10.0.0.1\r\ns={name}\r\ni={home}\r\nu=http://x/{user}\r\ne={user}@x\r\np={number}\r\n"
    "c=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8 0\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=crypto:1 {secret}\r\na=ice-pwd:{secret}\r\na=ssrc:1 cname:{user}@{number}\r\na=label:{name}\r\na=sendrecv\r\n"
)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("home", HOMES)
def test_nobody_is_known_again_by_a_sip_message(number: str, name: str, home: str) -> None:
    user = "xiulan.wang"
    message = INVITE.format(number=number.replace(" ", ""), name=name, home=home, user=user, secret=SECRETS[0])
    said = SipText().text(message.encode())
    assert not [one for one in (number.replace(" ", ""), name, home, user, *SECRETS, "秀兰") if one in said]


def test_what_is_needed_of_a_sip_message_is_there() -> None:
    said = SipText(b"key").text(
        INVITE.format(number="13800138000", name="X", home="Y", user="1001", secret="Z").encode()
    )
    for line in (
        "via: UDP 10.0.0.1:5060;branch=~",
        "cseq: 1 INVITE",
        "user-agent: FreeSWITCH 1.10.9",
        "reason: Q.850;cause=16",
        "warning: 399",
        "m=audio 4000 RTP/SAVP 8 0",
        "a=rtpmap:8 PCMA/8000",
        "a=crypto",
        "a=sendrecv",
        "c=IN IP4 10.0.0.1",
        "o=10.0.0.1",
    ):
        assert line in said
    assert said.startswith("INVITE sip:~")
    assert "@10.0.0.5:5060;transport=udp SIP/2.0\n" in said


def test_the_same_user_is_the_same_word_and_another_process_has_other_words() -> None:
    one, other = SipText(), SipText()
    message = INVITE.format(number="1", name="X", home="Y", user="1001", secret="Z")
    assert one.text(message.encode()) == one.text(message.encode())
    assert one.word("1001") != one.word("1002")
    assert one.word("1001") != other.word("1001")


@given(st.binary(max_size=600))
def test_no_bytes_break_it(noise: bytes) -> None:
    text = SipText(b"key")
    text.text(noise)
    text.text(b"INVITE sip:a@b SIP/2.0\r\n" + noise)
    text.text(b"SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n" + noise)


@given(st.text(min_size=4, max_size=30, alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_no_chinese_gets_through_a_header(name: str) -> None:
    message = INVITE.format(number=name, name=name, home=name, user=name, secret=name)
    said = SipText(b"key").text(message.encode())
    assert not [one for one in name if one in said]
