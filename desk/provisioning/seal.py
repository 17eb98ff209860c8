"""What an enrolment code opens: one seat's name, whose signature it is to believe, and its passwords.

A file of two parts: one line of JSON that everybody can read (which seat, until when), and the rest, sealed with
ChaCha20-Poly1305 under a key that scrypt makes of the code; the line is sealed with it, so that neither can be changed.
The file's name comes from the same scrypt, and says nothing of the key. Who opens it with the code believes what is in
it, the company's public keys with it: whoever can write to the folder, and has no code, can put nothing into a seat.

A code has 90 random bits, and each try costs a scrypt: whoever has the folder cannot find one by trying. Pure
functions, any thread."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from desk.i18n import _
from desk.provisioning.refusals import Refused

MARK = "desk enrolment 1"
SEALED, USED = ".seal", ".used"  # endings of what a code opens, and of what stays of it
MOST_BYTES = 64 << 10
_NONCE = bytes(12)  # a key is used once: it is the code's, and a code is one seat's
_PAD = 1024  # its length says nothing of the passwords in it


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What everybody can read. `seat`: its name; `until`: the code does nothing afterwards (aware, UTC)."""

    mark: str = MARK
    seat: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What the code opens. `keys`: whose signature the seat is to believe; `company`: as people call it; `secrets`: by
    their entry in the keyring."""

    keys: tuple[str, ...]
    company: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Opener:
    """Of one code. `name`: of the file that it opens, without its ending. `mark`: what the centre is told of a code
    that was used; it says nothing of the code, nor where its file lies."""

    name: str
    key: bytes

    @property
    def mark(self) -> str:
        return hashlib.sha256(f"{MARK} used {self.name}".encode("ascii")).hexdigest()


def opener(code: str) -> Opener:
    """`code`: as `read_code` gives it."""
    made = hashlib.scrypt(code.encode("ascii"), salt=MARK.encode("ascii"), n=2**13, r=8, p=1, maxmem=2**25, dklen=48)
    return Opener(made[:16].hex(), made[16:])


def sealed(by: Opener, slip: Slip, enrolment: Enrolment) -> bytes:
    head = msgspec.json.encode(slip)
    body = msgspec.json.encode(enrolment)
    body += b" " * (-len(body) % _PAD)
    return head + b"\n" + ChaCha20Poly1305(by.key).encrypt(_NONCE, body, head)


def read_slip(data: bytes) -> Slip:
    """Unproven. Raises `Refused`."""
    try:
        slip = msgspec.json.decode(data.partition(b"\n")[0], type=Slip)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged() from error
    if slip.mark != MARK or slip.until.tzinfo is None:
        raise _damaged()
    return slip


def opened(by: Opener, data: bytes, now: datetime) -> tuple[Slip, Enrolment]:
    """Raises `Refused`: damaged, or the time is over."""
    head, _newline, body = data.partition(b"\n")
    try:
        enrolment = msgspec.json.decode(ChaCha20Poly1305(by.key).decrypt(_NONCE, body, head), type=Enrolment)
    except (InvalidTag, msgspec.MsgspecError) as error:
        raise _damaged() from error
    slip = read_slip(data)
    if now >= slip.until:
        raise Refused(
            "expired",
            _(
                "The code was good until {until}; by this PC's clock it is {now}. Nothing was changed. Ask IT for a "
                "new one."
            ).format(until=_local(slip.until), now=_local(now)),
        )
    return slip, enrolment


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _damaged() -> Refused:
    return Refused(
        "damaged",
        _("What IT keeps for this code was changed or is damaged. Nothing was changed here. Ask IT for a new code."),
    )
