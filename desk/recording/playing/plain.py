"""Recordings that were made before there were seals: ordinary audio files in the recordings folder, whose SHA-256
stands in the change log. What is checked is what is played: the bytes are read once. A worker's thread."""

import hashlib
import hmac
import io

from desk.domain.call_log import RecordingEntry
from desk.usecases.recording_ports import RecordingAway, RecordingFiles, StreamBroken, VaultRefused

PLAIN_SUFFIXES = (".opus", ".flac")


class PlainStream(io.BytesIO):
    """Implements `recording_ports.AudioStream`: all of it is there from the start."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._size = len(content)

    @property
    def size(self) -> int:
        return self._size

    @property
    def loaded(self) -> int:
        return self._size


class PlainOpener:
    """Implements `recording_ports.Opener` for them."""

    def __init__(self, files: RecordingFiles) -> None:
        self._files = files

    def open(self, entry: RecordingEntry) -> PlainStream:
        try:
            untrusted_content = self._files.read(entry.file)
        except FileNotFoundError as error:
            raise RecordingAway(str(error)) from error
        except OSError as error:
            raise VaultRefused(str(error)) from error
        if not hmac.compare_digest(hashlib.sha256(untrusted_content).hexdigest(), entry.sha256.lower()):
            raise StreamBroken("not the file that was logged")
        return PlainStream(untrusted_content)
