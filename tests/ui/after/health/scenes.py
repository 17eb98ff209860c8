"""A window whose seat is looked over, and pictures of it: `python -m tests.ui.after.health.scenes SCENE OUT.png
[LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen). The findings are said by those who say them at a seat."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QTimer

from desk.domain.certificates import CertificateFault
from desk.domain.commands import Command
from desk.domain.events import AudioDevice, HeadsetState
from desk.domain.health import Finding, Level
from desk.domain.quality import Quality
from desk.health import clock, machine
from desk.health.certificate import days_left
from desk.health.words import WhyUnchecked
from desk.i18n import _
from desk.recording import health as recording
from desk.recording.vault.fake import FakeVault
from desk.settings import LineSettings, Settings
from desk.store import health as store
from desk.telephony.health import call_found, lines_found, sound_found
from desk.telephony.health.test_call import CallTested
from desk.telephony.lines.options_ping import Answered
from desk.telephony.stack import LineFault, LineReport
from desk.usecases.fakes import FakeStore
from desk.usecases.recording_ports import VaultAway
from tests.ui import harness, seat

HEADSET = HeadsetState(
    (AudioDevice("Jabra Evolve2 40", is_default=True),),
    (AudioDevice("Jabra Evolve2 40", is_default=True),),
    microphone_in_use="Jabra Evolve2 40",
    earpiece_in_use="Jabra Evolve2 40",
)
LINE = LineSettings(kind="registered", user="1001", registrar="pbx.example.com")
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def well() -> tuple[Finding, ...]:
    settings = Settings(data_dir=Path("/tmp"), runtime_dir=Path("/tmp"))  # noqa: S108 - looked at only
    figures = [
        Finding("settings", Level.OK, _("They are read, and every value fits.")),
        *machine.versions(),
        Finding("folders", Level.OK, _("Desk's folders are this user's alone and can be written.")),
        *machine.disk(settings),
        *machine.crashes(settings),
        Finding("keyring", Level.OK, _("Keyring: {name}, open.").format(name="SecretService Keyring")),
        Finding("seat.processes", Level.OK, _("Telephone and background service answer.")),
        *store.changes(store.Waiting(3, 0, None), NOW, alone=False),
        *sound_found.sound(HEADSET),
        *sound_found.microphone(HEADSET),
        *sound_found.earpiece(HEADSET),
        *sound_found.level(HEADSET, -18.0),
        lines_found.answered(LINE, "pbx.example.com", Answered(200, 12.4)),
        days_left("sip.certificate", NOW + timedelta(days=301), NOW, 21, "pbx.example.com"),
        *lines_found.ports([LINE], []),
        lines_found.registration(LINE, LineReport(True, code=200, registrar="pbx.example.com", line=LINE.label)),
        *clock.compared(0.1, with_centre=True),
        *recording.vault(FakeVault()),
        *recording.waiting(settings),
    ]
    return tuple(figures)


def ill() -> tuple[Finding, ...]:
    away = FakeVault()
    away.trouble = VaultAway("the folder /mnt/vault is not there: connect the share, or make the folder")
    refused = LineReport(False, LineFault.REFUSED, 403, "Forbidden", "pbx.example.com", LINE.label)
    spoilt = [
        *sound_found.level(HEADSET, -100.0),
        lines_found.registration(LINE, refused),
        Finding(
            "sip.certificate",
            Level.WRONG,
            f"pbx.example.com: {lines_found.certificate(CertificateFault.EXPIRED)}",
            lines_found.certificate_remedy(CertificateFault.EXPIRED),
        ),
        *recording.vault(away),
        *clock.compared(95.0, with_centre=True),
        call_found.found(CallTested(200, quality=Quality(NOW, "PCMA", 4.2, None, 31.0, None, 60.0, 0.0, 3.3))),
        Finding("central.rights", Level.UNCHECKED, WhyUnchecked().because_of("central")),
    ]
    spoilt_names = {one.check for one in spoilt}
    return (*(one for one in well() if one.check not in spoilt_names), *spoilt)


def build(
    language: str = "zh_CN",
    look: str = "light",
    examine: Callable[[Callable[[Finding], None], bool], tuple[Finding, ...]] | None = None,
) -> harness.Scene:
    kept, commands, nudges = FakeStore(), list[Command](), list[None]()
    made = replace(harness.parts(kept, language, look, commands.append), doctor=examine)
    return harness.Scene(harness.window_of(made, look), kept, commands, nudges)


def _picture(name: str) -> Callable[[str, str], harness.Scene]:
    def examine(tell: Callable[[Finding], None], test_call: bool) -> tuple[Finding, ...]:
        found = ill() if name == "ill" else well()
        for one in found:
            tell(one)
        return found

    return lambda language, look: build(language, look, examine)


def draw(_name: str, scene: harness.Scene) -> None:
    scene.receive(seat.snapshot())
    scene.built.wiring.sign_in("1001")
    middle = scene.built.window.panels.middle
    late = next(one for one in middle.pages.late_covers if type(one.get()).__name__ == "HealthPage")
    QTimer.singleShot(300, scene.built.window, lambda: middle.pages.toggle(late.get()))


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=_picture(sys.argv[1]))
