"""What the demo tells: each step with the seconds since the start, each check with its outcome; kept in a file too."""

import time
from collections.abc import Callable
from pathlib import Path

from desk.i18n import _


class Report:
    """`say` prints one line. `failed` counts the checks that did not hold."""

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        self._file, self._say = file, say
        self._began_s = time.monotonic()
        self.failed = 0
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")

    def _line(self, mark: str, text: str) -> None:
        line = f"{time.monotonic() - self._began_s:7.2f} s  {mark} {text}"
        self._say(line)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(line + "\n")

    def step(self, text: str) -> None:
        self._line("·", text)

    def check(self, holds: object, text: str, found: str = "") -> bool:
        """One outcome that the demo verifies by itself."""
        self.failed += 0 if holds else 1
        self._line("✓" if holds else "✗", text + (f"  [{found}]" if found else ""))
        return bool(holds)

    def close(self) -> int:
        """The last line; the exit code."""
        if self.failed:
            self._line("✗", _("{count} checks failed.").format(count=self.failed))
            return 1
        self._line("✓", _("Everything held."))
        return 0
