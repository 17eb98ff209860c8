"""The signed end of a link by which a handler answers without an account: which task, who, until when, and a seal that
only those who hold the company's secret can make. Short, for it travels in text messages: 64 characters.

It opens nothing but this one answer; whoever holds it can accept or give back this one task in this one name, until it
runs out or the task has gone to somebody else. Pure, any thread."""

import base64
import hashlib
import hmac
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from desk.domain.identity import StaffId, TaskId

_VERSION = 1
_BODY = struct.Struct(">B16s16sI")
_SEAL_BYTES = 11
MIN_SECRET = 16  # bytes


class LinkFault(Enum):
    UNREADABLE = "unreadable"  # cut off, or none of ours
    FORGED = "forged"  # sealed with another secret, or changed
    EXPIRED = "expired"


class BadLink(Exception):
    def __init__(self, fault: LinkFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class ReplyLink:
    """`until`: whole seconds, aware UTC."""

    task_id: TaskId
    staff_id: StaffId
    until: datetime


def sign(link: ReplyLink, secret: bytes) -> str:
    """Letters, digits, "-" and "_". `secret`: at least `MIN_SECRET` bytes, else `ValueError`; so are ids that are no
    UUID."""
    if len(secret) < MIN_SECRET:
        raise ValueError("the secret is too short")
    ids = (uuid.UUID(one).bytes for one in (link.task_id, link.staff_id))
    body = _BODY.pack(_VERSION, *ids, int(link.until.timestamp()))
    return base64.urlsafe_b64encode(body + _seal(body, secret)).decode().rstrip("=")


def read(untrusted: str, secret: bytes, now: datetime) -> ReplyLink:
    """Raises `BadLink`."""
    try:
        raw = base64.b64decode(untrusted + "=" * (-len(untrusted) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadLink(LinkFault.UNREADABLE) from error
    if len(raw) != _BODY.size + _SEAL_BYTES or raw[0] != _VERSION:
        raise BadLink(LinkFault.UNREADABLE)
    body = raw[: _BODY.size]
    if len(secret) < MIN_SECRET or not hmac.compare_digest(_seal(body, secret), raw[_BODY.size :]):
        raise BadLink(LinkFault.FORGED)
    _version, task, staff, until_s = _BODY.unpack(body)
    until = datetime.fromtimestamp(until_s, UTC)
    if now >= until:
        raise BadLink(LinkFault.EXPIRED)
    return ReplyLink(TaskId(str(uuid.UUID(bytes=task))), StaffId(str(uuid.UUID(bytes=staff))), until)


def _seal(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, body, hashlib.sha256).digest()[:_SEAL_BYTES]
