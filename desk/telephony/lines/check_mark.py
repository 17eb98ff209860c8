"""The mark by which a seat knows its own call again when it comes back through the exchange, whatever has become of the
caller's number on the way: one word that nobody else knows, in two header fields of the INVITE, because exchanges that
make a call of their own for each side (back-to-back user agents) carry over the one or the other, if any.

`X-Desk-Check: WORD`, as FreeSWITCH and every proxy pass on what begins with X-; and `User-to-User` (RFC 7433), which
is meant to arrive at the other end, also over ISDN. Pure functions; any thread."""

import binascii
from collections.abc import Iterator

from desk.telephony.lines.party_headers import decode, headers

FIELD, USER_TO_USER = "X-Desk-Check", "User-to-User"
LONGEST, MOST = 128, 8
_USER_SPECIFIC = b"\x00"  # the first octet on ISDN: the protocol is the users' own (Q.931 4.5.30)


def mark_headers(mark: str) -> tuple[tuple[str, str], ...]:
    """`mark`: ASCII without spaces; "" = none."""
    if not mark:
        return ()
    return (FIELD, mark), (USER_TO_USER, f"{(_USER_SPECIFIC + mark.encode('ascii')).hex()};encoding=hex")


def read_marks(untrusted_message: bytes) -> tuple[str, ...]:
    """What could be a mark in this INVITE, each once; at most `MOST`. Never raises."""
    fields = headers(untrusted_message)
    own = (decode(value).strip() for value in fields.get(FIELD.lower(), ())[:MOST])
    found = (word for word in (*own, *_user_to_user(fields.get(USER_TO_USER.lower(), ()))) if 0 < len(word) <= LONGEST)
    return tuple(dict.fromkeys(found))[:MOST]


def _user_to_user(values: list[bytes] | tuple[()]) -> Iterator[str]:
    for value in values[:MOST]:
        for element in decode(value)[: 8 * LONGEST].split(","):
            data = element.partition(";")[0].strip().strip('"')
            try:
                yield binascii.unhexlify(data).removeprefix(_USER_SPECIFIC).decode("ascii")
            except (ValueError, UnicodeDecodeError):
                continue
