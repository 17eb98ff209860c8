"""The tunnel's changes to a message: what they do to one, and that what goes in comes out again."""

from hypothesis import given
from hypothesis import strategies as st

from desk.telephony.lines.sip_framing import BadStream, Framer
from desk.telephony.lines.sip_rewrite import Ends, to_phone, to_server

ENDS = Ends(b"127.0.0.1:7000", b"127.0.0.1:6000", b"10.0.0.9:40123")
REGISTER = (
    b"REGISTER sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:6000;rport;branch=z9hG4bK1\r\n"
    b"Contact: <sip:desk@127.0.0.1:6000;transport=tcp>;x=1\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n"
)
INVITE = (
    b"INVITE sip:desk@10.0.0.9:40123;transport=tls SIP/2.0\r\nv: SIP/2.0/TLS pbx:5061;branch=z9hG4bK2\r\n"
    b"Via: SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK3\r\nRecord-Route: <sip:pbx:5061;transport=tls;lr>\r\n"
    b"Contact: <sip:far@10.1.1.1>\r\nCSeq: 1 INVITE\r\nContent-Length: 4\r\n\r\nv=0\n"
)


def test_a_request_goes_out_as_tls_with_a_contact_that_can_be_reached() -> None:
    out = to_server(REGISTER, ENDS, (b"10.0.0.9:39999",))
    assert b"REGISTER sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:6000;rport" in out
    assert b"Contact: <sip:desk@10.0.0.9:40123;transport=tls>;x=1\r\n" in out
    assert b"Contact: <sip:desk@10.0.0.9:39999;transport=tls>;expires=0\r\n" in out


def test_a_request_comes_in_as_tcp_and_the_dialogue_goes_by_the_tunnel() -> None:
    into = to_phone(INVITE, ENDS)
    assert into.startswith(b"INVITE sip:desk@127.0.0.1:6000;transport=tcp SIP/2.0\r\nv: SIP/2.0/TCP pbx:5061;branch")
    assert b"Via: SIP/2.0/UDP 10.1.1.1" in into
    ours = into.index(b"Record-Route: <sip:127.0.0.1:7000;transport=tcp;lr>")
    assert ours < into.index(b"Record-Route: <sip:pbx:5061;transport=tls;lr>")
    assert into.endswith(b"\r\n\r\nv=0\n")


def test_our_answer_does_not_show_the_tunnel() -> None:
    answer = to_phone(INVITE, ENDS).replace(b"INVITE sip:desk@127.0.0.1:6000;transport=tcp SIP/2.0", b"SIP/2.0 200 OK")
    out = to_server(answer, ENDS)
    assert b"v: SIP/2.0/TLS pbx:5061" in out
    assert b"7000" not in out
    assert b"Record-Route: <sip:pbx:5061;transport=tls;lr>" in out


def test_an_answer_to_our_call_puts_the_tunnel_at_the_end_of_the_list() -> None:
    answer = INVITE.replace(b"INVITE sip:desk@10.0.0.9:40123;transport=tls SIP/2.0", b"SIP/2.0 200 OK")
    into = to_phone(answer, ENDS)
    assert into.index(b"<sip:pbx:5061;transport=tls;lr>") < into.index(b"<sip:127.0.0.1:7000;transport=tcp;lr>")


def test_a_route_loses_the_tunnel_and_nothing_else() -> None:
    bye = b"BYE sip:far@10.1.1.1 SIP/2.0\r\nRoute: <sip:127.0.0.1:7000;transport=tcp;lr>, <sip:pbx;lr>\r\n\r\n"
    assert to_server(bye, ENDS) == b"BYE sip:far@10.1.1.1 SIP/2.0\r\nRoute: <sip:pbx;lr>\r\n\r\n"
    alone = b"BYE sip:far@10.1.1.1 SIP/2.0\r\nRoute: <sip:127.0.0.1:7000;transport=tcp;lr>\r\n\r\n"
    assert to_server(alone, ENDS) == b"BYE sip:far@10.1.1.1 SIP/2.0\r\n\r\n"


def test_other_ports_that_begin_alike_are_left_alone() -> None:
    other = REGISTER.replace(b"desk@127.0.0.1:6000", b"desk@127.0.0.1:60001")
    assert b"desk@127.0.0.1:60001" in to_server(other, ENDS)


@given(untrusted=st.binary(max_size=400) | st.sampled_from([REGISTER, INVITE]).flatmap(
    lambda message: st.integers(0, len(message)).map(lambda at: message[:at] + b"\xff," + message[at:])
))  # fmt: skip
def test_nothing_that_comes_breaks_it_and_no_body_is_touched(untrusted: bytes) -> None:
    body = untrusted.partition(b"\r\n\r\n")[2]
    assert to_phone(untrusted, ENDS).partition(b"\r\n\r\n")[2] == body
    assert to_server(untrusted, ENDS, (b"a:1",)).partition(b"\r\n\r\n")[2] == body


@given(cuts=st.lists(st.integers(1, 40), max_size=60))
def test_a_stream_is_cut_into_its_messages_however_it_arrives(cuts: list[int]) -> None:
    stream, framer, found = REGISTER + b"\r\n\r\n" + INVITE + b"\r\n" + REGISTER, Framer(), []
    for cut in [*cuts, len(stream)]:
        found += framer.feed(stream[:cut])
        stream = stream[cut:]
    messages = [piece for piece in found if piece.strip()]
    assert messages == [REGISTER, INVITE, REGISTER]
    assert b"".join(found) == REGISTER + b"\r\n\r\n" + INVITE + b"\r\n" + REGISTER


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_a_stream_of_anything_is_cut_or_refused(pieces: list[bytes]) -> None:
    framer, out = Framer(), b""
    try:
        for piece in pieces:
            out += b"".join(framer.feed(piece))
    except BadStream:
        return
    assert b"".join(pieces).startswith(out)


def test_a_header_without_an_end_and_two_lengths_are_refused() -> None:
    for untrusted in (b"x" * 70_000, b"A\r\nContent-Length: 1\r\nl: 2\r\n\r\n", b"A\r\nl: 99999999\r\n\r\n"):
        try:
            Framer().feed(untrusted)
        except BadStream:
            continue
        raise AssertionError(untrusted[:40])
