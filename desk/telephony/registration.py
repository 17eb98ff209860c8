"""When to REGISTER, and what the answers mean for the line. A small state machine without a socket or a clock: times
come in (seconds, monotonic), what to do comes out. Phone process, main thread.

Two choices that would surprise. The registration is refreshed every `REFRESH_S`, far earlier than it expires: a
registrar that was restarted has forgotten us without saying so, and a seat that does not notice is deaf. And while
nobody answers, the REGISTER under way is left alone, because SIP repeats it every 4 s by itself (RFC 3261 17.1.2.2):
that is the quickest way back."""

from dataclasses import dataclass, field

from desk.telephony.stack import LineFault, LineReport

REFRESH_S = 8.0
PATIENCE_S = 4.0  # without an answer for so long, the line counts as deaf
AGAIN_S = 2.0  # after a failure that took no time to tell (a refused TCP connection, 503)
LONGEST_PAUSE_S = 300.0  # between attempts with a password that was refused: PBXs lock out the insistent

_WRONG = frozenset({401, 403, 404, 407})


@dataclass
class Registration:
    """`retry_s`: the first pause after a refused password; it doubles with every refusal."""

    retry_s: float
    refresh_s: float = REFRESH_S
    patience_s: float = PATIENCE_S
    report: LineReport = field(default_factory=lambda: LineReport(ready=False))
    _asked_at: float | None = None
    _due_at: float = 0.0
    _refusals: int = 0

    def due(self, now_s: float) -> bool:
        """Whether a REGISTER is to be sent now; the caller then calls `asked`."""
        return self._asked_at is None and now_s >= self._due_at

    def asked(self, now_s: float) -> None:
        self._asked_at = now_s

    def hurry(self) -> None:
        """Something changed (a new password): do not wait for the next attempt."""
        self._due_at, self._refusals = 0.0, 0

    def silent(self, now_s: float) -> bool:
        """Whether the line has just become deaf for want of an answer."""
        if self._asked_at is None or now_s - self._asked_at < self.patience_s:
            return False
        if self.report.fault is LineFault.NO_ANSWER:
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
        elif code in _WRONG:
            pause_s = min(self.retry_s * 2.0**self._refusals, LONGEST_PAUSE_S)
            self._refusals = min(self._refusals + 1, 16)
            self._due_at = now_s + pause_s
            self.report = LineReport(ready=False, fault=LineFault.REFUSED, code=code, reason=reason)
        else:
            self._due_at = now_s if code == 408 else now_s + AGAIN_S
            self.report = LineReport(ready=False, fault=LineFault.NO_ANSWER, code=code, reason=reason)
