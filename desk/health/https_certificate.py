"""How long the certificate of a web server still holds that Desk fetches from or brings to: asked by a handshake, the
way that everything else goes there (the system's proxy, the authority that the settings name beside the system's). A
server that does not answer is no finding: whoever needs it says so. Any thread; some hundred milliseconds, `TIMEOUT_S`
at most twice."""

import base64
import http.client
import ssl
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import SplitResult, unquote, urlsplit

from desk.domain.health import Finding, Level
from desk.health.certificate import days_left
from desk.i18n import _

TIMEOUT_S = 8.0


def look(check: str, address: str, ca_file: str, now: datetime, warn_days: int) -> Sequence[Finding]:
    """None for what is no https address. `ca_file` "": the system's authorities."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        return ()
    if parts.scheme != "https" or not host:
        return ()
    try:
        until = _valid_until(host, port, ca_file)
    except ssl.SSLError as error:
        return (_refused(check, parts.netloc, getattr(error, "verify_message", "") or error.reason or str(error)),)
    except FileNotFoundError:
        return (_refused(check, parts.netloc, _("ca_file cannot be read")),)
    except (OSError, ValueError, http.client.HTTPException):
        return ()
    return (days_left(check, until, now, warn_days, parts.netloc),)


def _valid_until(host: str, port: int, ca_file: str) -> datetime:
    """Raises `OSError`, `ssl.SSLError` where it is not believed."""
    proxy = urllib.request.getproxies().get("https", "")
    via = urlsplit(proxy) if proxy and not urllib.request.proxy_bypass(host) else None
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    there = (via.hostname or host, via.port) if via else (host, port)
    connection = http.client.HTTPSConnection(*there, timeout=TIMEOUT_S, context=context)
    if via:
        connection.set_tunnel(host, port, _who(via))
    try:
        connection.connect()
        told = connection.sock.getpeercert() or {}
    finally:
        connection.close()
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def _who(proxy: SplitResult) -> dict[str, str]:
    """For a proxy that wants a name and a password."""
    if proxy.username is None:
        return {}
    given = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(given.encode()).decode()}"}


def _refused(check: str, server: str, detail: str) -> Finding:
    return Finding(
        check,
        Level.WRONG,
        _("The certificate of {server} is not accepted ({detail}).").format(server=server, detail=detail),
        _("Renew it, or name the company's authority as ca_file. Nothing is sent or fetched meanwhile."),
    )
