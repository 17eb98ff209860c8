"""When to REGISTER, and what the answers mean for the line. A small state machine without a socket or a clock: times
come in (seconds, monotonic), what to do comes out. Phone process, main thread.

Two choices that would surprise. The registration is refreshed every `REFRESH_S`, far earlier than it expires: a
registrar that was restarted has forgotten us without saying so, and a seat that does not notice is deaf. With the
`PATIENCE_S` for its answer a dead server is known within 12 s. And while nobody answers over UDP, the REGISTER under
way is left alone, because SIP repeats it every 4 s by itself (RFC 3261 17.1.2.2): that is the quickest way back."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from desk.telephony.stack import LineFault, LineReport

REFRESH_S = 8.0
PATIENCE_S = 4.0  # without an answer for so long, the line counts as deaf
AGAIN = (0.5, 0.9)  # of `retry_s`, at random: after a power cut a hundred seats must not come at once
LONGEST_PAUSE_S = 300.0  # between attempts that were refused, less at random: PBXs lock out the insistent

_REFUSED = frozenset({401, 403, 404, 407})  # also of an exchange that has not loaded its users yet
SOON = 6  # of such refusals in a row are followed by the usual pause


@dataclass
class Registration:
    """`retry_s`: after a failure that took no time to tell (a refused TCP connection, 503) it is tried again after half
    to nine tenths of it, 5 to 9 s as shipped; so it is after the first `SOON` refusals, and twice as late after each
    further one. `chance`: 0 to 1, for the jitter of every pause."""

    retry_s: float
    refresh_s: float = REFRESH_S
    patience_s: float = PATIENCE_S
    report: LineReport = field(default_factory=lambda: LineReport(ready=False))
    chance: Callable[[], float] = random.random
    _asked_at: float | None = None
    _due_at: float = 0.0
    _refusals: int = 0

    def anew(self) -> "Registration":
        """One of the same pace that has not asked yet."""
        return Registration(self.retry_s, self.refresh_s, self.patience_s, chance=self.chance)

    @property
    def pending(self) -> bool:
        return self._asked_at is not None

    def due(self, now_s: float) -> bool:
        """Whether a REGISTER is to be sent now; the caller then calls `asked`."""
        return self._asked_at is None and now_s >= self._due_at

    def asked(self, now_s: float) -> None:
        self._asked_at = now_s

    def hurry(self) -> None:
        """Something changed (a new password, the network): do not wait for the next attempt."""
        self._due_at, self._refusals = 0.0, 0

    def overdue(self, now_s: float) -> bool:
        """Whether the answer has not come for too long."""
        return self._asked_at is not None and now_s - self._asked_at >= self.patience_s

    def silent(self, now_s: float) -> bool:
        """Whether the line has just become deaf for want of an answer."""
        if not self.overdue(now_s) or self.report.fault is LineFault.NO_ANSWER:
            return False
        self.report = LineReport(ready=False, fault=LineFault.NO_ANSWER, reason="no answer")
        return True

    def answered(self, code: int, reason: str, now_s: float) -> None:
        """The final answer to our REGISTER; 408 and 503 may be the stack's own, for no answer at all."""
        self._asked_at = None
        if 200 <= code < 300:
            self._refusals = 0
            self._due_at = now_s + self.refresh_s
            self.report = LineReport(ready=True, code=code, reason=reason)
        elif code in _REFUSED:
            self._refused(code, reason, now_s)
        elif code == 408:  # it took its time: no further pause
            self._due_at = now_s
            self.report = LineReport(ready=False, fault=LineFault.NO_ANSWER, code=code, reason=reason)
        else:
            self.failed(LineFault.NO_ANSWER, code, reason, now_s)

    def _refused(self, code: int, reason: str, now_s: float) -> None:
        self.failed(LineFault.REFUSED, code, reason, now_s)
        doubled = max(0, self._refusals - SOON + 1)
        self._refusals = min(self._refusals + 1, 16 + SOON)
        self._due_at = now_s + self._pause_s(min(self.retry_s * 2.0**doubled, LONGEST_PAUSE_S))

    def failed(self, fault: LineFault, code: int, reason: str, now_s: float) -> None:
        """Known at once, so that there is a pause before the next attempt."""
        self._asked_at = None
        self._due_at = now_s + self._pause_s(self.retry_s)
        self.report = LineReport(ready=False, fault=fault, code=code, reason=reason)

    def _pause_s(self, most_s: float) -> float:
        least, most = AGAIN
        return most_s * (least + (most - least) * self.chance())
