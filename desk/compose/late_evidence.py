"""What takes recordings out of the hotline, for the window; loaded when the first one is taken out: age, PyAV and the
vault's client take longer to load than a window may take to open. A worker's thread."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk.compose.clock import now
from desk.domain.categories import CategoryTree
from desk.domain.evidence import Evidence, SoundOrder
from desk.domain.identity import CallId
from desk.domain.listening import Listener
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.history import SqlHistories, SqlSealedLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.store.trails import SqlTrails
from desk.usecases.estate_map import EstateMap
from desk.usecases.listening_log import ListeningLog
from desk.usecases.recording_ports import Progress

if TYPE_CHECKING:
    from desk.usecases.evidence import ExportAudio, MakePack


@dataclass(frozen=True, slots=True)
class EvidenceParts:
    """What is there already when the window opens."""

    settings: Settings
    store: Store
    listening_log: ListeningLog
    estate_map: EstateMap
    categories: CategoryTree
    agent: Callable[[], str]  # who sits here: a work number


class LateEvidence:
    """`make_pack` and `export` as `desk.usecases.evidence` says; they raise `KeyringWeak` as well."""

    def __init__(self, parts: EvidenceParts) -> None:
        self._parts = parts
        self._made: tuple[MakePack, ExportAudio] | None = None
        self._making = threading.Lock()

    def make_pack(
        self, call_id: CallId, listener: Listener, target: Path, progress: Progress = lambda _share: None
    ) -> Evidence:
        return self._both()[0].make(call_id, listener, target, progress)

    def export(
        self,
        call_id: CallId,
        listener: Listener,
        order: SoundOrder,
        target: Path,
        progress: Progress = lambda _share: None,
    ) -> None:
        self._both()[1].export(call_id, listener, order, target, progress)

    def _both(self) -> "tuple[MakePack, ExportAudio]":
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> "tuple[MakePack, ExportAudio]":
        from desk.compose.sealing import opener_of
        from desk.recording.proof.export import SoundFiles
        from desk.recording.proof.pack import HtmlPacks
        from desk.recording.vault.configured import vault_of
        from desk.recording.vault.staged import StagedSource
        from desk.usecases.evidence import ExportAudio, MakePack
        from desk.usecases.gather_evidence import GatherEvidence

        parts, secrets = self._parts, KeyringSecrets()
        settings, store = parts.settings, parts.store
        source = StagedSource(settings.sealed_dir, vault_of(settings, secrets.get, now))
        opener = opener_of(settings, secrets, source, parts.agent)
        calls, residents = SqlCallLog(store), SqlResidents(store)
        gather = GatherEvidence(
            calls,
            SqlTickets(store),
            SqlHistories(store),
            SqlTrails(store),
            residents,
            SqlComments(store),
            SqlListenings(store),
            SqlSealedLog(store),
            parts.estate_map,
        )
        words = {category.code: f"{category.zh} {category.en}" for category in parts.categories.categories}
        make = MakePack(parts.listening_log, now, settings.seat.name, calls, gather, HtmlPacks(opener, words))
        return make, ExportAudio(parts.listening_log, calls, opener, SoundFiles())
