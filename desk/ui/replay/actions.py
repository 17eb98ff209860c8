"""What may be done with the chosen call's recording: plain audio or an evidence pack written out, a legal hold set or
lifted, its id copied. Agents have no use for them, and do not see them. What takes long shows how far it is and can be
stopped; a hold can be taken back at once. Ui process, Qt's thread; the work is done on the worker."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desk.domain.call_log import RecordingKept
from desk.domain.evidence import SoundOrder
from desk.domain.identity import CallId
from desk.domain.listening import Listener, Role
from desk.i18n import _
from desk.ui.key_button import KeyButton
from desk.ui.replay import action_words
from desk.ui.replay.action_strips import ExportStrip, HoldStrip, ProgressStrip
from desk.ui.theme import Space
from desk.ui.worker import Worker
from desk.usecases.recording_ports import Cancelled, Progress
from desk.usecases.search_calls import FoundCall

LANE = "replay-actions"
Choose = Callable[[str, str, Callable[[str], None]], None]  # suggested name, filter, what to do with the file chosen


@dataclass(frozen=True, kw_only=True)
class ActionsParts:
    """All but `listener_changed` run on the worker. `export` (`ExportAudio.export`), `pack` (`MakePack.make`); `hold`
    and `lift` (`LegalHold`). `changed`: rows were written."""

    worker: Worker
    listener: Callable[[], Listener]
    export: Callable[[CallId, Listener, SoundOrder, Path, Progress], None]
    pack: Callable[[CallId, Listener, Path, Progress], object]
    hold: Callable[[CallId, str], None]
    lift: Callable[[CallId, str], None]
    changed: Callable[[], None] = lambda: None


class Actions(QFrame):
    """`done()`: something was written that the list or the pages show."""

    done = Signal()
    _went = Signal(float)

    def __init__(self, parts: ActionsParts, choose: Choose | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_actions")
        self._parts = parts
        self._choose = choose or _ask_for_file(self)
        self._found: FoundCall | None = None
        self._is_supervisor = False
        self._stop: threading.Event | None = None
        self._undo: Callable[[], None] | None = None
        self.export_key = KeyButton("replay_export", _("Export"), "Ctrl+E", "export", "quiet")
        self.pack_key = KeyButton("replay_pack", _("Evidence pack"), "Ctrl+P", "package", "quiet")
        self.hold_key = KeyButton("replay_hold", _("Legal hold"), "Ctrl+L", "lock-simple", "quiet")
        self.copy_key = KeyButton("replay_copy", _("Copy id"), "Ctrl+I", "copy", "quiet")
        self.export_strip, self.hold_strip, self.progress = ExportStrip(), HoldStrip(), ProgressStrip()
        self._lay_out()
        self.export_key.clicked.connect(lambda: self._toggle(self.export_strip))
        self.pack_key.clicked.connect(self._ask_pack)
        self.hold_key.clicked.connect(self._ask_hold)
        self.copy_key.clicked.connect(self._copy)
        self.export_strip.wanted.connect(self._ask_export)
        self.hold_strip.wanted.connect(self._set_hold)
        self.progress.stop_wanted.connect(self._stop_work)
        self.progress.undo_wanted.connect(self._take_back)
        self._went.connect(self.progress.show_share, Qt.ConnectionType.QueuedConnection)
        self._show_rights()

    def show_listener(self, listener: Listener) -> None:
        self._is_supervisor = listener.role is Role.SUPERVISOR and bool(listener.agent)
        self._show_rights()

    def show_found(self, found: FoundCall | None) -> None:
        before = self._found
        self._found = found
        if before is None or found is None or before.hit.call.call_id != found.hit.call.call_id:
            self.export_strip.hide()
            self.hold_strip.hide()
        self._show_rights()

    def _show_rights(self) -> None:
        for key in (self.export_key, self.pack_key, self.hold_key):
            key.setVisible(self._is_supervisor)
        recording = self._found.hit.recording if self._found is not None else None
        kept = recording is not None and recording.kept is RecordingKept.KEPT and recording.deleted_at is None
        busy = self._stop is not None
        self.export_key.setEnabled(kept and not busy)
        self.pack_key.setEnabled(kept and not busy)
        self.hold_key.setEnabled(kept)
        held = recording is not None and recording.legal_hold
        self.hold_key.say(
            _("Lift legal hold") if held else _("Legal hold"), "lock-simple-open" if held else "lock-simple"
        )
        self.copy_key.setEnabled(self._found is not None)

    # ---- exports

    def _toggle(self, strip: ExportStrip | HoldStrip) -> None:
        other = self.hold_strip if strip is self.export_strip else self.export_strip
        other.hide()
        if strip.isVisible():
            strip.hide()
        else:
            strip.open()

    def _ask_export(self, order: SoundOrder) -> None:
        self.export_strip.hide()
        found = self._found
        if found is None:
            return
        call_id, suffix = found.hit.call.call_id, order.form.value
        name = f"{found.hit.call.offered_at:%Y%m%d-%H%M}-{call_id[:8]}.{suffix}"
        parts = self._parts

        def go(file: str) -> None:
            target = Path(file)
            self._begin(
                _("Exporting ..."),
                lambda progress: parts.export(call_id, parts.listener(), order, target, progress),
                target,
            )

        self._choose(name, f"{suffix.upper()} (*.{suffix})", go)

    def _ask_pack(self) -> None:
        found = self._found
        if found is None:
            return
        call_id = found.hit.call.call_id
        parts = self._parts

        def go(file: str) -> None:
            target = Path(file)
            self._begin(
                _("Making the evidence pack ..."),
                lambda progress: parts.pack(call_id, parts.listener(), target, progress),
                target,
            )

        self._choose(f"{found.hit.call.offered_at:%Y%m%d-%H%M}-{call_id[:8]}.html", "HTML (*.html)", go)

    def _begin(self, words: str, work: Callable[[Progress], object], target: Path) -> None:
        stop = self._stop = threading.Event()
        went = self._went

        def progress(share: float) -> None:
            if stop.is_set():
                raise Cancelled
            went.emit(share)

        def finished(said: str, role: str) -> None:
            self._stop = None
            self.progress.say(said, role)
            self._show_rights()

        def is_done(_result: object) -> None:
            finished(action_words.written(target), "ok")
            self._parts.changed()
            self.done.emit()

        def has_failed(error: Exception) -> None:
            said = action_words.failed(error)
            finished(said or _("That did not work. Try again; if it stays, tell IT."), "error")
            self.done.emit()
            if not said:
                raise error

        self.progress.begin(words)
        self._show_rights()
        self._parts.worker.run(lambda: work(progress), is_done, has_failed, lane=LANE, owner=self)

    def _stop_work(self) -> None:
        if self._stop is not None:
            self._stop.set()

    # ---- legal hold

    def _ask_hold(self) -> None:
        recording = self._found.hit.recording if self._found is not None else None
        if recording is not None:
            self.hold_strip.show_way(lift=recording.legal_hold)
            self._toggle(self.hold_strip)

    def _set_hold(self, why: str) -> None:
        found = self._found
        if found is None or found.hit.recording is None:
            return
        call_id, lift = found.hit.call.call_id, found.hit.recording.legal_hold
        self._hold(call_id, why, lift=lift, undone=False)

    def _hold(self, call_id: CallId, why: str, *, lift: bool, undone: bool) -> None:
        parts = self._parts
        do = parts.lift if lift else parts.hold

        def is_done(_none: None) -> None:
            self.hold_strip.hide()
            said = _("The legal hold is lifted.") if lift else _("The recording is kept, whatever the rules say.")
            self._undo = None if undone else (lambda: self._hold(call_id, _("Taken back"), lift=not lift, undone=True))
            self.progress.say(said, "ok", undo=not undone)
            parts.changed()
            self.done.emit()

        def has_failed(error: Exception) -> None:
            said = action_words.failed(error)
            self.progress.say(said or _("That did not work. Try again; if it stays, tell IT."), "error")
            if not said:
                raise error

        parts.worker.run(lambda: do(call_id, why), is_done, has_failed, lane=LANE, owner=self)

    def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _copy(self) -> None:
        if self._found is not None:
            QApplication.clipboard().setText(self._found.hit.call.call_id)
            self.progress.say(_("Copied: {id}").format(id=self._found.hit.call.call_id), "caption")

    def _lay_out(self) -> None:
        keys = QHBoxLayout()
        keys.setSpacing(0)
        for button in (self.export_key, self.pack_key, self.hold_key, self.copy_key):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            keys.addWidget(button)
        keys.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(keys)
        for strip in (self.export_strip, self.hold_strip, self.progress):
            column.addWidget(strip)


def _ask_for_file(owner: QWidget) -> Choose:
    def choose(name: str, kinds: str, do: Callable[[str], None]) -> None:
        dialog = QFileDialog(owner.window(), _("Write to"), str(Path.home() / name), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.selectFile(name)
        dialog.fileSelected.connect(do)
        dialog.open()

    return choose
