"""A code makes a PC a seat: what it opens is the seat's name, whose signature to believe, and its passwords; with the
company's file beside it the seat has all it needs.

In this order: everything is fetched and checked; then the code is taken, so that of two PCs only one goes on; then the
passwords go to the keyring, the file is accepted, and the code is marked as used. What fails on the way is undone: the
keyring's old entries, the file that held before, the code that can still be used. A PC that dies in between takes its
own code up again.

Blocking; any thread."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from desk.i18n import _
from desk.provisioning.accept import Accepting, Candidate
from desk.provisioning.code import read_code
from desk.provisioning.refusals import Refused
from desk.provisioning.seal import MOST_BYTES, SEALED, USED, Enrolment, Opener, Slip, opened, opener
from desk.provisioning.source import ENROLMENT, Source
from desk.secrets import Secrets
from desk.settings import company

Tell = Callable[[str], None]  # a step was done, in the person's words
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Used:
    """What stays of a code that was used, for IT. `by`: the computer's name."""

    seat: str
    used_at: datetime
    by: str


@dataclass(frozen=True)
class Enrolled:
    """`entries`: what the keyring has now; `marked`: nobody can use the code again (False: it is good until its time
    is over, for its folder cannot be written to)."""

    seat: str
    company: str
    version: int
    entries: tuple[str, ...]
    marked: bool


class Enrolling:
    """`machine`: this computer's name. `pinned`: the only keys that may be believed here, none = whatever the code
    brings."""

    def __init__(
        self,
        accepting: Accepting,
        secrets: Callable[[], Secrets],
        clock: Callable[[], datetime],
        machine: str,
        pinned: tuple[str, ...] = (),
    ) -> None:
        self._accepting, self._secrets, self._clock = accepting, secrets, clock
        self._machine, self._pinned = machine, pinned

    def enrol(self, untrusted_code: str, source: Source, tell: Tell = lambda _step: None) -> Enrolled:
        """Raises `Refused`, `KeyringWeak` or `OSError`; then all is as it was."""
        by = opener(read_code(untrusted_code))
        claim = f"{ENROLMENT}/{by.name}.{hashlib.sha256(self._machine.encode()).hexdigest()[:8]}"
        slip, enrolment = self._open(by, claim, source)
        tell(_("The code is good: this is seat {seat}.").format(seat=slip.seat))
        if self._pinned and not set(enrolment.keys) <= set(self._pinned):
            raise Refused(
                "pinned",
                _(
                    "This computer may only be enrolled by its own company (setting [company] keys). Nothing was "
                    "changed."
                ),
            )
        candidate = self._accepting.fetch(source, slip.seat, enrolment.keys)
        tell(_("The company's file number {number} is signed and fits.").format(number=candidate.found.version))
        secrets = self._secrets()
        sealed = f"{ENROLMENT}/{by.name}{SEALED}"
        mine = source.read(claim, MOST_BYTES) is not None
        if not mine and not source.take(sealed, claim):
            raise _used()
        try:
            self._put(secrets, enrolment.secrets, candidate, company.Enrolled(mark=by.mark, computer=self._machine))
        except BaseException:
            source.take(claim, sealed)
            raise
        tell(_("Passwords are in the keyring, settings are in place."))
        marked = self._mark(source, by, claim, slip)
        return Enrolled(slip.seat, enrolment.company, candidate.found.version, tuple(enrolment.secrets), marked)

    def _open(self, by: Opener, claim: str, source: Source) -> tuple[Slip, Enrolment]:
        for name in (f"{ENROLMENT}/{by.name}{SEALED}", claim):
            data = source.read(name, MOST_BYTES)
            if data is not None:
                return opened(by, data, self._clock())
        if source.read(f"{ENROLMENT}/{by.name}{USED}", MOST_BYTES) is not None:
            raise _used()
        raise Refused(
            "unknown_code",
            _(
                "{where} does not know this code: it was withdrawn, is in use at another computer, or belongs to "
                "another company. Nothing was changed. Ask IT for a new one."
            ).format(where=source.shown),
        )

    def _put(
        self, secrets: Secrets, entries: Mapping[str, str], candidate: Candidate, enrolled: company.Enrolled
    ) -> None:
        before: dict[str, str | None] = {}
        try:
            for entry, value in entries.items():
                before[entry] = secrets.get(entry)
                secrets.set(entry, value)
            self._accepting.accept(candidate, enrolled)
        except BaseException:
            for entry, value_before in before.items():
                _restore(secrets, entry, value_before)
            raise

    def _mark(self, source: Source, by: Opener, claim: str, slip: Slip) -> bool:
        """The seat is enrolled by now: whatever happens here, it stays so."""
        try:
            used = Used(slip.seat, self._clock(), self._machine)
            source.put(f"{ENROLMENT}/{by.name}{USED}", msgspec.json.encode(used))
            source.remove(claim)
            source.remove(f"{ENROLMENT}/{by.name}{SEALED}")
            return source.read(f"{ENROLMENT}/{by.name}{SEALED}", MOST_BYTES) is None
        except Refused as error:
            _log.warning("whether the code is marked as used is not known: %s", error)
            return False


def _restore(secrets: Secrets, entry: str, value: str | None) -> None:
    try:
        if value is None:
            secrets.delete(entry)
        else:
            secrets.set(entry, value)
    except Exception:  # noqa: BLE001 - what went wrong first is what is told
        _log.exception("the keyring's entry %s could not be put back", entry)


def _used() -> Refused:
    return Refused(
        "used", _("This code was used already. Nothing was changed. Ask IT for a new one; it is made in a minute.")
    )
