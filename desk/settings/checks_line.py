"""What `[line]` must be, each line by itself and all of them together. Pure functions, any thread."""

import re
from itertools import combinations

from desk.domain.hosts import is_address, is_host_and_port
from desk.i18n import _
from desk.settings.phone_values import LineSettings
from desk.settings.values import Settings

MOST_REGISTRARS = 8  # of all lines together, backups included: PJSIP's own limit as built
_SIP_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]{1,128}")  # RFC 3261 25.1, `user`
_VOICE_MAIL = re.compile(r"[A-Za-z0-9*#+@.:_-]{0,64}")
Problem = tuple[str, str]


def problem(settings: Settings) -> Problem | None:
    """Key and reason; the key tells which line, counted from 0: `line[1].port`."""
    if not settings.lines:
        return "line", _("a seat needs at least one line")
    for number, line in enumerate(settings.lines):
        for check in (_words, _numbers, _addresses, _codecs, _transport):
            found = check(line)
            if found is not None:
                return f"line[{number}].{found[0]}", found[1]
    return _together(settings.lines)


def _words(line: LineSettings) -> Problem | None:
    if not (0 < len(line.label) <= 32) or not line.label.isprintable() or line.label != line.label.strip():
        return "label", _("a line's name is 1 to 32 characters")
    if line.kind == "registered" and not line.registrar:
        return "registrar", _('a line of kind "registered" needs a registrar, as in "pbx.example.com"')
    if not _SIP_USER.fullmatch(line.user):
        return "user", _("the SIP user is empty or has characters that SIP does not allow")
    if not re.fullmatch(r"(0\d{1,4})?", line.area_code, re.ASCII):
        return "area_code", _('an area code begins with 0 and has 2 to 5 digits, as in "0755"')
    if not _VOICE_MAIL.fullmatch(line.voice_mail):
        return "voice_mail", _("not a number that can be dialled, as in *97")
    return None


def _numbers(line: LineSettings) -> Problem | None:
    if not 0 <= line.port <= 65535:
        return "port", _("a port is a number from 0 (any) to 65535")
    if not 1 <= line.retry_s <= 3600:
        return "retry_s", _("a number of seconds from {least} to {most}").format(least=1, most=3600)
    if not 30 <= line.expires_s <= 86_400:
        return "expires_s", _("a number of seconds from {least} to {most}").format(least=30, most=86_400)
    return None


def _addresses(line: LineSettings) -> Problem | None:
    places = [("registrar", line.registrar), ("proxy", line.proxy), *(("backups", host) for host in line.backups)]
    for key, text in places:
        if (text or key == "backups") and not is_host_and_port(text):
            return key, _('not a host or host:port, as in "pbx.example.com:5060"')
    if len({line.registrar, *line.backups}) != 1 + len(line.backups):
        return "backups", _("a registrar is named twice")
    if line.backups and line.kind == "direct":
        return "backups", _('only a line of kind "registered" has backups')
    if line.bind and not is_address(line.bind):
        return "bind", _('not an IP address of this computer, as in "192.168.1.20"')
    for peer in line.peers:
        if not is_address(peer):
            return "peers", _("{text} is not an IP address").format(text=repr(peer[:40]))
    return None


def _codecs(line: LineSettings) -> Problem | None:
    if not line.codecs:
        return "codecs", _("a line needs at least one codec")
    if len(set(line.codecs)) != len(line.codecs):
        return "codecs", _("a codec is named twice")
    return None


def _transport(line: LineSettings) -> Problem | None:
    if line.transport == "tls" and line.kind == "direct":
        return "transport", _('TLS needs a line of kind "registered": calls come by the connection to its registrar')
    if line.ca_file and line.transport != "tls":
        return "ca_file", _('a certificate authority is for transport = "tls" only')
    if "\0" in line.ca_file:
        return "ca_file", _("not a file's name")
    return None


def _together(lines: tuple[LineSettings, ...]) -> Problem | None:
    for (_first, one), (number, other) in combinations(enumerate(lines), 2):
        if one.label == other.label:
            return f"line[{number}].label", _("two lines are called {label}: give each a name of its own").format(
                label=repr(other.label)
            )
        if _same_socket(one, other):
            return f"line[{number}].port", _("two lines share port {port}: give each its own, or 0 for any").format(
                port=other.port
            )
    if sum(1 + len(line.backups) for line in lines) > MOST_REGISTRARS:
        return f"line[{len(lines) - 1}]", _("more than {most} registrars, backups included").format(
            most=MOST_REGISTRARS
        )
    return None


def _same_socket(one: LineSettings, other: LineSettings) -> bool:
    """A line over TLS has no port of its own that others could want."""
    return (
        one.port == other.port != 0
        and one.transport == other.transport != "tls"
        and (one.bind == other.bind or not one.bind or not other.bind)
    )
