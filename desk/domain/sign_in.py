"""Signing in at a seat: what the centre and the seat answer, and how long somebody waits after wrong tries.

A work number and its password are judged by the centre. Where it is away, a seat at which they were judged before may
let their owner in by itself, for some days. Values and tables only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Answer(Enum):
    """What became of a try."""

    ADMITTED = "admitted"
    WRONG = "wrong"  # number or password; nobody is told which
    DIRECTORY = "directory"  # the centre asked the company's directory: wrong, or the directory is away
    EXPIRED = "expired"  # the password was right once, and its time is over
    CHANGED = "changed"  # the password was right here before, and the centre does not take it any more
    DISABLED = "disabled"  # the role may not sign in any more
    NO_RIGHTS = "no_rights"  # the role is there, and in none of the groups that take calls
    TOO_OFTEN = "too_often"  # after wrong tries: wait
    NEVER_HERE = "never_here"  # the centre is away, and this person never signed in at this seat
    TOO_LONG_AGO = "too_long_ago"  # the centre is away, and their last contact with it is too old
    CLOCK_BACK = "clock_back"  # the centre is away, and the seat's clock stands before that contact
    REFUSED = "refused"  # the centre answers and takes nobody of this seat: IT's
    NO_TICKET = "no_ticket"  # this person has no valid ticket of the company's domain
    WEAK = "weak"  # a new password that is too easy
    ASK_AGAIN = "ask_again"  # the seat has lost the password of whoever sits there
    SEAT_FAULT = "seat_fault"  # the seat's own store or keyring fails


# Answers of the centre after which nobody may be let in by the seat alone, however right the password was here.
FORGOTTEN = frozenset({Answer.DISABLED, Answer.NO_RIGHTS, Answer.EXPIRED})
# Whoever sits at the seat is out when the centre says this of them.
OUT = frozenset({Answer.DISABLED, Answer.NO_RIGHTS, Answer.EXPIRED, Answer.CHANGED})

FREE_TRIES = 3
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)
OFFLINE_TRIES = 10  # wrong ones in a row: then only the centre can let this person in
CLOCK_SLACK = timedelta(minutes=10)  # clocks are set now and then
LEAST_LENGTH = 8  # of a new password


@dataclass(frozen=True, slots=True)
class Verdict:
    """`number`: whom it is about. `name` may be "". `offline`: the seat alone let them in. `wait_s`: before the next
    try. `password_until`: when the password ends, None = never or unknown. `detail`: for the log and IT. `kind`: of the
    account, "" = none, or the centre was not asked."""

    answer: Answer
    number: str
    name: str = ""
    offline: bool = False
    wait_s: int = 0
    password_until: datetime | None = None
    detail: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries in a row, the last one when."""

    wrong: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verifier:
    """What tells at a seat that a password is the one that the centre took: scrypt (RFC 7914) of it. `cost` is N, r and
    p. `judged_at`: the last contact at which the centre let this person in."""

    number: str
    name: str
    salt: bytes
    digest: bytes
    cost: tuple[int, int, int]
    judged_at: datetime
    password_until: datetime | None = None


def wait_after(tries: Tries, now: datetime) -> timedelta:
    """How long until the next try may be made: none for the first ones, then twice as long after each."""
    over = tries.wrong - FREE_TRIES
    if over < 0 or tries.last_at is None:
        return timedelta(0)
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(over, 10)))
    if now < tries.last_at - CLOCK_SLACK:  # the clock was set back: wait the whole time, from now
        return wait
    return max(timedelta(0), min(wait, tries.last_at + wait - now))


def offline_answer(verifier: Verifier | None, now: datetime, longest: timedelta) -> Answer:
    """Whether the seat alone may let this person in now, if the password is right. `longest`: since their last contact
    with the centre."""
    if verifier is None or longest <= timedelta(0):
        return Answer.NEVER_HERE
    if now < verifier.judged_at - CLOCK_SLACK:
        return Answer.CLOCK_BACK
    if now - verifier.judged_at > longest:
        return Answer.TOO_LONG_AGO
    if verifier.password_until is not None and now >= verifier.password_until:
        return Answer.EXPIRED
    return Answer.ADMITTED


def is_weak(password: str, number: str) -> bool:
    """Too easy for a new password: short, the work number with something around it, or of one or two characters. A
    company's own rules are its server's (PostgreSQL's passwordcheck, the domain's)."""
    return len(password) < LEAST_LENGTH or len(set(password)) < 3 or (len(number) > 2 and number in password)
