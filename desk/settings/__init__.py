"""A seat's settings: one TOML file, checked whole before anything starts."""

from desk.settings.file import default_file, language_hint, load
from desk.settings.phone_values import DialRule, DialSettings, HeadsetSettings, LineSettings, PhoneSettings
from desk.settings.recording_values import RecordingSettings
from desk.settings.source import SettingsError
from desk.settings.values import CentralSettings, SeatSettings, Settings

__all__ = [
    "CentralSettings",
    "DialRule",
    "DialSettings",
    "HeadsetSettings",
    "LineSettings",
    "PhoneSettings",
    "RecordingSettings",
    "SeatSettings",
    "Settings",
    "SettingsError",
    "default_file",
    "language_hint",
    "load",
]
