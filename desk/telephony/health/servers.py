"""The servers of the lines, each asked once: whether it answers, what its certificate says, what time it has.

Asked for by several checks, looked at by the first of them; those run after each other. Any thread but the ui's; takes
up to the ping's patience for each server that does not answer."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from desk.domain.certificates import CertificateFault
from desk.domain.health import Finding, Level
from desk.health.certificate import days_left
from desk.settings import LineSettings
from desk.telephony.health import lines_found
from desk.telephony.lines.options_ping import PATIENCE_S, Answered, NoAnswer, ping
from desk.telephony.lines.tls_verify import CaFileUnusable, fault_of
from desk.usecases.ports import Clock

_HALF_A_SECOND = 0.5  # a Date has whole seconds, cut off


@dataclass(frozen=True, slots=True)
class Asked:
    """One server of one line: `answer`, or `detail` why there is none; `fault` where TLS is to blame. `ahead_s`: this
    computer's clock before the server's."""

    line: LineSettings
    server: str
    answer: Answered | None = None
    detail: str = ""
    fault: CertificateFault | None = None
    ahead_s: float | None = None


class Servers:
    """`clock`: this computer's; days are counted from it."""

    def __init__(
        self, lines: Sequence[LineSettings], clock: Clock, warn_days: int, patience_s: float = PATIENCE_S
    ) -> None:
        self._lines, self._clock, self._warn_days, self._patience_s = lines, clock, warn_days, patience_s

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        return tuple(self._ask(line, server) for line in self._lines for server in _servers_of(line))

    def findings(self) -> list[Finding]:
        """`sip.server`; what only TLS keeps from answering is the certificate's."""
        found = []
        for one in self.asked:
            if one.answer is not None:
                found.append(lines_found.answered(one.line, one.server, one.answer))
            elif one.fault is None:
                answering = any(other.answer is not None for other in self.asked if other.line is one.line)
                found.append(lines_found.unanswered(one.line, one.server, one.detail, others_answer=answering))
        return found

    def certificates(self) -> list[Finding]:
        found = []
        for one in self.asked:
            if one.fault is not None:
                found.append(
                    Finding(
                        "sip.certificate",
                        Level.WRONG,
                        f"{one.server}: {lines_found.certificate(one.fault)}",
                        lines_found.certificate_remedy(one.fault),
                        {"line": one.line.label, "fault": one.fault.value},
                    )
                )
            elif one.answer is not None and one.answer.valid_until is not None:
                until = one.answer.valid_until
                found.append(days_left("sip.certificate", until, self._clock(), self._warn_days, one.server))
        return found

    def faulty(self, line: LineSettings) -> str:
        """The check that tells why this line cannot register, "" where its servers are well."""
        of_line = [one for one in self.asked if one.line is line]
        if not of_line or any(one.answer is not None for one in of_line):
            return ""
        return "sip.certificate" if any(one.fault is not None for one in of_line) else "sip.server"

    @property
    def ahead_s(self) -> float | None:
        """This computer's clock before that of the first server that tells, to a second; None where none does."""
        return next((one.ahead_s for one in self.asked if one.ahead_s is not None), None)

    def _ask(self, line: LineSettings, server: str) -> Asked:
        try:
            answer = ping(line, server, self._patience_s)
        except NoAnswer as error:
            return Asked(line, server, detail=str(error))
        except (ssl.SSLError, CaFileUnusable) as error:
            return Asked(line, server, detail=str(error), fault=fault_of(error) or CertificateFault.OTHER)
        ahead_s = (self._clock() - answer.date).total_seconds() - _HALF_A_SECOND if answer.date is not None else None
        return Asked(line, server, answer, ahead_s=ahead_s)


def _servers_of(line: LineSettings) -> tuple[str, ...]:
    """A proxy stands before all of them; a direct line without a registrar has none."""
    if line.proxy:
        return (line.proxy,)
    if line.kind == "direct":
        return ()  # a trunk's far side need not answer to strangers
    return tuple(filter(None, (line.registrar, *line.backups)))
