"""A seat's settings: one TOML file, checked whole before anything starts."""

from desk.settings.file import SettingsError, default_file, language_hint, load
from desk.settings.values import (
    CentralSettings,
    HeadsetSettings,
    LineSettings,
    RecordingSettings,
    SeatSettings,
    Settings,
)

__all__ = [
    "CentralSettings",
    "HeadsetSettings",
    "LineSettings",
    "RecordingSettings",
    "SeatSettings",
    "Settings",
    "SettingsError",
    "default_file",
    "language_hint",
    "load",
]
