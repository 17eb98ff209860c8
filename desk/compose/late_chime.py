"""The chime of the window's reminders, loaded when the first one is due: miniaudio takes longer to load than a window
may take to open. Qt's thread returns at once; the loading is done by a thread."""

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.telephony.headset.chime import Chime


class LateChime:
    """`desk.ui.beside.reminders.Chime` over the shipped sounds in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _real(self) -> "Chime":
        from desk.telephony.headset.chime import Chime

        return Chime(self._folder)

    def __call__(self, sound: str, device: str, gain_db: float) -> None:
        if "_real" in self.__dict__:
            self._real(sound, device, gain_db)
        else:
            threading.Thread(target=lambda: self._real(sound, device, gain_db), name="chime-load", daemon=True).start()
