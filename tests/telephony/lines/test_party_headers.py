"""Who is calling, from whatever a network sends."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.party import Party
from desk.telephony.lines.party_headers import (
    LENGTH_LIMIT,
    clean,
    decode,
    raw_message,
    read_address,
    read_answer_after_s,
    read_contacts,
    read_diversions,
    read_party,
)


def invite(*lines: bytes) -> bytes:
    return b"\r\n".join((b"INVITE sip:desk@pbx SIP/2.0", b"Via: SIP/2.0/UDP x", *lines, b"Content-Length: 0", b"", b""))


def party(*lines: str) -> Party:
    return read_party(invite(*(line.encode() for line in lines)))


class TestNumber:
    def test_the_asserted_identity_counts_before_from(self) -> None:
        found = party('From: "x" <sip:1001@pbx>;tag=1', "P-Asserted-Identity: <sip:13800138000@carrier>")
        assert found == Party("13800138000", "x")

    def test_from_counts_where_nothing_is_asserted(self) -> None:
        assert party('From: "张三" <sip:013800138000@pbx>;tag=1') == Party("013800138000", "张三")

    @pytest.mark.parametrize(
        ("value", "number"),
        [
            ("<tel:+8613800138000>", "+8613800138000"),
            ("tel:0755-87654321;ext=803", "0755-87654321-803"),
            ("<sip:+8613800138000;phone-context=x@carrier;user=phone>", "+8613800138000"),
            ("<sip:87654321:secret@carrier>", "87654321"),
            ("<sip:%2B8613800138000@carrier>", "+8613800138000"),
            ('"A, B" <sip:1@x>, <tel:2>', "1"),
            ("<sip:carrier>, <tel:95598>", "95598"),
            ("<SIPS:110@x>", "110"),
        ],
    )
    def test_every_way_to_write_an_asserted_identity(self, value: str, number: str) -> None:
        assert party("From: <sip:other@pbx>;tag=1", f"P-Asserted-Identity: {value}").number == number

    def test_several_identity_headers_are_read_in_order(self) -> None:
        found = party("From: <sip:x@y>", "P-Asserted-Identity: <sip:carrier>", "P-Asserted-Identity: <tel:12345>")
        assert found.number == "12345"

    def test_a_missing_user_is_no_number(self) -> None:
        assert party("From: <sip:pbx.example>;tag=1") == Party()

    def test_the_compact_form_and_folded_lines_are_read(self) -> None:
        assert party('f: "Li\r\n Si"\r\n\t<sip:1@x>;tag=1') == Party("1", "Li Si")

    def test_diversion_is_kept(self) -> None:
        found = party("From: <sip:1@x>", 'Diversion: "front desk" <sip:8001@pbx>;reason=no-answer, <sip:2@x>')
        assert found.diversion == "8001"


class TestWithheld:
    @pytest.mark.parametrize("privacy", ["id", "ID", "user;id", "header;id;critical"])
    def test_privacy_withholds_even_what_is_asserted(self, privacy: str) -> None:
        found = party("From: <sip:1@x>", "P-Asserted-Identity: <sip:2@x>", f"Privacy: {privacy}")
        assert (found.number, found.withheld) == ("", True)

    @pytest.mark.parametrize("value", ["none", "session", "critical"])
    def test_other_privacy_withholds_nothing(self, value: str) -> None:
        assert party("From: <sip:1@x>", f"Privacy: {value}") == Party("1")

    @pytest.mark.parametrize("who", ["<sip:anonymous@anonymous.invalid>", '"Anonymous" <sip:Anonymous@pbx>'])
    def test_an_anonymous_from_withholds(self, who: str) -> None:
        found = party(f"From: {who};tag=1")
        assert (found.number, found.withheld) == ("", True)

    def test_a_number_the_network_vouches_for_is_shown_behind_an_anonymous_from(self) -> None:
        found = party("From: <sip:anonymous@anonymous.invalid>", "P-Asserted-Identity: <tel:13800138000>")
        assert (found.number, found.withheld) == ("13800138000", False)


class TestOddNames:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ('"张三"'.encode("gbk"), "张三"),
            ('"李四\x07\x1b[31m"'.encode(), "李四 [31m"),
            ('"\u202etxt.exe"'.encode(), "txt.exe"),
            ('"👩‍🔧 王"'.encode(), "👩‍🔧 王"),
            (b'"say \\"hi\\""', 'say "hi"'),
            (b'"never closed', "never closed"),
            (b"bare name", "bare name"),
            (b'"\x00\x00"', ""),
            (b'""', ""),
            (b'"\xff\xfe\xff"', clean(decode(b"\xff\xfe\xff"))),
        ],
    )
    def test_a_name_is_shown_as_well_as_it_can_be(self, written: bytes, shown: str) -> None:
        assert read_party(invite(b"From: " + written + b" <sip:139@x>;tag=1")) == Party("139", shown)

    def test_a_name_of_4_kb_is_cut(self) -> None:
        found = read_party(invite(b'From: "' + "长".encode() * 4096 + b'" <sip:139@x>'))
        assert found == Party("139", "长" * LENGTH_LIMIT)

    def test_bytes_that_swig_could_not_decode_come_back(self) -> None:
        message = invite('From: "张三" <sip:1@x>'.encode("gbk"))
        assert raw_message(message.decode("utf-8", "surrogateescape")) == message


def is_clean(text: str) -> bool:
    return len(text) <= LENGTH_LIMIT and not any(
        unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        or (unicodedata.category(char) == "Cf" and char not in "\u200c\u200d")
        for char in text
    )


@given(st.binary(max_size=2000))
def test_no_bytes_raise_and_nothing_unclean_comes_out(noise: bytes) -> None:
    for message in (noise, invite(b"From: " + noise), invite(b"P-Asserted-Identity: " + noise, b"From: " + noise)):
        found = read_party(message)
        assert is_clean(found.number)
        assert is_clean(found.display_name)
        assert is_clean(found.diversion)


@given(st.text(max_size=300), st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True))
def test_a_quoted_name_never_hides_the_number(name: str, number: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", " ")
    found = read_address(f'"{quoted}" <sip:{number}@host>;tag=1')
    assert found.user == number
    assert found.display_name == clean(name.replace("\r", " ").replace("\n", " "))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def asking(*lines: bytes) -> float | None:
    return read_answer_after_s(b"\r\n".join((b"INVITE sip:desk@10.0.0.1 SIP/2.0", *lines, b"", b"")))


@pytest.mark.parametrize(
    ("line", "after_s"),
    [
        (b"Call-Info: <sip:10.0.0.2>;answer-after=0", 0.0),
        (b"Call-Info: <http://x/photo.jpg>;purpose=icon, <sip:10.0.0.2>; Answer-After = 3", 3.0),
        (b"Call-Info: <sip:10.0.0.2>;answer-after=999999", 600.0),
        (b"Call-Info: <sip:10.0.0.2>;answer-after=-1", None),
        (b"Alert-Info: <http://10.0.0.2>;info=alert-autoanswer;delay=0", 0.0),
        (b"Alert-Info: Ring Answer", 0.0),
        (b"Alert-Info: Auto Answer", 0.0),
        (b"Alert-Info: info=ring-answer", 0.0),
        (b"Alert-Info: <http://10.0.0.2/Bellcore-dr2>", None),
        (b"Answer-Mode: Auto", 0.0),
        (b"Answer-Mode: Auto;require", 0.0),
        (b"Answer-Mode: Manual", None),
        (b"Priv-Answer-Mode: auto", 0.0),
        (b"Subject: Auto Answer", None),
    ],
)
def test_an_intercom_asks_to_be_answered_in_many_words(line: bytes, after_s: float | None) -> None:
    assert asking(line) == after_s


@pytest.mark.parametrize(
    ("lines", "users"),
    [
        ([], ()),
        ([b"Diversion: <sip:8001@pbx>;reason=no-answer"], ("8001",)),
        ([b"Diversion: <sip:8001@pbx>;reason=busy, <sip:8002@pbx>"], ("8001", "8002")),
        ([b"Diversion: <sip:8001@pbx>;counter=3", b"Diversion: <sip:8002@pbx>"], ("8001",) * 3 + ("8002",)),
    ],
)
def test_who_has_sent_the_call_on_is_read_from_diversion(lines: list[bytes], users: tuple[str, ...]) -> None:
    assert read_diversions(b"\r\n".join((b"INVITE sip:desk@10.0.0.1 SIP/2.0", *lines, b"", b""))) == users


@pytest.mark.parametrize(
    ("value", "uris"),
    [
        (b"<sip:8001@pbx:5070;transport=tcp>", ("sip:8001@pbx:5070;transport=tcp",)),
        (b"sip:8001@pbx;expires=3", ("sip:8001@pbx",)),
        (b'"A, B" <sip:1@pbx>;q=0.2, <sip:2@pbx>;q=0.7, <sip:3@pbx>', ("sip:3@pbx", "sip:2@pbx", "sip:1@pbx")),
        (b"<tel:8001>, <http://pbx/>, *", ()),
        (b"<sip:8001@pbx\x01>", ()),
    ],
)
def test_where_an_answer_sends_us_is_read_from_contact(value: bytes, uris: tuple[str, ...]) -> None:
    assert read_contacts(b"SIP/2.0 302 Moved\r\nContact: " + value + b"\r\n\r\n") == uris


@given(
    st.binary(max_size=400), st.sampled_from([b"Contact", b"Call-Info", b"Alert-Info", b"Answer-Mode", b"Diversion"])
)
def test_garbage_in_them_is_read_without_a_fault(value: bytes, name: bytes) -> None:
    message = b"INVITE sip:desk@10.0.0.1 SIP/2.0\r\n" + name + b": " + value + b"\r\n\r\n"
    after_s = read_answer_after_s(message)
    assert after_s is None or 0.0 <= after_s <= 600.0
    assert len(read_diversions(message)) <= 20
    assert all(uri.lower().startswith("sip") for uri in read_contacts(message))
