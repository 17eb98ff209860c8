"""What a registrar can say beside yes and no: challenges by other digests, other contacts of the account, voice mails.
The registrar is written by hand, because servers do not say these things on request."""

import itertools
from pathlib import Path

import pytest

from desk.demo.processes import wait_until
from desk.domain import events
from desk.domain.events import LineStatus
from desk.domain.troubles import Trouble
from tests.telephony.driver import phone
from tests.telephony.raw_registrar import RawRegistrar
from tests.telephony.test_line import line, wait_status

MD5 = b'Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"'
SHA_256 = b'Digest realm="pbx", nonce="n2", algorithm=SHA-256, qop="auth"'
SAME_NONCE = SHA_256.replace(b"n2", b"n1")


@pytest.mark.parametrize(
    ("challenges", "answered"),
    [((MD5,), "MD5"), ((SHA_256,), "SHA-256"), ((SAME_NONCE, MD5), "SHA-256"), ((SHA_256, MD5), "MD5")],
)
def test_digest_by_md5_and_by_sha_256(tmp_path: Path, challenges: tuple[bytes, ...], answered: str) -> None:
    """Where both are asked for: as docs/sip-robustness.md says of PJSIP."""
    with (
        RawRegistrar(challenges) as registrar,
        phone(tmp_path / "phone", line(registrar.address), password="secret") as driver,
    ):
        wait_status(driver, LineStatus.REGISTERED)
        assert registrar.algorithm == answered


def test_another_telephone_with_the_same_account_is_told_and_forgotten(tmp_path: Path) -> None:
    with (
        RawRegistrar() as registrar,
        phone(tmp_path / "phone", line(registrar.address), password="secret") as driver,
    ):
        lives = itertools.cycle((118, 120))
        registrar.others = lambda: (b"<sip:desk@192.0.2.9:5060>;expires=%d" % next(lives),)
        raised = driver.wait(events.TroubleRaised, 15.0)
        assert raised.wrong.trouble is Trouble.SEAT_TWICE
        assert "192.0.2.9:5060" in raised.wrong.detail
        states = [message.state.status for message in driver.messages if isinstance(message, events.LineChanged)]
        assert LineStatus.DEAF not in states
        registrar.others = tuple
        driver.wait(events.TroubleCleared)


def test_what_this_seat_left_behind_is_no_other_telephone(tmp_path: Path) -> None:
    with (
        RawRegistrar() as registrar,
        phone(tmp_path / "phone", line(registrar.address), password="secret") as driver,
    ):
        left = iter(range(110, 0, -1))
        registrar.others = lambda: (b"<sip:desk@127.0.0.1:1>;expires=%d" % next(left),)
        wait_status(driver, LineStatus.REGISTERED)
        asked = len(registrar.requests)
        mark = driver.mark()
        wait_until("three more refreshes", lambda: len(registrar.requests) >= asked + 3, 15.0)
        assert not [m for m in driver.messages[mark:] if isinstance(m, events.TroubleRaised)]


def test_voice_mails_are_counted_for_a_line_that_wants_to_know(tmp_path: Path) -> None:
    with (
        RawRegistrar() as registrar,
        phone(tmp_path / "phone", line(registrar.address, voice_mail="*97"), password="secret") as driver,
    ):
        wait_status(driver, LineStatus.REGISTERED)
        kind = b"application/simple-message-summary"
        registrar.notify(b"message-summary", b"Messages-Waiting: yes\r\nVoice-Message: 3/8 (0/2)\r\n", kind)
        driver.wait(events.LineChanged, matches=lambda changed: changed.state.messages == 3)
        registrar.notify(b"message-summary", b"Messages-Waiting: no\r\nVoice-Message: 0/8\r\n", kind)
        driver.wait(events.LineChanged, matches=lambda changed: changed.state.messages == 0)
        assert any(request.startswith(b"SUBSCRIBE") for request in registrar.requests)
