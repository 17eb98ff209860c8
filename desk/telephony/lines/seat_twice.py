"""Whether another telephone is registered with the line's account: the registrar's 200 lists every contact (RFC 3261
10.3). A seat that is there twice gets half of its calls.

A contact that this seat left behind (the phone process died, the address changed) runs out by itself and is never
renewed; another telephone's is. So a foreign contact counts once it lives as long as our own, or longer than it did.
Pure, main thread."""

import re
from collections.abc import Iterable

_CONTACTS = re.compile(rb"^(?:Contact|m)[ \t]*:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)
_ONE = re.compile(rb"<sips?:([^>]*)>([^<]*)", re.IGNORECASE)
_EXPIRES = re.compile(rb";[ \t]*expires[ \t]*=[ \t]*\"?(\d{1,9})", re.IGNORECASE)


def contacts_of(response: bytes) -> dict[str, int]:
    """host:port -> seconds left, of every contact that the answer lists with its expiry."""
    head = re.sub(rb"\r\n[ \t]+", b" ", response.partition(b"\r\n\r\n")[0]).replace(b"\r\n", b"\n")
    found: dict[str, int] = {}
    for line in _CONTACTS.findall(head):
        for uri, parameters in _ONE.findall(line):
            expires = _EXPIRES.search(parameters)
            if expires is not None:
                place = uri.rpartition(b"@")[2].partition(b";")[0].partition(b"?")[0]
                found[place.decode("ascii", "replace").lower()] = int(expires[1])
    return found


class SeatTwice:
    def __init__(self) -> None:
        self._before: dict[str, int] = {}
        self._living: set[str] = set()

    def look(self, response: bytes, own: Iterable[str]) -> str:
        """`own`: host:port of our contact, as registered. The other telephone's, "" where there is none."""
        contacts = contacts_of(response)
        mine = {place.lower() for place in own}
        granted = max((left for place, left in contacts.items() if place in mine), default=None)
        others = {place: left for place, left in contacts.items() if place not in mine}
        if granted is None:  # it does not list what we know as ours: nothing can be told
            others = {}
        for place, left in others.items():
            if left > self._before.get(place, left) or (granted is not None and left >= granted):
                self._living.add(place)
        self._living &= others.keys()
        self._before = others
        return ", ".join(sorted(self._living))
