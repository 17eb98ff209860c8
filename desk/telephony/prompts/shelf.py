"""The prompts as files: those that an agent has recorded (`<folder>/<work number>/<prompt>.wav`), and below them the
shipped ones (`<shipped>/<prompt>.wav`). The shipped greeting is put together: words, the work number digit by digit,
words; where the number has a character without a sound, the greeting goes without it.

Sounds are mono, 16 bit, at `RATE_HZ`; a file that is something else is told in the log and passed over, as if it were
not there. Phone process, main thread, between calls: who needs a prompt quickly keeps it (`prompts.Prompts` does)."""

import logging
import re
import wave
from pathlib import Path

from desk.domain.prompts import GREETING, PROMPTS, is_prompt_name
from desk.telephony.frames import RATE_HZ

_log = logging.getLogger(__name__)

BEFORE_NUMBER, AFTER_NUMBER, WITHOUT_NUMBER = "greeting_before", "greeting_after", "greeting_plain"
_BYTES_PER_S = RATE_HZ * 2


class PromptShelf:
    def __init__(self, folder: Path, shipped: Path) -> None:
        self._folder, self._shipped = folder, shipped

    def sound(self, prompt: str, work_number: str) -> bytes:
        """The prompt of this agent, b"" where there is none."""
        if not is_prompt_name(prompt):
            return b""
        return read_sound(self._own(prompt, work_number)) or self._shipped_sound(prompt, work_number)

    def own(self, work_number: str) -> dict[str, float]:
        """The prompts that this agent has recorded, and how long they are in seconds."""
        lengths = {prompt: len(read_sound(self._own(prompt, work_number))) / _BYTES_PER_S for prompt in PROMPTS}
        return {prompt: round(length_s, 2) for prompt, length_s in lengths.items() if length_s}

    def keep(self, prompt: str, work_number: str, pcm: bytes) -> None:
        """In the place of what was there. Raises `OSError`; what was there is then still there."""
        if not is_prompt_name(prompt):
            raise ValueError(f"no prompt can be called {prompt[:40]!r}")
        file = self._own(prompt, work_number)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = file.with_suffix(".part")
        with wave.open(str(half), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            sound.writeframes(pcm)
        half.replace(file)

    def drop(self, prompt: str, work_number: str) -> None:
        """Raises `OSError`; nothing happens where there is none."""
        if is_prompt_name(prompt):
            self._own(prompt, work_number).unlink(missing_ok=True)

    def _own(self, prompt: str, work_number: str) -> Path:
        folder = re.sub(r"[^0-9A-Za-z]", lambda odd: f"_{ord(odd[0]):x}_", work_number) or "_nobody"
        return self._folder / folder / f"{prompt}.wav"

    def _shipped_sound(self, prompt: str, work_number: str) -> bytes:
        if prompt != GREETING:
            return read_sound(self._shipped / f"{prompt}.wav")
        digits = [
            read_sound(self._shipped / f"digit_{char}.wav") if char in "0123456789" else b"" for char in work_number
        ]
        if not digits or not all(digits):
            return read_sound(self._shipped / f"{WITHOUT_NUMBER}.wav")
        before, after = (read_sound(self._shipped / f"{name}.wav") for name in (BEFORE_NUMBER, AFTER_NUMBER))
        return b"".join((before, *digits, after))


def read_sound(file: Path) -> bytes:
    """The samples of a sound, b"" where it cannot be used."""
    try:
        with wave.open(str(file), "rb") as sound:
            if (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE_HZ):
                return sound.readframes(sound.getnframes())
        _log.warning("a prompt cannot be used: %s is not mono, 16 bit, %d Hz", file.name, RATE_HZ)
        return b""
    except FileNotFoundError:
        return b""
    except (OSError, EOFError, wave.Error) as error:
        _log.warning("a prompt cannot be used: %s: %s", file.name, error)
        return b""
