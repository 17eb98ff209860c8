"""The window as a seat has it: everything that `desk.compose.window` gives it, over a real store in a folder of the
test's own. No telephone and no background service stand beside it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from desk import i18n
from desk.compose.central_call_search import CentralCallSearch
from desk.compose.window import Life, window_parts
from desk.domain.commands import Command
from desk.domain.patches import patch_of
from desk.secrets import FakeSecrets
from desk.settings import SeatSettings, Settings
from desk.store.change_log import SqlChangeLog
from desk.store.store import Store
from desk.ui.build import Built
from tests.making import change
from tests.ui import harness, seat


class NobodyThere:
    """The links of a window that stands alone."""

    def __init__(self) -> None:
        self.central_search = CentralCallSearch(lambda _wanted: False)

    def subscribe(self, _receive: object) -> None:
        """Nothing comes."""

    def do(self, command: Command) -> None:
        """Nobody takes it."""

    def nudge(self) -> None:
        """Nobody to be nudged."""

    def tell_sync(self, _message: object) -> bool:
        return False


@contextmanager
def real_window(folder: Path, language: Literal["zh_CN", "en"] = "zh_CN") -> Iterator[Built]:
    """Agent 1001 is signed in, the little estate of the harness is in the store."""
    i18n.speak(language)
    settings = Settings(
        seat=SeatSettings(name="S01", agent="1001", language=language), data_dir=folder, runtime_dir=folder / "run"
    )
    folder.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.store_file, FakeSecrets())
    log = SqlChangeLog(store)
    for entity, entity_id, value in harness.entries():
        log.append([change(entity, entity_id, patch_of(value, _id_field(entity)))])
    life = Life(lambda: None, lambda: None, threading.Event())
    built = harness.window_of(window_parts(settings, store, NobodyThere(), life))
    built.hub.receive(seat.snapshot())
    built.wiring.sign_in("1001")
    try:
        yield built
    finally:
        assert built.hub.worker.close(20)
        built.window.close_unasked()
        built.window.deleteLater()
        store.close()


def _id_field(entity: str) -> str:
    return "call_id" if entity == "recording" else f"{entity}_id"
