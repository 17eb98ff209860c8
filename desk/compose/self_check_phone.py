"""Builds the phone's part of the seat's night self-check. Phone process."""

import logging
from pathlib import Path

from desk.compose.clock import now
from desk.domain.dial_plan import DialPlan
from desk.recording.spool.recorder import SpoolRecorder
from desk.resources import resources_dir
from desk.settings import Settings
from desk.telephony.aside_recorder import AsideRecorder
from desk.telephony.calls.dial_target import Aim, aim
from desk.telephony.companion import MakeCompanion, Workplace
from desk.telephony.prompts.shelf import read_sound
from desk.telephony.self_check import SelfCheck

_log = logging.getLogger(__name__)


def speech_file() -> Path:
    """What the seat says to itself: speech that comes with Desk, the same at every seat."""
    return resources_dir() / "sounds" / "prompts" / "zh_CN" / "waiting.wav"


def self_check_of(settings: Settings, plan: DialPlan, aside: AsideRecorder) -> MakeCompanion:
    lines = {line.label: line for line in settings.lines}

    def aim_at(target: str, line: str) -> Aim:
        """A line that is deaf may be tried: what comes of it is what is asked."""
        return aim(plan, target, lines, set(lines), line or settings.line.label)

    def recorder() -> SpoolRecorder:
        return SpoolRecorder(
            settings.self_check_dir / "spool",
            now,
            seat=settings.seat.name,
            agent=lambda: settings.seat.name,
            on_failed=lambda _call_id, wrong: _log.warning("the self-check is not recorded: %s", wrong.detail),
        )

    def make(place: Workplace) -> SelfCheck:
        return SelfCheck(
            place, aside, recorder, aim_at, lambda label: lines[label].user, lambda: read_sound(speech_file())
        )

    return make
