"""A SIP message is told from the other lines of PJSIP's log."""

import pytest

from desk.telephony.pj.log_tap import message_in

HEAD = "03:01:31.793   pjsua_core.c  .{way} 21 bytes Request msg OPTIONS/cseq=1 (rdata0x1) {to} UDP 127.0.0.1:5060:\n"
MESSAGE = "OPTIONS sip:a SIP/2.0\r\nSubject: --end msg-- \udcff李x\r\n\r\n"


@pytest.mark.parametrize(("way", "to", "out"), [("RX", "from", False), ("TX", "to", True)])
def test_a_message_is_taken_as_it_was_sent(way: str, to: str, out: bool) -> None:
    sent = MESSAGE.encode("utf-8", "surrogateescape")
    assert message_in(f"{HEAD.format(way=way, to=to)}{MESSAGE}\n--end msg--") == (out, sent)


def test_of_a_long_one_there_is_what_the_log_could_hold() -> None:
    assert message_in(HEAD.format(way="TX", to="to") + MESSAGE[:-9]) == (True, MESSAGE[:-9].encode("utf-8", "replace"))


@pytest.mark.parametrize("line", ["", "conference.c  .Add port 1", "RX 12 bytes", "x.c Error: TX to me:\r\n"])
def test_any_other_line_is_none(line: str) -> None:
    assert message_in(line) is None
