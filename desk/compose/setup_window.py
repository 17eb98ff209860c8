"""Builds the window before the first start, and says when it is wanted. It stands alone: without settings there is no
seat, no log and no launcher to attach to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from desk import exit_codes, settings
from desk.compose.provisioning import company_here, enrol_seat, other_accounts, told
from desk.faults import Fault
from desk.i18n import speak
from desk.provisioning.stand_alone import write_settings
from desk.settings import SettingsError
from desk.ui.setup.parts import Alone, Devices, SetupParts, needs_code
from desk.ui.setup.window import run_setup


def run(settings_file: Path, why: str = "") -> int:
    """`why`: what has become of the seat that this PC was."""
    parts, others = parts_for(settings_file), other_accounts()
    parts = replace(parts, why=why or others, needs_code=parts.needs_code or bool(others))
    return exit_codes.OK if run_setup(parts) else exit_codes.ENVIRONMENT


def parts_for(settings_file: Path) -> SetupParts:
    def enrol(code: str, place: str, tell: Callable[[str], None]) -> Sequence[str]:
        return told(enrol_seat(settings_file, code, place, tell))

    company = company_here(settings_file)
    language: Literal["zh_CN", "en"] = "en" if settings.language_hint(settings_file) == "en" else "zh_CN"
    return SetupParts(
        source=company.source,
        needs_code=bool(company.keys),
        enrol=enrol,
        stand_alone=lambda alone: stand_alone(settings_file, alone),
        devices=_devices,
        language=language,
        speak=speak,
    )


def stand_alone(settings_file: Path, alone: Alone) -> None:
    """Raises `Fault`, `SettingsError` (then there is no file again), `OSError`."""
    if company_here(settings_file).keys:
        raise Fault(needs_code())
    write_settings(
        settings_file,
        {
            "seat": {"agent": alone.agent, "agent_name": alone.agent_name, "language": alone.language},
            "line": {"area_code": alone.area_code},
            "headset": {"microphone": alone.microphone, "earpiece": alone.earpiece},
        },
    )
    try:
        settings.load(settings_file)
    except SettingsError:
        settings_file.unlink(missing_ok=True)
        raise


def _devices() -> Devices:
    from desk.telephony.headset.sound_devices import DeviceList, NoSound

    try:
        microphones, earpieces = DeviceList().look()
    except NoSound:
        return Devices()
    return Devices(
        microphones=[one.device.name for one in microphones], earpieces=[one.device.name for one in earpieces]
    )
