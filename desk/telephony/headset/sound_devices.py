"""Sound devices by name, opened and closed without leaks. Wraps miniaudio where it needs it:

- it never gives back the context (a connection to the sound server) of a device it closes: 64 rings later PulseAudio
  refuses the next one (present in miniaudio 1.71);
- without any sound system it silently offers a null device;
- it lists "monitors" (what an earpiece plays) among microphones;
- it knows the default device but does not tell;
- where the sound server is away for a moment it goes over to ALSA, whose first device may be the one that swallows
  everything, and never comes back.

Threads: the headset's own (`desk.telephony.headset.miniaudio`). The generators run on miniaudio's threads."""

import contextlib
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import miniaudio

from desk.domain.events import AudioDevice
from desk.telephony.frames import RATE_HZ

PERIOD_MS = 10
BRISK_PERIOD_MS = 5  # for a microphone whose callbacks have precedence: 4 ms less on the way, and no frame lost by it
CAUTIOUS_PERIOD_MS = 15  # for an earpiece whose callbacks may be late: at 10 the sound server runs dry behind our back
PERIODS = 2
NULL_BACKEND, SERVER = "Null", "PulseAudio"  # PipeWire speaks PulseAudio's protocol
SERVER_AGAIN_S = 5.0  # it starts after us, maybe; a look for one that is not there costs 4 ms
NOWHERE = "Discard all samples (playback) or generate zero samples (capture)"  # ALSA's null device
DUMMY = b"auto_null"  # PulseAudio's and PipeWire's stand-in where there is no earpiece at all: nobody hears it
LOUDSPEAKERS = ("speaker", "built-in", "扬声器", "音箱", "内置")  # how systems name them
APP_NAME = "Desk"

OpenDevice: TypeAlias = miniaudio.CaptureDevice | miniaudio.PlaybackDevice
_Device = TypeVar("_Device", miniaudio.CaptureDevice, miniaudio.PlaybackDevice)


class NoSound(Exception):
    """There is no sound system, or it does not answer; or a device cannot be opened."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device as listed now. `handle` is miniaudio's."""

    device: AudioDevice
    handle: Any


class _Devices(miniaudio.Devices):
    """Adds to each entry whether it is the default."""

    def _get_info(self, device_type: miniaudio.DeviceType, device_info: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"is_default": bool(device_info.isDefault)}


class DeviceList:
    """Asks the sound system what there is; keeps one connection to it. Where a sound server was met once, it is waited
    for; where there was none at first, it is looked for."""

    def __init__(self) -> None:
        self._devices: _Devices | None = None
        self._served = False
        self._again_s = 0.0

    def look(self) -> tuple[list[Found], list[Found]]:
        """Microphones and earpieces. Raises `NoSound`."""
        try:
            self._devices = devices = self._connected()
            if devices.backend == NULL_BACKEND:
                raise NoSound("no sound system")  # noqa: TRY301
            self._served = pulse = devices.backend == SERVER
            microphones = [
                _found(entry)
                for entry in devices.get_captures()
                if entry["name"] != NOWHERE and not (pulse and _identity(entry["id"]).endswith(b".monitor"))
            ]
            earpieces = [
                _found(entry)
                for entry in devices.get_playbacks()
                if entry["name"] != NOWHERE and not (pulse and _identity(entry["id"]) == DUMMY)
            ]
            return microphones, earpieces
        except (miniaudio.MiniaudioError, NoSound) as error:
            self._devices = None  # the sound server may come back: connect anew
            raise NoSound(str(error)) from None

    def _connected(self) -> _Devices:
        if self._devices is None:
            return _Devices([miniaudio.Backend.PULSEAUDIO] if self._served else None)
        if self._devices.backend == "ALSA" and time.monotonic() >= self._again_s:
            self._again_s = time.monotonic() + SERVER_AGAIN_S
            with contextlib.suppress(miniaudio.MiniaudioError):
                return _Devices([miniaudio.Backend.PULSEAUDIO])
        return self._devices


def _found(entry: dict[str, Any]) -> Found:
    return Found(AudioDevice(entry["name"], entry["is_default"]), entry["id"])


def _identity(handle: Any) -> bytes:
    """A device id as the text it is with PulseAudio."""
    return bytes(miniaudio.ffi.buffer(handle)).partition(b"\0")[0]


def choose(found: list[Found], name: str) -> Found | None:
    """The one of this name; for "" the default, else the first; None where there is none."""
    if name:
        return next((one for one in found if one.device.name == name), None)
    return next((one for one in found if one.device.is_default), found[0] if found else None)


def loudspeakers(found: list[Found], headset: str) -> Found | None:
    """What is heard across the room while the headset of that name is not on anybody's head: the system's default
    where that is another device, else one that is called a loudspeaker."""
    others = [one for one in found if one.device.name != headset]
    named = (one for one in others if any(word in one.device.name.lower() for word in LOUDSPEAKERS))
    return next((one for one in others if one.device.is_default), None) or next(named, None)


def open_microphone(
    found: Found, sink: Generator[bytes, bytes, None], period_ms: int = PERIOD_MS
) -> miniaudio.CaptureDevice:
    """Raises `NoSound`. `sink` has been started; it is sent bytes."""
    return _open(miniaudio.CaptureDevice, found, sink, period_ms)


def open_earpiece(
    found: Found, source: Generator[bytes, int, None], period_ms: int = PERIOD_MS
) -> miniaudio.PlaybackDevice:
    """Raises `NoSound`. `source` has been started; it is sent how many samples to yield."""
    return _open(miniaudio.PlaybackDevice, found, source, period_ms)


def _open(kind: type[_Device], found: Found, moves: Generator[bytes, Any, None], period_ms: int) -> _Device:
    try:
        device = kind(
            miniaudio.SampleFormat.SIGNED16,
            1,
            RATE_HZ,
            period_ms,
            device_id=found.handle,
            callback_periods=PERIODS,
            app_name=APP_NAME,
        )
        try:
            device.start(moves)
        except miniaudio.MiniaudioError:
            close(device)
            raise
    except miniaudio.MiniaudioError as error:
        raise NoSound(f"{found.device.name}: {error}") from None
    return device


def close(device: OpenDevice) -> None:
    """Stop and give everything back."""
    device.stop_callback = None
    with contextlib.suppress(miniaudio.MiniaudioError):
        device.close()
    context, device._context = device._context, None
    if context is not None:
        miniaudio.lib.ma_context_uninit(context)
