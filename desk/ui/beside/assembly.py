"""What stands beside the call and not in it: what to say this moment, the reminders, how the call is heard, the call
log, the agent's prompts on the headset page. Puts them into the places that the window has for them.

Ui process, Qt's thread; once, when the window is built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtWidgets import QWidget

from desk.settings import PhoneSettings
from desk.texts import Phrase
from desk.ui.beside.call_log import CallLogPage, CallLogParts
from desk.ui.beside.call_log_model import Read
from desk.ui.beside.prompts import PromptCard, WithPrompts
from desk.ui.beside.quality_band import QualityBand, QualityFeed, QualityGlance
from desk.ui.beside.reminders import Chime, ReminderBell
from desk.ui.hub import Hub
from desk.ui.middle import Middle
from desk.ui.telephone.call_bar import CallBar


@dataclass(frozen=True, kw_only=True)
class BesideParts:
    """`read_calls` is `ReadCallLog.read`, `note_number` puts a search for it on record; `open_ticket` and `play` take
    an id."""

    phone: PhoneSettings
    phrases: Sequence[Phrase]
    language: str
    clock: Callable[[], datetime]
    zone: tzinfo
    read_calls: Read
    note_number: Callable[[str], object]
    open_ticket: Callable[[str], None]
    play: Callable[[str], None]
    chime: Chime


class BesideCalls:
    """`right_column` goes where the side panel stood."""

    def __init__(self, hub: Hub, bar: CallBar, middle: Middle, side: QWidget, parts: BesideParts) -> None:
        def work_number() -> str:
            return hub.agent.number if hub.agent else ""

        card = PromptCard(hub, parts.phrases, parts.language, work_number)
        self.right_column = WithPrompts(card, side)
        feed = QualityFeed(hub, parts.zone, bar)
        bar.quality_place.addWidget(QualityGlance(feed))
        column = bar.layout()
        assert column is not None  # noqa: S101 - it has just been built with one
        column.addWidget(QualityBand(feed))
        ReminderBell(hub, parts.phone, parts.chime, bar)
        log_parts = CallLogParts(
            read=parts.read_calls,
            note_number=parts.note_number,
            clock=parts.clock,
            zone=parts.zone,
            work_number=work_number,
            open_ticket=parts.open_ticket,
            play=parts.play,
        )
        middle.cover_with(CallLogPage(hub, log_parts))
        middle.devices.offer_prompts(parts.phrases, parts.language, work_number)
