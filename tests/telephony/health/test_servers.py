"""The lines' servers are asked past the SIP stack: answers, certificates, clocks; and what is said of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import pytest

from desk.demo.kamailio import Kamailio
from desk.demo.processes import free_port
from desk.domain.certificates import CertificateFault
from desk.domain.health import Finding, Level
from desk.health.certificate import days_left
from desk.settings import LineSettings
from desk.telephony.health import lines_found
from desk.telephony.health.servers import Servers
from tests.telephony.certificates import Ca, Certificate, new_ca, self_signed

NOW = datetime.now(UTC)
Transport: TypeAlias = Literal["udp", "tcp", "tls"]
LINE = LineSettings(kind="registered", user="1001", bind="127.0.0.1")


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Ca:
    return new_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory, ca: Ca) -> Iterator[Kamailio]:
    with Kamailio(tmp_path_factory.mktemp("pbx"), {"1001": "x"}, certificate=ca.server(days=200)) as running:
        yield running


def asked(*lines: LineSettings, warn_days: int = 21, patience_s: float = 2.0) -> Servers:
    return Servers(lines, lambda: NOW, warn_days, patience_s)


def one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize("transport", get_args(Transport))
def test_a_server_that_answers_is_well_and_the_way_there_is_measured(
    exchange: Kamailio, ca: Ca, transport: Transport
) -> None:
    port = exchange.tls_port if transport == "tls" else exchange.port
    line = replace(
        LINE,
        registrar=f"127.0.0.1:{port}",
        transport=transport,
        ca_file=str(ca.certificate),
    )
    servers = asked(line)
    found = one(servers.findings())
    assert found.level is Level.OK
    assert found.figures["sip_code"] == 200
    assert 0 <= float(found.figures["round_trip_ms"]) < 2000
    assert servers.faulty(line) == ""
    certificates = servers.certificates()
    assert [found.level for found in certificates] == ([Level.OK] if transport == "tls" else [])
    assert all(found.figures["days_left"] in (199, 200) for found in certificates)


def test_nobody_there_is_wrong_and_told_once(exchange: Kamailio) -> None:
    line = replace(LINE, registrar=f"127.0.0.1:{free_port()}")
    servers = asked(line, patience_s=0.5)
    assert one(servers.findings()).level is Level.WRONG
    assert servers.certificates() == []
    assert servers.faulty(line) == "sip.server"


def test_a_backup_that_answers_makes_it_a_warning(exchange: Kamailio) -> None:
    gone, here = f"127.0.0.1:{free_port()}", f"127.0.0.1:{exchange.port}"
    line = replace(LINE, registrar=gone, backups=(here,))
    servers = asked(line, patience_s=0.5)
    assert [found.level for found in servers.findings()] == [Level.WARNING, Level.OK]
    assert servers.faulty(line) == ""


def test_a_name_that_nobody_knows_is_told_as_that() -> None:
    line = replace(LINE, registrar="no-such-host.invalid")
    assert "no-such-host.invalid" in one(asked(line).findings()).why


def test_a_direct_line_has_no_server_to_ask() -> None:
    assert asked(LineSettings(kind="direct", registrar="10.0.0.5")).asked == ()


def _expired(ca: Ca) -> Certificate:
    return ca.server("expired", days=-1)


def _other_name(ca: Ca) -> Certificate:
    return ca.server("other", host="DNS:pbx.example.com")


def _alone(ca: Ca) -> Certificate:
    return self_signed(ca.folder)


@pytest.mark.parametrize(
    ("certificate", "fault"),
    [
        (_expired, CertificateFault.EXPIRED),
        (_other_name, CertificateFault.WRONG_NAME),
        (_alone, CertificateFault.SELF_SIGNED),
    ],
)
def test_a_certificate_that_is_not_accepted_is_named(
    tmp_path: Path, ca: Ca, certificate: object, fault: CertificateFault
) -> None:
    with Kamailio(tmp_path / "pbx", {"1001": "x"}, certificate=certificate(ca)) as exchange:  # type: ignore[operator]
        line = replace(LINE, registrar=f"127.0.0.1:{exchange.tls_port}", transport="tls", ca_file=str(ca.certificate))
        servers = asked(line)
        found = one(servers.certificates())
    assert (found.level, found.figures["fault"]) == (Level.WRONG, fault.value)
    assert servers.findings() == []  # one fault is one finding
    assert servers.faulty(line) == "sip.certificate"


@pytest.mark.parametrize(("days", "level"), [(5, Level.WARNING), (21, Level.OK), (400, Level.OK)])
def test_a_certificate_that_ends_soon_is_a_warning(days: int, level: Level) -> None:
    until = NOW + timedelta(days=days, hours=1)
    found = days_left("sip.certificate", until, NOW, 21, "pbx")
    assert (found.level, found.figures["days_left"]) == (level, days)


def test_every_fault_of_a_certificate_has_its_words() -> None:
    for fault in CertificateFault:
        assert lines_found.certificate(fault)
        assert lines_found.certificate_remedy(fault)


@contextmanager
def clock_of(date: bytes) -> Iterator[str]:
    """A server that says what time it has, after something else that is no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            try:
                _request, source = server.recvfrom(4096)
            except OSError:
                return
            server.sendto(b"\r\n\r\n", source)
            server.sendto(b"SIP/2.0 100 Trying\r\n\r\n", source)
            server.sendto(b"SIP/2.0 405 Method Not Allowed\r\nDate: " + date + b"\r\nContent-Length: 0\r\n\r\n", source)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


def test_the_exchanges_clock_is_read_and_a_refusal_is_an_answer() -> None:
    date = (NOW - timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
    with clock_of(date) as server:
        servers = asked(replace(LINE, registrar=server))
        found = one(servers.findings())
    assert (found.level, found.figures["sip_code"]) == (Level.OK, 405)
    assert servers.ahead_s == pytest.approx(600, abs=1.5)


@pytest.mark.parametrize("date", [b"", b"yesterday", b"Sat, 99 Foo 2026 25:00:00 GMT", b"\xff\xfe"])
def test_a_date_that_is_none_is_no_clock(date: bytes) -> None:
    with clock_of(date) as server:
        servers = asked(replace(LINE, registrar=server))
        assert one(servers.findings()).level is Level.OK
    assert servers.ahead_s is None
