"""What an endpoint answers to each torture message: as RFC 4475 says, and where it differs, as PJSIP 2.15.1 does with
the sieve before it.

An answer is a status code; 180 stands for a call that rings, 0 for silence. Where the RFC leaves a choice, all of it
counts. The differences are told, with what follows from them, in docs/sip-robustness.md: a test holds both to each
other, and both to the running phone."""

from dataclasses import dataclass

RINGS, SILENT = 180, 0


@dataclass(frozen=True, slots=True)
class Answers:
    """`rfc`: what is right. `pjsip`: what comes instead, `why` a key of `REASONS`. `tcp`: what comes over TCP, where
    the framing makes the difference."""

    rfc: frozenset[int]
    pjsip: int | None = None
    why: str = ""
    tcp: int | None = None

    def expected(self, transport: str) -> frozenset[int]:
        if transport == "tcp" and self.tcp is not None:
            return frozenset({self.tcp})
        return self.rfc if self.pjsip is None else frozenset({self.pjsip})


REASONS = {
    "unreadable": "a request whose start line or a header it needs cannot be read is dropped without an answer",
    "options": "an OPTIONS is answered without a look at what else it says",
    "lenient": "the part that is wrong is not looked at, and the call rings",
    "old": "an INVITE of RFC 2543, without From tag or length, is refused",
}


def _rfc(*codes: int, tcp: int | None = None) -> Answers:
    return Answers(frozenset(codes), tcp=tcp)


def _differs(pjsip: int, why: str, *codes: int, tcp: int | None = None) -> Answers:
    return Answers(frozenset(codes), pjsip, why, tcp)


ANSWERS: dict[str, Answers] = {
    "wsinv": _rfc(RINGS, 481),  # it has a To tag: a request within a dialogue that is not there
    "intmeth": _rfc(501),
    "esc01": _rfc(RINGS),
    "escnull": _rfc(405),
    "esc02": _rfc(501),
    "lwsdisp": _rfc(200),
    "longreq": _rfc(RINGS),
    "dblreq": _rfc(405),
    "semiuri": _rfc(200, 404),
    "transports": _rfc(200),
    "mpart01": _rfc(200, 415),
    "unreason": _rfc(SILENT),
    "noreason": _rfc(SILENT),
    "badinv01": _differs(SILENT, "unreadable", 400),
    "clerr": _rfc(400, tcp=SILENT),
    "ncl": _differs(SILENT, "unreadable", 400),
    "scalar02": _differs(SILENT, "unreadable", 400),
    "scalarlg": _rfc(SILENT),
    "quotbal": _differs(SILENT, "unreadable", 400),
    "ltgtruri": _differs(SILENT, "unreadable", 400, RINGS),
    "lwsruri": _differs(SILENT, "unreadable", 400),
    "lwsstart": _rfc(400, RINGS),
    "trws": _rfc(400, 200),
    "escruri": _rfc(400, RINGS),
    "baddate": _rfc(400, RINGS),
    "regbadct": _differs(SILENT, "unreadable", 400, 405),
    "badaspec": _rfc(400, 200),
    "baddn": _rfc(400, 200),
    "badvers": _differs(SILENT, "unreadable", 505),
    "mismatch01": _rfc(400),
    "mismatch02": _rfc(501, 400),
    "bigcode": _rfc(SILENT),
    "badbranch": _rfc(400, 200),
    "insuf": _differs(SILENT, "unreadable", 400),
    "unkscm": _differs(SILENT, "unreadable", 416),
    "novelsc": _differs(SILENT, "unreadable", 416, 404),
    "unksm2": _rfc(400, 405),
    "bext01": _differs(200, "options", 420),
    "invut": _rfc(415),
    "regaut01": _differs(SILENT, "unreadable", 405),
    "multi01": _rfc(400, tcp=SILENT),  # its length says two octets more than it has
    "mcl01": _rfc(400),
    "bcast": _rfc(SILENT),
    "zeromf": _rfc(200),
    "cparam01": _rfc(405),
    "cparam02": _rfc(405),
    "regescrt": _rfc(405),
    "sdp01": _differs(RINGS, "lenient", 406, 400),
    "inv2543": _differs(400, "old", RINGS, tcp=SILENT),  # without a length a stream has no end of it
}
