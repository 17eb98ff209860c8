"""What is found of the lines, in words: registration, port, servers and their certificates. One way of saying it,
whether the running phone told it, or the lines were looked at without one. Pure functions, any thread."""

from collections.abc import Iterator, Sequence

from desk.domain.certificates import CertificateFault
from desk.domain.events import LineState, LineStatus
from desk.domain.health import Finding, Level
from desk.domain.troubles import Wrong
from desk.health import words
from desk.i18n import _
from desk.settings import LineSettings
from desk.telephony.lines.options_ping import Answered
from desk.telephony.lines.states import LINE_TROUBLES
from desk.telephony.stack import LineFault, LineReport

SLOW_MS = 300.0  # what a far city costs twice over; beyond it answering a call takes noticeably long


def certificate(fault: CertificateFault) -> str:
    return {
        CertificateFault.EXPIRED: _("The certificate has expired."),
        CertificateFault.NOT_YET_VALID: _("The certificate is not valid yet, or this computer's clock is wrong."),
        CertificateFault.WRONG_NAME: _("The certificate is another server's."),
        CertificateFault.SELF_SIGNED: _("The certificate is self-signed; nobody vouches for it."),
        CertificateFault.UNKNOWN_CA: _("The certificate is of an authority that this computer does not know."),
        CertificateFault.REVOKED: _("The certificate was revoked."),
        CertificateFault.OTHER: _("The certificate was not accepted."),
        CertificateFault.CA_FILE: _("The file of the certificate authority (ca_file) cannot be used."),
        CertificateFault.NO_TLS: _("The server speaks no TLS here, or none that is new enough."),
    }[fault]


def certificate_remedy(fault: CertificateFault) -> str:
    match fault:
        case CertificateFault.SELF_SIGNED | CertificateFault.UNKNOWN_CA:
            return _("Name the company's certificate authority as ca_file, or give the server one that is known.")
        case CertificateFault.WRONG_NAME:
            return _("Use the name that stands in the certificate, or renew it with this name.")
        case CertificateFault.CA_FILE:
            return _("Put the authority's certificate there, as PEM.")
        case CertificateFault.NOT_YET_VALID:
            return _("Set this computer's clock; else look at the server's certificate.")
        case CertificateFault.NO_TLS:
            return _("Check port and transport in the settings, and the server's TLS.")
        case _:
            return _("Renew the server's certificate.")


def answered(line: LineSettings, server: str, told: Answered) -> Finding:
    figures: dict[str, float | int | str] = {
        "line": line.label,
        "round_trip_ms": told.round_trip_ms,
        "sip_code": told.code,
    }
    said = _("{server} answers within {ms:.0f} ms.").format(server=server, ms=told.round_trip_ms)
    if told.round_trip_ms < SLOW_MS:
        return Finding("sip.server", Level.OK, said, figures=figures)
    return Finding("sip.server", Level.WARNING, said, _("Look at the network between here and there."), figures)


def unanswered(line: LineSettings, server: str, detail: str, *, others_answer: bool) -> Finding:
    """`others_answer`: a backup of it does."""
    figures: dict[str, float | int | str] = {"line": line.label}
    said = _("{server} does not answer ({detail}).").format(server=server, detail=detail)
    if others_answer:
        return Finding(
            "sip.server",
            Level.WARNING,
            said,
            _("Another server of the line answers meanwhile; mend this one."),
            figures,
        )
    return Finding(
        "sip.server",
        Level.WRONG,
        said,
        _("No calls arrive. Check the network cable, the firewall, and whether the exchange runs."),
        figures,
    )


def reports_of(states: Sequence[LineState], wrongs: Sequence[Wrong]) -> list[LineReport]:
    """What the running phone told, as the stack told it: which fault a deaf line has stands among the troubles."""
    return [_report_of(state, wrongs) for state in states]


def _report_of(state: LineState, wrongs: Sequence[Wrong]) -> LineReport:
    detail = " ".join(filter(None, (str(state.code or ""), state.reason)))
    standing = {wrong.trouble: wrong.detail for wrong in wrongs}
    fault = next((fault for fault, trouble in LINE_TROUBLES.items() if standing.get(trouble) == detail), LineFault.NONE)
    ready = state.status in (LineStatus.REGISTERED, LineStatus.DIRECT)
    if ready and fault is not LineFault.SEAT_TWICE:
        fault = LineFault.NONE
    return LineReport(ready, fault, state.code, state.reason, state.registrar, state.label)


def ports(lines: Sequence[LineSettings], reports: Sequence[LineReport]) -> Iterator[Finding]:
    """One for each port that another program holds; one where all are free, or this seat's own."""
    by_label = {line.label: line for line in lines}
    busy = [by_label[report.line] for report in reports if report.fault is LineFault.PORT_BUSY]
    for line in busy:
        yield Finding(
            "sip.port",
            Level.WRONG,
            _("Another program holds port {port} of line {line}.").format(port=line.port, line=line.label),
            _("Close other softphones on this PC, or give the line another port in the settings."),
            {"line": line.label, "port": line.port},
        )
    if not busy:
        used = ", ".join(str(line.port) for line in lines if line.port) or _("any")
        yield Finding("sip.port", Level.OK, _("The lines have their ports ({ports}).").format(ports=used))


def registration(line: LineSettings, report: LineReport | None) -> Finding:
    """None: nothing has been heard of it yet."""
    name = f"{line.label}: "
    figures: dict[str, float | int | str] = {"line": line.label}
    if report is None:
        return Finding("sip.registration", Level.UNCHECKED, name + _("no answer yet."), figures=figures)
    if report.code:
        figures["sip_code"] = report.code
    if report.fault is LineFault.SEAT_TWICE:
        return Finding(
            "sip.registration",
            Level.WARNING,
            name
            + _("registered, and so is another telephone with the same account ({detail}).").format(
                detail=report.reason
            ),
            _("Close the other telephone, or give this seat an account of its own."),
            figures,
        )
    if report.ready:
        said = _("registered at {server}.").format(server=report.registrar) if line.kind == "registered" else ""
        return Finding("sip.registration", Level.OK, name + (said or _("takes direct calls.")), figures=figures)
    return _deaf(line, name, report, figures)


def _deaf(line: LineSettings, name: str, report: LineReport, figures: dict[str, float | int | str]) -> Finding:
    why = words.WhyUnchecked()
    detail = " ".join(filter(None, (str(report.code or ""), report.reason)))
    match report.fault:
        case LineFault.REFUSED:
            return Finding(
                "sip.registration",
                Level.WRONG,
                name + _("the exchange refuses user or password ({detail}).").format(detail=detail),
                _("No calls arrive. Keep the right password: desk secret set sip:USER@REGISTRAR"),
                figures,
            )
        case LineFault.PORT_BUSY:
            return _unchecked(name + why.because_of("sip.port"), figures)
        case LineFault.PASSWORD_MISSING:
            return _unchecked(name + why.because_of("keyring.entries"), figures)
        case LineFault.UNVERIFIED:
            return _unchecked(name + why.because_of("sip.certificate"), figures)
        case _:
            return Finding(
                "sip.registration",
                Level.WRONG,
                name + _unheard(line).format(detail=detail or _("no answer")),
                _("No calls arrive. Check the exchange, and the line in the settings."),
                figures,
            )


def _unheard(line: LineSettings) -> str:
    if line.kind == "direct":
        return _("the far side does not answer ({detail}).")
    return _("not registered ({detail}).")


def _unchecked(why: str, figures: dict[str, float | int | str]) -> Finding:
    return Finding("sip.registration", Level.UNCHECKED, why, figures=figures)
