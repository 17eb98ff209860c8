"""What is wrong with a call's recording, and why, in words; and the figure of a day. Also for `desk reconcile`: no Qt.
Pure functions."""

from datetime import date

from desk.domain.reconcile import DayFigure, Fault, Finding, Reason
from desk.i18n import _
from desk.ui.ticket.presenter import missing


def said(finding: Finding) -> str:
    """ "Recording too short: 0:57 of 1:03. The disk took none."."""
    if finding.fault is Fault.MISSING:
        return missing(finding.detail)
    parts = [fault(finding), why(finding)]
    return " ".join(part for part in parts if part)


def fault(finding: Finding) -> str:
    off_ms = abs((finding.found_ms or 0) - (finding.expected_ms or 0))
    seconds = f"{off_ms / 1000:.1f}"
    return {
        Fault.NOT_SEALED: _("Nothing is known of its recording."),
        Fault.MISSING: _("It has no recording."),
        Fault.NOT_VAULTED: _("The recording is not in the vault, {n} hours after the call.").format(n=finding.detail),
        Fault.TOO_SHORT: _("The recording is {n} s shorter than the call.").format(n=seconds),
        Fault.TOO_LONG: _("The recording is {n} s longer than the call.").format(n=seconds),
        Fault.CALLER_SILENT: _("The caller is not to be heard at all."),
        Fault.AGENT_SILENT: _("The agent is not to be heard at all."),
        Fault.BOTH_SILENT: _("Nobody is to be heard at all."),
    }[finding.fault]


def why(finding: Finding) -> str:
    """ "" where nobody knows."""
    return {
        Reason.NONE: _("No reason is known: tell IT."),
        Reason.STATED: "",
        Reason.INTERRUPTED: _("Reason: the telephone part failed in the middle of it."),
        Reason.NOT_TAKEN: _("Reason: the disk could not take it."),
        Reason.NO_AUDIO_CAME: _("Reason: no sound came from the other side."),
        Reason.MICROPHONE_DEAD: _("Reason: the microphone gave no sound."),
        Reason.MUTED: _("Reason: the microphone was muted."),
        Reason.ON_HOLD: _("Reason: the call was on hold."),
        Reason.PAUSED: _("Reason: the recording was paused for sensitive data."),
        Reason.CLOCK_CHANGED: _("Reason: the computer's clock was changed during the call."),
        Reason.VERY_SHORT: _("Reason: the call was over at once."),
    }[finding.reason]


def figure(day: DayFigure, today: date) -> str:
    """ "2026-11-21: 312 calls, 311 recorded, 1 with a reason, 0 without"."""
    text = _("{day}: {calls} calls, {recorded} recorded, {reasons} with a reason, {none} without").format(
        day=_("Today") if day.day == today else day.day.isoformat(),
        calls=day.calls,
        recorded=day.recorded,
        reasons=day.with_reason,
        none=day.without_reason,
    )
    return text + (_(", {n} still being sealed").format(n=day.waiting) if day.waiting else "")
