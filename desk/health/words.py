"""Findings in words: what each check is called, how grave it is, and the lines that people copy into a message to IT.

Every name of a check that Desk knows has a title here; a check without one is shown by its name. Pure functions, any
thread."""

from collections.abc import Iterable

from desk.domain.health import Finding, Level, worst
from desk.i18n import _

_SIGNS = {Level.OK: "✓", Level.UNCHECKED: "?", Level.WARNING: "!", Level.WRONG: "✗"}


def title(check: str) -> str:
    return {
        "settings": _("Settings"),
        "versions": _("Versions"),
        "crashes": _("Crashes"),
        "keyring": _("Keyring"),
        "keyring.entries": _("Passwords and keys"),
        "folders": _("Folders and their rights"),
        "disk": _("Disk space"),
        "seat.processes": _("The seat's processes"),
        "store": _("Seat store"),
        "changes": _("Unsent work"),
        "recordings": _("Recordings that wait"),
        "residents": _("Lists of residents"),
        "retention": _("Deletion of old recordings"),
        "vault": _("Recordings store"),
        "vault.certificate": _("Recordings store's certificate"),
        "sound": _("Sound system"),
        "headset.microphone": _("Microphone"),
        "headset.earpiece": _("Earpiece"),
        "headset.level": _("Microphone level"),
        "headset.keys": _("Headset's keys"),
        "sip.port": _("SIP port"),
        "sip.audio": _("Ports for voice"),
        "sip.server": _("Telephone exchange"),
        "sip.certificate": _("Exchange's certificate"),
        "sip.registration": _("Line"),
        "call.test": _("Test call"),
        "central": _("Central database"),
        "central.certificate": _("Centre's certificate"),
        "central.rights": _("Rights in the centre"),
        "central.exchange": _("Exchange with the centre"),
        "clock": _("Clock"),
        "company_file": _("Company file"),
        "update": _("Updates"),
        "update.certificate": _("Update server's certificate"),
        "self_check.call": _("Call to itself"),
        "self_check.quality": _("Call quality"),
        "self_check.said": _("Agent's voice recorded"),
        "self_check.heard": _("Voice there and back"),
        "self_check.pop": _("Screen pop"),
        "self_check.recording": _("Recording sealed"),
        "self_check.ticket": _("Ticket filed"),
        "self_check.sync": _("Centre and back"),
        "self_check.sandbox": _("Self-check's own place"),
    }.get(check, check)


def level(value: Level) -> str:
    return {
        Level.OK: _("OK"),
        Level.UNCHECKED: _("Not checked"),
        Level.WARNING: _("Warning"),
        Level.WRONG: _("Wrong"),
    }[value]


def line(finding: Finding) -> str:
    """One finding for a terminal or a message; what to do stands in a line of its own."""
    said = f"{_SIGNS[finding.level]} {level(finding.level)}  {title(finding.check)}: {finding.why}"
    return f"{said}\n    → {finding.remedy}" if finding.remedy else said


def summary(findings: Iterable[Finding]) -> str:
    """All of it in one sentence."""
    found = list(findings)
    wrong = sum(one.level is Level.WRONG for one in found)
    warned = sum(one.level is Level.WARNING for one in found)
    match worst(found):
        case Level.WRONG | Level.WARNING:
            return _("{wrong} wrong, {warned} warnings, of {all} checks.").format(
                wrong=wrong, warned=warned, all=len(found)
            )
        case Level.UNCHECKED:
            return _("Nothing wrong was found; not everything could be checked.")
        case Level.OK:
            return _("All is well: {all} checks.").format(all=len(found))


class WhyUnchecked:
    """Implements `usecases.doctor.Unchecked`."""

    def because_of(self, check: str) -> str:
        return _("Not checked while this is wrong: {check}.").format(check=title(check))

    def too_long(self, seconds: float) -> str:
        return _("No answer within {seconds:.0f} s.").format(seconds=seconds)

    def failed(self, error: Exception) -> str:
        return _("The check could not be done ({detail}).").format(detail=f"{type(error).__name__}: {error}")
