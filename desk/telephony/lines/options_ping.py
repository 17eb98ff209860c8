"""One OPTIONS to a line's server, past the SIP stack: whether it answers, how long that takes, what its certificate and
its clock say (RFC 3261 11). Any answer will do, a refusal too: somebody speaks SIP there.

It comes from a port of its own, so it disturbs neither a registration nor a call. Any thread; waits up to
`PATIENCE_S`."""

import secrets
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from desk.domain.hosts import host_and_port
from desk.settings import LineSettings
from desk.telephony.lines.sip_framing import BadStream, Framer
from desk.telephony.lines.tls_verify import client_context

PATIENCE_S = 4.0
REPEAT_S = 0.5  # T1, RFC 3261 17.1.1.1: over UDP it is sent again after so long, then after twice as long
_LONGEST = 65_536


class NoAnswer(Exception):
    """Nobody there, or nobody who speaks SIP. The text is for IT."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`date`: the server's clock where it tells (aware UTC); `valid_until`: of its certificate, None without TLS."""

    code: int
    round_trip_ms: float
    date: datetime | None = None
    valid_until: datetime | None = None


def ping(line: LineSettings, server: str, patience_s: float = PATIENCE_S) -> Answered:
    """`server`: the registrar, a backup of it, or the proxy: `host` or `host:port`. Raises `NoAnswer`; over TLS also
    what `tls_verify.fault_of` knows."""
    host, port = host_and_port(server, 5061 if line.transport == "tls" else 5060)
    try:
        kind = socket.SOCK_DGRAM if line.transport == "udp" else socket.SOCK_STREAM
        family, _kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=kind)[0]
    except (OSError, UnicodeError) as error:
        raise NoAnswer(f"no address for {host}") from error
    try:
        with socket.socket(family, kind) as plain:
            plain.settimeout(patience_s)
            if line.bind:
                plain.bind((line.bind, 0))
            plain.connect(address)
            if line.transport == "udp":
                return _over_datagrams(plain, line, server, patience_s)
            if line.transport == "tcp":
                return _over_stream(plain, line, server)
            with client_context(line.ca_file).wrap_socket(plain, server_hostname=host) as secure:
                return _over_stream(secure, line, server, _valid_until(secure))
    except ssl.SSLError:
        raise
    except (TimeoutError, BadStream) as error:
        raise NoAnswer(f"no answer within {patience_s:.0f} s") from error
    except OSError as error:
        raise NoAnswer(error.strerror or str(error)) from error


def _over_datagrams(plain: socket.socket, line: LineSettings, server: str, patience_s: float) -> Answered:
    request = _request(line, server, plain)
    begun_s = time.monotonic()
    pause_s = REPEAT_S
    while (left_s := patience_s - (time.monotonic() - begun_s)) > 0:
        sent_s = time.monotonic()
        plain.send(request)
        plain.settimeout(min(pause_s, left_s))
        pause_s *= 2
        try:
            while not (answer := _answer(plain.recv(_LONGEST))):
                pass  # something else
        except TimeoutError:
            continue
        return _answered(answer, (time.monotonic() - sent_s) * 1000)
    raise TimeoutError


def _over_stream(
    stream: socket.socket, line: LineSettings, server: str, valid_until: datetime | None = None
) -> Answered:
    framer, begun_s = Framer(), time.monotonic()
    stream.sendall(_request(line, server, stream))
    while data := stream.recv(_LONGEST):
        for message in framer.feed(data):
            if answer := _answer(message):
                return _answered(answer, (time.monotonic() - begun_s) * 1000, valid_until)
    raise NoAnswer("the server closed the connection")


def _request(line: LineSettings, server: str, own: socket.socket) -> bytes:
    host, port = own.getsockname()[:2]
    here = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    scheme = ";transport=tcp" if line.transport == "tcp" else ""
    return (
        f"OPTIONS sip:{server}{scheme} SIP/2.0\r\n"
        f"Via: SIP/2.0/{line.transport.upper()} {here};branch=z9hG4bK{secrets.token_hex(8)};rport\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:{line.user}@{line.registrar or here}>;tag={secrets.token_hex(6)}\r\n"
        f"To: <sip:{server}>\r\nCall-ID: {secrets.token_hex(10)}\r\nCSeq: 1 OPTIONS\r\n"
        f"Contact: <sip:{line.user}@{here}>\r\nAccept: application/sdp\r\nUser-Agent: Desk\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


def _answer(untrusted: bytes) -> str:
    """A final answer as text, "" for anything else."""
    text = untrusted.decode("latin-1")
    return text if text.startswith("SIP/2.0 ") and text[8:9] in "23456" and text[8:11].isdigit() else ""


def _answered(answer: str, round_trip_ms: float, valid_until: datetime | None = None) -> Answered:
    return Answered(int(answer[8:11]), round(round_trip_ms, 1), _date(answer), valid_until)


def _date(answer: str) -> datetime | None:
    """RFC 3261 20.17; always GMT."""
    for header in answer.partition("\r\n\r\n")[0].split("\r\n"):
        name, colon, value = header.partition(":")
        if colon and name.strip().lower() == "date":
            try:
                return parsedate_to_datetime(value.strip()).astimezone(UTC)
            except (ValueError, TypeError, OverflowError):
                return None
    return None


def _valid_until(secure: ssl.SSLSocket) -> datetime | None:
    certificate = secure.getpeercert() or {}
    until = certificate.get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
