"""A channel's list (`channel.toml`, with its signature in `channel.toml.minisig`): what IT offers to its seats.

Nothing in it is believed before the signature is, and then only what has the right form. Its `serial` grows by one with
every change: a list that is older than one seen before, or another one with the same serial, is refused, so that nobody
who holds the folder or sits on the line can bring back what IT has replaced. Pure, any thread."""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from desk.domain.updates import Offer, is_version
from desk.i18n import _
from desk.signed import NotSigned, proven

FILE, SIGNATURE_FILE = "channel.toml", "channel.toml.minisig"
FORMAT = 1
MOST_BYTES = 1_000_000
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}", re.ASCII)
_PLATFORM = re.compile(r"[a-z0-9]{1,20}-[a-z0-9_]{1,20}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ChannelRefused(Exception):
    """The list is not believed. Its text is one sentence for the person; `reason` for programs: "unsigned", "foreign",
    "changed", "purpose", "keys", "form", "older"."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest list that this seat has believed. `sha256` of its bytes."""

    serial: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    serial: int
    issued_at: datetime
    offers: tuple[Offer, ...] = ()


def believed(data: bytes, signature: bytes, keys: Sequence[str], seen: Seen) -> tuple[Channel, Seen]:
    """What the list says, and what is to be remembered of it. Raises `ChannelRefused`."""
    if len(data) > MOST_BYTES:
        raise ChannelRefused("form", _("The update channel's list is larger than one can be. Call IT."))
    try:
        proven(data, signature, "update", keys)
    except NotSigned as error:
        raise ChannelRefused(error.reason, _unproven(error.reason)) from error
    except ValueError as error:
        raise ChannelRefused("keys", _("[update] keys: one of the keys is none. Call IT.")) from error
    channel = parse(data)
    now = Seen(channel.serial, hashlib.sha256(data).hexdigest())
    if channel.serial < seen.serial or (channel.serial == seen.serial and seen.sha256 not in ("", now.sha256)):
        raise ChannelRefused(
            "older",
            _(
                "The update channel's list (number {serial}) is not the newest that this seat has seen (number "
                "{newest}). Nothing is taken from it; call IT."
            ).format(serial=channel.serial, newest=seen.serial),
        )
    return channel, now


def parse(data: bytes) -> Channel:
    """Raises `ChannelRefused`."""
    try:
        tree = tomllib.loads(data.decode("utf-8"))
        if tree.get("format") != FORMAT:
            raise _no_form(_("format {format}").format(format=str(tree.get("format"))[:20]))
        found = msgspec.convert(
            {"serial": tree.get("serial"), "issued_at": tree.get("issued_at"), "offers": tree.get("version", [])},
            Channel,
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise _no_form(str(error)[:200]) from error
    for offer in found.offers:
        problem = _problem(offer)
        if problem:
            raise _no_form(f"{offer.version[:40]}: {problem}")
    if found.serial < 1:
        raise _no_form("serial")
    return replace(found, issued_at=_aware(found.issued_at), offers=tuple(_timed(one) for one in found.offers))


def text_of(channel: Channel) -> bytes:
    """The list as it is written: read back, it says the same."""
    lines = [
        "# Made by `desk update publish`; a change by hand needs a new serial and a new signature.",
        f"format = {FORMAT}",
        f"serial = {channel.serial}",
        f"issued_at = {_stamp(channel.issued_at)}",
    ]
    for offer in channel.offers:
        lines += ["", "[[version]]"]
        for key, value in asdict(offer).items():
            if value is not None and value != "":
                lines.append(f"{key} = {_toml(value)}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _problem(offer: Offer) -> str:
    """What cannot be, "" where all is well."""
    ok = {
        "version": is_version(offer.version),
        "platform": _PLATFORM.fullmatch(offer.platform),
        "file": _FILE_NAME.fullmatch(offer.file),
        "size": 0 < offer.size < 1 << 40,
        "sha256": _SHA256.fullmatch(offer.sha256),
        "unpacked": 0 <= offer.unpacked < 1 << 40,
        "percent": 0 <= offer.percent <= 100,
        "least_from": not offer.least_from or is_version(offer.least_from),
        "note": len(offer.note_zh) <= 2000 and len(offer.note_en) <= 2000,
    }
    return next((key for key, fits in ok.items() if not fits), "")


def _no_form(detail: str) -> ChannelRefused:
    return ChannelRefused(
        "form", _("The update channel's list cannot be read ({detail}). Call IT.").format(detail=detail)
    )


def _unproven(reason: str) -> str:
    match reason:
        case "foreign":
            return _("The update channel's list is signed by somebody whom this seat does not know. Call IT.")
        case "unsigned":
            return _("The update channel's list is not signed. Call IT.")
        case "purpose":
            return _("The update channel's list carries the signature of another file. Call IT.")
        case _:
            return _("The update channel's list was changed after it was signed. Nothing is taken from it; call IT.")


def _timed(offer: Offer) -> Offer:
    return offer if offer.earliest is None else replace(offer, earliest=_aware(offer.earliest))


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return _stamp(value)
    return '"' + "".join(_escaped(sign) for sign in str(value)) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if ord(sign) < 32 or ord(sign) == 127:
        return f"\\u{ord(sign):04x}"
    return sign
