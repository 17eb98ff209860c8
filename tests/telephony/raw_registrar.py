"""A registrar by hand, for answers that no server gives on request: a UDP socket and a thread."""

import contextlib
import hashlib
import re
import socket
import threading
from collections.abc import Callable
from typing import Self

Digest = Callable[[bytes], "hashlib._Hash"]


def header(message: bytes, name: bytes) -> bytes:
    found = re.search(rb"(?im)^%s[ \t]*:[ \t]*(.*?)\r$" % name, message)
    return found[1] if found else b""


class RawRegistrar:
    """`challenges`: WWW-Authenticate values, all sent at once, the first answered is checked; none: everybody is let
    in. `others`: what the 200 lists beside the contact that was registered. `password` of user "desk".
    `silent`: it hears, and answers nothing."""

    def __init__(self, challenges: tuple[bytes, ...] = (), password: bytes = b"secret") -> None:
        self._challenges, self._password = challenges, password
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.others: Callable[[], tuple[bytes, ...]] = lambda: ()
        self.silent = False
        self.requests: list[bytes] = []
        self.contact = b""
        self.algorithm = ""
        self._notifies = 0
        self._phone: tuple[str, int] | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                message, source = self._socket.recvfrom(65536)
            except OSError:
                return
            if message.startswith(b"SIP/2.0") or not message.strip():
                continue
            self.requests.append(message)
            self._phone = source
            if self.silent:
                continue
            with contextlib.suppress(OSError):  # it was closed meanwhile
                self._socket.sendto(self._answer(message), source)

    def _answer(self, request: bytes) -> bytes:
        same = b"".join(
            b"%s: %s\r\n" % (name, header(request, name)) for name in (b"Via", b"From", b"Call-ID", b"CSeq")
        )
        same += b"To: %s;tag=1\r\nContent-Length: 0\r\n" % header(request, b"To")
        if not request.startswith(b"REGISTER"):
            return b"SIP/2.0 489 Bad Event\r\n" + same + b"\r\n"
        if self._challenges and not self._proven(header(request, b"Authorization")):
            asked = b"".join(b"WWW-Authenticate: %s\r\n" % challenge for challenge in self._challenges)
            return b"SIP/2.0 401 Unauthorized\r\n" + same + asked + b"\r\n"
        self.contact = header(request, b"Contact").split(b">")[0] + b">"
        listed = b"".join(b"Contact: %s\r\n" % one for one in (self.contact + b";expires=120", *self.others()))
        return b"SIP/2.0 200 OK\r\n" + same + listed + b"\r\n"

    def _proven(self, authorization: bytes) -> bool:
        """RFC 7616 3.4, with qop=auth."""
        said = dict(re.findall(rb'(\w+)="?([^",]*)"?', authorization))
        if not said:
            return False
        algorithm = {b"MD5": hashlib.md5, b"SHA-256": hashlib.sha256}[said.get(b"algorithm", b"MD5")]

        def digest(*parts: bytes) -> bytes:
            return algorithm(b":".join(parts)).hexdigest().encode()

        secret = digest(b"desk", said[b"realm"], self._password)
        response = digest(
            secret, said[b"nonce"], said[b"nc"], said[b"cnonce"], said[b"qop"], digest(b"REGISTER", said[b"uri"])
        )
        self.algorithm = said.get(b"algorithm", b"MD5").decode()
        return bool(response == said[b"response"])

    def notify(self, event: bytes, body: bytes, kind: bytes) -> None:
        """An unsolicited NOTIFY to whoever registered."""
        assert self._phone is not None
        self._notifies += 1
        own, number = self.address.encode(), self._notifies
        lines = (
            b"NOTIFY %s SIP/2.0" % self.contact.strip(b"<>"),
            b"Via: SIP/2.0/UDP %s;branch=z9hG4bKn%d" % (own, number),
            b"From: <sip:desk@%s>;tag=2" % own,
            b"To: <sip:desk@%s>" % own,
            b"Call-ID: notify%d@%s" % (number, own),
            b"CSeq: 1 NOTIFY",
            b"Max-Forwards: 70",
            b"Contact: <sip:%s>" % own,
            b"Event: %s" % event,
            b"Subscription-State: active",
            b"Content-Type: %s" % kind,
            b"Content-Length: %d" % len(body),
        )
        self._socket.sendto(b"\r\n".join((*lines, b"", body)), self._phone)
