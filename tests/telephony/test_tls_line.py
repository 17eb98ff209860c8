"""A line over TLS: a real Kamailio with a certificate of a company's CA, baresip at the far end, and servers that
cannot prove who they are. PJSIP's own TLS is not used."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from desk.demo.baresip import Baresip
from desk.demo.kamailio import Kamailio
from desk.domain import commands, events
from desk.domain.certificates import CertificateFault
from desk.domain.events import LineStatus
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble
from tests.telephony.certificates import Ca, new_ca, self_signed
from tests.telephony.driver import Driver, phone

USERS = {"desk": "secret", "far": "secret2"}


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Ca:
    return new_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def pbx(ca: Ca, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    with Kamailio(tmp_path_factory.mktemp("pbx"), USERS, certificate=ca.server()) as server:
        yield server


@pytest.fixture(scope="module")
def far(pbx: Kamailio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baresip]:
    with Baresip(tmp_path_factory.mktemp("far"), "far", pbx.address, "secret2") as telephone:
        yield telephone


def line(port: int, ca_file: object = "", **more: object) -> dict[str, object]:
    return {
        "kind": "registered", "user": "desk", "registrar": f"localhost:{port}", "transport": "tls", "port": 0,
        "retry_s": 1, "ca_file": str(ca_file), **more,
    }  # fmt: skip


def wait_registered(driver: Driver, after: int = 0) -> None:
    if after or driver.wait(PhoneSnapshot).lines[0].status is not LineStatus.REGISTERED:
        driver.wait(
            events.LineChanged, 15.0, after, matches=lambda changed: changed.state.status is LineStatus.REGISTERED
        )


def test_it_registers_and_calls_come_go_hold_and_end_from_both_sides(
    tmp_path: Path, ca: Ca, pbx: Kamailio, far: Baresip
) -> None:
    with phone(tmp_path / "phone", line(pbx.tls_port, ca.certificate), password="secret", sip_log=True) as driver:
        wait_registered(driver)
        # out, and the far side hangs up
        driver.do(commands.Dial(f"sip:far@{pbx.address}"))
        dialled = driver.wait(events.CallDialled)
        far.wait_event("CALL_INCOMING")
        far.accept()
        driver.wait(events.CallAnswered, call_id=dialled.call_id)
        driver.do(commands.Hold(dialled.call_id, on=True))
        driver.wait(events.CallHeld, call_id=dialled.call_id)
        driver.do(commands.Hold(dialled.call_id, on=False))
        driver.wait(events.CallResumed, call_id=dialled.call_id)
        far.hang_up()
        assert driver.wait(events.CallEnded, call_id=dialled.call_id).cause == 200
        # in, and we hang up
        mark = driver.mark()
        ended = len(far.events)
        far.dial(f"sip:desk@{pbx.address}")
        offered = driver.wait(events.CallOffered, after=mark)
        assert offered.party.number == "far"
        driver.do(commands.Answer(offered.call_id))
        driver.wait(events.CallAnswered, call_id=offered.call_id)
        far.wait_event("CALL_ESTABLISHED", after=ended)
        far.hold()
        driver.wait(events.FarHeld, after=mark, on=True)
        far.resume()
        driver.wait(events.FarHeld, after=mark, on=False)
        driver.do(commands.HangUp(offered.call_id))
        driver.wait(events.CallEnded, call_id=offered.call_id)
        far.wait_event("CALL_CLOSED", after=ended)


def refusal(driver: Driver) -> str:
    wrongs = driver.wait(PhoneSnapshot).wrongs or (driver.wait(events.TroubleRaised, 15.0).wrong,)
    assert wrongs[0].trouble is Trouble.LINE_UNVERIFIED, wrongs
    return wrongs[0].detail


@pytest.mark.parametrize("fault", ["expired", "wrong_name", "self_signed", "unknown_ca", "bad_ca_file"])
def test_a_server_that_cannot_prove_itself_is_refused_with_the_reason(tmp_path: Path, ca: Ca, fault: str) -> None:
    trusted: object = ca.certificate
    match fault:
        case "expired":
            certificate, expected = ca.server("expired", days=-1), CertificateFault.EXPIRED
        case "wrong_name":
            certificate, expected = ca.server("other", "DNS:pbx.example.com"), CertificateFault.WRONG_NAME
        case "self_signed":
            certificate, expected = self_signed(tmp_path), CertificateFault.SELF_SIGNED
        case "unknown_ca":
            certificate, expected = new_ca(tmp_path / "foreign").server(), CertificateFault.UNKNOWN_CA
        case _:
            certificate, expected = ca.server("good"), CertificateFault.CA_FILE
            trusted = tmp_path / "no such file"
    with (
        Kamailio(tmp_path / "pbx", USERS, certificate=certificate) as server,
        phone(tmp_path / "phone", line(server.tls_port, trusted), password="secret") as driver,
    ):
        assert refusal(driver) == expected.value


def test_a_server_that_speaks_no_tls_there_is_named_so(tmp_path: Path, ca: Ca) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_the_clear() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connection.sendall(b"SIP/2.0 400 Bad Request\r\n\r\n")
                    connection.close()

        thread = threading.Thread(target=answer_in_the_clear)
        thread.start()
        try:
            settings = line(listener.getsockname()[1], ca.certificate)
            with phone(tmp_path / "phone", settings, password="secret") as driver:
                assert refusal(driver) == CertificateFault.NO_TLS.value
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_server_that_restarts_is_found_again_without_being_asked(tmp_path: Path, ca: Ca) -> None:
    with (
        Kamailio(tmp_path / "pbx", USERS, certificate=ca.server("restarting")) as server,
        phone(tmp_path / "phone", line(server.tls_port, ca.certificate), password="secret") as driver,
    ):
        wait_registered(driver)
        mark = driver.mark()
        server.kill()
        driver.wait(events.TroubleRaised, after=mark)
        server.start()
        wait_registered(driver, mark)
