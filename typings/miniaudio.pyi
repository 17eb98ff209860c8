"""The part of miniaudio (PyPI, 1.71) that Desk uses."""

from collections.abc import Callable, Generator
from enum import Enum
from typing import Any

ffi: Any
lib: Any

class SampleFormat(Enum):
    SIGNED16 = ...

class Backend(Enum):
    NULL = ...
    PULSEAUDIO = ...
    ALSA = ...

class DeviceType(Enum):
    PLAYBACK = ...
    CAPTURE = ...

class MiniaudioError(Exception): ...

class Devices:
    backend: str
    def __init__(self, backends: list[Backend] | None = None) -> None: ...
    def get_playbacks(self) -> list[dict[str, Any]]: ...
    def get_captures(self) -> list[dict[str, Any]]: ...

class AbstractDevice:
    running: bool
    stop_callback: Callable[[], None] | None
    backend: str
    _context: Any
    def stop(self) -> None: ...
    def close(self) -> None: ...

class CaptureDevice(AbstractDevice):
    def __init__(
        self,
        input_format: SampleFormat = ...,
        nchannels: int = ...,
        sample_rate: int = ...,
        buffersize_msec: int = ...,
        device_id: Any = ...,
        callback_periods: int = ...,
        backends: Any = ...,
        thread_prio: Any = ...,
        app_name: str = ...,
    ) -> None: ...
    def start(self, callback_generator: Generator[Any, Any]) -> None: ...

class PlaybackDevice(AbstractDevice):
    def __init__(
        self,
        output_format: SampleFormat = ...,
        nchannels: int = ...,
        sample_rate: int = ...,
        buffersize_msec: int = ...,
        device_id: Any = ...,
        callback_periods: int = ...,
        backends: Any = ...,
        thread_prio: Any = ...,
        app_name: str = ...,
    ) -> None: ...
    def start(self, callback_generator: Generator[Any, Any]) -> None: ...
