"""What a setting's value must be, beyond its type. Each check says in the person's language what is wrong; where it
stands in the file is found out by `desk.settings`. Pure functions, any thread."""

import ipaddress
import re
from urllib.parse import urlsplit

from desk.i18n import _
from desk.settings import checks_dial, checks_headset, checks_phone
from desk.settings.values import LineSettings, Settings

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_SIP_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]{1,128}")  # RFC 3261 25.1, `user`
Problem = tuple[str, str]  # dotted key, reason


def first_problem(settings: Settings) -> Problem | None:
    """The first value that cannot be, in the order of the file's documentation; None where all is well."""
    checks = (
        _seat,
        _line,
        _line_addresses,
        checks_phone.problem,
        checks_dial.problem,
        checks_headset.problem,
        _central,
        _recording,
        _folders,
    )
    return next((found for check in checks if (found := check(settings)) is not None), None)


def _seat(settings: Settings) -> Problem | None:
    seat = settings.seat
    if not re.fullmatch(r"[A-Z0-9]{1,8}", seat.name):
        return "seat.name", _("the seat's name is 1 to 8 letters A-Z and digits, as in S01")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", seat.agent):
        return "seat.agent", _("the work number is 1 to 32 letters, digits, dots, dashes or underscores")
    if len(seat.agent_name) > 64:
        return "seat.agent_name", _("the agent's name is longer than 64 characters")
    return None


def _line(settings: Settings) -> Problem | None:
    line = settings.line
    if line.kind == "registered" and not line.registrar:
        return "line.registrar", _('a line of kind "registered" needs a registrar, as in "pbx.example.com"')
    if not _SIP_USER.fullmatch(line.user):
        return "line.user", _("the SIP user is empty or has characters that SIP does not allow")
    if not 0 <= line.port <= 65535:
        return "line.port", _("a port is a number from 0 (any) to 65535")
    if not re.fullmatch(r"(0\d{1,4})?", line.area_code, re.ASCII):
        return "line.area_code", _('an area code begins with 0 and has 2 to 5 digits, as in "0755"')
    if not 1 <= line.retry_s <= 3600:
        return "line.retry_s", _("a number of seconds from {least} to {most}").format(least=1, most=3600)
    if not 30 <= line.expires_s <= 86_400:
        return "line.expires_s", _("a number of seconds from {least} to {most}").format(least=30, most=86_400)
    return None


def _line_addresses(settings: Settings) -> Problem | None:
    line: LineSettings = settings.line
    for key, text in (("line.registrar", line.registrar), ("line.proxy", line.proxy)):
        if text and not _is_host_and_port(text):
            return key, _('not a host or host:port, as in "pbx.example.com:5060"')
    if line.bind and not _is_address(line.bind):
        return "line.bind", _('not an IP address of this computer, as in "192.168.1.20"')
    for peer in line.peers:
        if not _is_address(peer):
            return "line.peers", _("{text} is not an IP address").format(text=repr(peer[:40]))
    return None


def _central(settings: Settings) -> Problem | None:
    central = settings.central
    if not central.url:
        return None
    try:
        url = urlsplit(central.url)
        host, _port = url.hostname, url.port
    except ValueError:
        return "central.url", _('not an address, as in "postgresql://db.example.com/desk"')
    if url.scheme not in ("postgresql", "postgres") or not host or len(url.path) < 2:
        return "central.url", _('not an address, as in "postgresql://db.example.com/desk"')
    if url.password is not None:
        return "central.url", _("no password may stand in this file: keep it with `desk secret set central:user@host`")
    if not central.user and not url.username:
        return "central.user", _("the agent's user name in the central database is missing")
    return None


def _recording(settings: Settings) -> Problem | None:
    recording = settings.recording
    if "\0" in recording.folder:
        return "recording.folder", _("not a folder's name")
    if not 8_000 <= recording.bitrate <= 256_000:
        return "recording.bitrate", _("a number of bits per second from {least} to {most}").format(
            least=8_000, most=256_000
        )
    return None


def _folders(settings: Settings) -> Problem | None:
    for key, folder in (("data_dir", settings.data_dir), ("runtime_dir", settings.runtime_dir)):
        if "\0" in str(folder) or not folder.is_absolute():
            return key, _("a folder's whole name is needed, from the root on")
    return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_host_and_port(text: str) -> bool:
    """`host`, `host:port`, `[v6]`, `[v6]:port`."""
    found = re.fullmatch(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?", text, re.ASCII)
    if found is None or not 0 < int(found["port"] or 1) <= 65535:
        return False
    return _is_address(found["six"]) if found["six"] else _HOST.fullmatch(found["host"]) is not None
