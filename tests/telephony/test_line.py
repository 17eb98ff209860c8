"""The line against real registrars: registered, refused, away and back, its port taken, its peers. Each phone is a
process of its own."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port, wait_until
from desk.domain import commands, events
from desk.domain.events import LineStatus
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from tests.telephony.driver import Driver, phone
from tests.telephony.raw_registrar import RawRegistrar, header
from tests.telephony.raw_sip import RawCaller

USERS = {"desk": "secret"}


@pytest.fixture
def pbx(tmp_path: Path) -> Iterator[Kamailio]:
    with Kamailio(tmp_path / "kamailio", USERS) as server:
        yield server


def line(address: str, **more: object) -> dict[str, object]:
    return {"kind": "registered", "user": "desk", "registrar": address, "port": 0, "retry_s": 1, **more}


def wait_status(driver: Driver, status: LineStatus) -> None:
    """Now or soon; the snapshot counts."""
    if driver.wait(PhoneSnapshot).lines[0].status is not status:
        driver.wait(events.LineChanged, 15.0, matches=lambda changed: changed.state.status is status)


def wait_trouble(driver: Driver, trouble: Trouble, timeout_s: float = 15.0) -> events.TroubleRaised | None:
    if trouble in [wrong.trouble for wrong in driver.wait(PhoneSnapshot).wrongs]:
        return None
    raised = driver.wait(events.TroubleRaised, timeout_s)
    assert raised.wrong.trouble is trouble
    return raised


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_it_registers_over_udp_and_tcp(tmp_path: Path, pbx: Kamailio, transport: str) -> None:
    with phone(tmp_path / "phone", line(pbx.address, transport=transport), password="secret") as driver:
        wait_status(driver, LineStatus.REGISTERED)


def test_a_line_with_a_proxy_registers_and_calls_by_it(tmp_path: Path) -> None:
    with RawRegistrar() as proxy:
        settings = line("hotline.invalid", proxy=proxy.address)
        with phone(tmp_path / "phone", settings, password="secret") as driver:
            wait_status(driver, LineStatus.REGISTERED)
            assert proxy.requests[0].startswith(b"REGISTER sip:hotline.invalid SIP/2.0\r\n")
            driver.do(commands.Dial("1001"))
            driver.wait(events.CallEnded)
            assert any(one.startswith(b"INVITE sip:1001@hotline.invalid SIP/2.0\r\n") for one in proxy.requests)


def test_a_wrong_password_is_named_and_a_right_one_taken_up_without_a_restart(tmp_path: Path, pbx: Kamailio) -> None:
    with phone(tmp_path / "phone", line(pbx.address), password="wrong") as driver:
        wait_trouble(driver, Trouble.WRONG_PASSWORD)
        driver.do(commands.Dial("1001"))
        assert driver.wait(events.CommandRefused).reason == "line_deaf"
        driver.set_password("secret")
        driver.wait(events.TroubleCleared)
        wait_status(driver, LineStatus.REGISTERED)


def test_an_unknown_user_is_refused_like_a_wrong_password(tmp_path: Path, pbx: Kamailio) -> None:
    with phone(tmp_path / "phone", line(pbx.address, user="nobody"), password="secret") as driver:
        wait_trouble(driver, Trouble.WRONG_PASSWORD)


def test_a_missing_password_is_named_and_taken_up_when_it_comes(tmp_path: Path, pbx: Kamailio) -> None:
    with phone(tmp_path / "phone", line(pbx.address)) as driver:
        wait_trouble(driver, Trouble.PASSWORD_MISSING)
        driver.set_password("secret")
        driver.wait(events.TroubleCleared)
        wait_status(driver, LineStatus.REGISTERED)


def test_a_registrar_that_is_away_comes_forgets_us_dies_and_returns(tmp_path: Path) -> None:
    server = Kamailio(tmp_path / "kamailio", USERS)
    with (
        phone(tmp_path / "phone", line(server.address), password="secret") as driver,
        RawCaller(server.port) as caller,
    ):
        wait_trouble(driver, Trouble.NO_REGISTRAR)
        server.start()
        try:
            driver.wait(events.TroubleCleared)
            wait_status(driver, LineStatus.REGISTERED)
            server.restart()  # and with it goes what it knew of us, unsaid
            wait_reached(driver, caller)
            mark = driver.mark()
            server.kill()
            raised = driver.wait(events.TroubleRaised, after=mark)
            assert raised.wrong.trouble is Trouble.NO_REGISTRAR
            server.start()
            driver.wait(events.TroubleCleared, after=mark)
            states = [m.state.status for m in driver.messages[mark:] if isinstance(m, events.LineChanged)]
            assert states == [LineStatus.DEAF, LineStatus.REGISTERED]
            wait_reached(driver, caller)
        finally:
            server.kill()


def wait_reached(driver: Driver, caller: RawCaller) -> None:
    """Call until a call gets through, for ten seconds."""
    mark = driver.mark()

    def reached() -> bool:
        caller.invite(b"<sip:10086@127.0.0.1>")
        return caller.wait_answer(180, 480).startswith(b"SIP/2.0 180 ")

    wait_until("a call through the registrar", reached, 10.0)
    caller.cancel()
    driver.wait(events.CallEnded, after=mark)


def test_a_busy_port_is_named_and_taken_when_it_is_free(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with phone(tmp_path / "phone", {"kind": "direct", "port": port}) as driver:
            wait_trouble(driver, Trouble.PORT_BUSY)
            wrong = (*driver.wait(PhoneSnapshot).wrongs, *_raised(driver))[0]
            assert str(port) in wrong.detail
            other.close()
            driver.wait(events.TroubleCleared)
            wait_status(driver, LineStatus.DIRECT)
            with RawCaller(port) as caller:
                caller.invite(b"<sip:10086@127.0.0.1>")
                driver.wait(events.CallOffered)
                caller.cancel()
                driver.wait(events.CallEnded)


def _raised(driver: Driver) -> list[Wrong]:
    return [message.wrong for message in driver.messages if isinstance(message, events.TroubleRaised)]


@pytest.mark.parametrize("by", ["registrar", "proxy"])
def test_a_direct_lines_far_side_that_falls_silent_is_told_and_found_again(tmp_path: Path, by: str) -> None:
    with RawRegistrar() as far:
        settings = {"kind": "direct", "port": 0, "registrar": "pbx.invalid", by: far.address}
        with phone(tmp_path / "phone", settings) as driver:
            wait_status(driver, LineStatus.DIRECT)
            wait_until("a second OPTIONS", lambda: len(call_ids(far)) > 1, 15.0)
            mark, far.silent = driver.mark(), True
            driver.wait(events.LineChanged, after=mark, matches=lambda said: said.state.status is LineStatus.DEAF)
            raised = driver.wait(events.TroubleRaised, after=mark).wrong
            assert raised.trouble is Trouble.NO_REGISTRAR
            driver.do(commands.Dial("1001"))
            assert driver.wait(events.CommandRefused).reason == "line_deaf"
            mark, far.silent = driver.mark(), False
            driver.wait(events.LineChanged, after=mark, matches=lambda said: said.state.status is LineStatus.DIRECT)
            driver.wait(events.TroubleCleared, after=mark)


def test_a_direct_lines_far_side_that_never_answers_to_options_is_not_judged(tmp_path: Path) -> None:
    with RawRegistrar() as far:
        far.silent = True
        with phone(tmp_path / "phone", {"kind": "direct", "port": 0, "registrar": far.address}) as driver:
            wait_until("a third OPTIONS", lambda: len(call_ids(far)) > 2, 15.0)
            wait_status(driver, LineStatus.DIRECT)
            assert LineStatus.DEAF not in [m.state.status for m in driver.messages if hasattr(m, "state")]
            assert driver.snapshot().wrongs == ()


def call_ids(far: RawRegistrar) -> set[bytes]:
    return {header(message, b"Call-ID") for message in list(far.requests) if message.startswith(b"OPTIONS ")}


def test_a_direct_line_takes_calls_from_its_peers_only(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    settings = {"kind": "direct", "port": port, "peers": ["10.9.8.7"]}
    with phone(tmp_path / "phone", settings) as driver, RawCaller(port) as caller:
        caller.invite(b"<sip:10086@127.0.0.1>")
        caller.wait_answer(403)
        assert driver.names() == []


def test_odd_callers_are_shown_and_break_nothing(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    odd = [
        ('"张三" <sip:13800138000@x>'.encode("gbk"), "13800138000", "张三"),
        (b'"' + "长".encode() * 1000 + b'" <sip:1@x>', "1", "长" * 256),
        ('"\u202e👩‍🔧\x07" <sip:2@x>'.encode(), "2", "👩‍🔧"),
        (b'"a\x00b" <sip:3@x>', "3", "a b"),
        (b"<sip:host.example>", "", ""),
        (b"sip:%e5%bc%a0%ff@x", None, ""),
        (b"<tel:+8613800138000>", "+8613800138000", ""),
    ]
    with phone(tmp_path / "phone", {"kind": "direct", "port": port}) as driver, RawCaller(port) as caller:
        for value, number, name in odd:
            mark = driver.mark()
            caller.invite(value)
            party = driver.wait(events.CallOffered, after=mark).party
            assert party.display_name == name
            assert number is None or party.number == number
            caller.cancel()
            driver.wait(events.CallEnded, after=mark)
        for noise in (b"\x00" * 100, b"INVITE", b"INVITE sip:x SIP/2.0\r\n\r\n", b'"' * 3000, bytes(range(256)) * 10):
            caller.send(noise)
        caller.invite(b'"never closed <sip:4@x>')  # no SIP: PJSIP's parser drops it
        mark = driver.mark()
        caller.invite(b"<sip:5@x>", b'P-Asserted-Identity: "never closed <sip:10086@x>', b"Diversion: <sip:8001@x>")
        party = driver.wait(events.CallOffered, after=mark).party
        assert (party.number, party.display_name, party.diversion) == ("10086", "never closed", "8001")
        caller.cancel()
        driver.wait(events.CallEnded, after=mark)
