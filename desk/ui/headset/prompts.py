"""The agent's prompts on the headset page: what the machine says in their place, recorded by themselves or shipped. Up
and Down choose, keys record, try and drop. Ui process, Qt's thread; the phone records and keeps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desk.domain.commands import DropPrompt, HearPrompt, RecordPrompt
from desk.domain.events import CommandRefused, PromptRecorded
from desk.i18n import _
from desk.texts import Phrase
from desk.ui import theme
from desk.ui.beside.prompts_presenter import PromptRow, prompt_rows, recorded_words
from desk.ui.hub import Hub
from desk.ui.key_button import KeyButton
from desk.ui.steps import step
from desk.ui.theme import Space

_ROW_HEIGHT = 28


@dataclass(frozen=True, slots=True)
class PromptTexts:
    phrases: Sequence[Phrase]
    language: str
    work_number: Callable[[], str]


class PromptsPanel(QWidget):
    def __init__(self, hub: Hub, texts: PromptTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompts_panel")
        self._hub, self._texts = hub, texts
        self._recording = ""
        self._rows: tuple[PromptRow, ...] = ()
        title = QLabel(_("Prompts"))
        theme.mark(title, "strong")
        self.list = QListWidget()
        self.list.setObjectName("prompts_list")
        self.list.setAccessibleName(_("Prompts: what the machine says for you"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _row: self._show_chosen())
        self._text, self._outcome = QLabel(), QLabel()
        for label, name, role in ((self._text, "prompt_text", "muted"), (self._outcome, "prompt_outcome", "strong")):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            theme.mark(label, role)
        self.record = KeyButton("record_prompt", _("Record"), "Ctrl+J", "microphone")
        self.hear = KeyButton("hear_prompt", _("Listen"), "Ctrl+E", "play")
        self.drop = KeyButton("drop_prompt", _("Shipped voice"), "Ctrl+U", "arrow-counter-clockwise")
        self.record.clicked.connect(self._record)
        self.hear.clicked.connect(self._hear)
        self.drop.clicked.connect(self._drop)
        keys = QHBoxLayout()
        keys.setSpacing(Space.S)
        keys.addWidget(title, 1)
        for button in (self.record, self.hear, self.drop):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            keys.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(keys)
        for widget in (self.list, self._text, self._outcome):
            column.addWidget(widget)
        hub.prompts_changed.connect(self.refresh)
        hub.headset_changed.connect(self.refresh)  # the phone has attached anew
        hub.agent_changed.connect(self.refresh)
        hub.calls_changed.connect(self._show_chosen)
        hub.prompt_recorded.connect(self._recorded)
        hub.refused.connect(self._refused)
        self._outcome.hide()
        self.refresh()
        self.list.setCurrentRow(0)

    def leave(self) -> None:
        """The page is left: nothing is recorded or tried any more."""
        if self._recording:
            self._hub.do(RecordPrompt(self._recording, on=False))
        self._outcome.hide()

    @property
    def chosen(self) -> PromptRow:
        return self._rows[max(0, self.list.currentRow())]

    def refresh(self) -> None:
        texts = self._texts
        rows = prompt_rows(
            self._hub.state.own_prompts, self._recording, texts.phrases, texts.language, texts.work_number()
        )
        if rows != self._rows:
            self._rows = rows
            self._fill()
        self._show_chosen()

    def _fill(self) -> None:
        while self.list.count() < len(self._rows):
            self.list.addItem(QListWidgetItem())
        for index, row in enumerate(self._rows):
            item = self.list.item(index)
            item.setText(f"{row.name}  ·  {row.state}")
        height = self.list.sizeHintForRow(0) if self._rows else _ROW_HEIGHT
        self.list.setFixedHeight(max(height, _ROW_HEIGHT) * len(self._rows) + 2)

    def _show_chosen(self) -> None:
        row, idle = self.chosen, self._hub.state.front() is None
        self._text.setText(row.text)
        here = self._recording == row.prompt
        self.record.say(_("Stop") if here else _("Record"), "stop" if here else "microphone", "danger" if here else "")
        self.record.setEnabled(idle and (here or not self._recording))
        self.hear.setEnabled(idle and not self._recording)
        self.drop.setEnabled(row.own_s is not None and not self._recording)

    def _record(self) -> None:
        row = self.chosen
        on = not self._recording
        if on:
            self._recording = row.prompt
            self._outcome.hide()
        self._hub.do(RecordPrompt(row.prompt if on else self._recording, on))
        self.refresh()

    def _hear(self) -> None:
        self._hub.do(HearPrompt(self.chosen.prompt))

    def _drop(self) -> None:
        self._hub.do(DropPrompt(self.chosen.prompt))

    def _recorded(self, recorded: PromptRecorded) -> None:
        step("prompt_recorded", prompt=recorded.prompt, why=recorded.why)
        self._recording = ""
        self._outcome.setText(recorded_words(recorded.prompt, recorded.why, recorded.length_s))
        theme.mark(self._outcome, "error" if recorded.why else "ok")
        self._outcome.show()
        self.refresh()

    def _refused(self, refused: CommandRefused) -> None:
        if refused.command == RecordPrompt.__name__:
            self._recording = ""
            self.refresh()
