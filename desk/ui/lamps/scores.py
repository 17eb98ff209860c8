"""The lamp of what is new about scores: of one's own calls, and answers to those that one gave. Not there while there
is nothing. Ui process, Qt's thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from desk.i18n import _, ngettext
from desk.ui.hub import Hub
from desk.ui.lamps.lamp import Lamp, LampView
from desk.ui.worker import LAMPS_LANE
from desk.usecases.read_scores import ScoreNews


def view(news: ScoreNews) -> LampView | None:
    """None: there is nothing new."""
    said = []
    if news.scores:
        said.append(ngettext("{n} new score", "{n} new scores", news.scores).format(n=news.scores))
    if news.answers:
        said.append(ngettext("{n} answer to a score", "{n} answers to scores", news.answers).format(n=news.answers))
    return LampView("busy", " · ".join(said), _("Shift+F11, then Ctrl+6 shows them.")) if said else None


class ScoreLamp(Lamp):
    """`news` (`ReadScores.news`) runs on the worker. `wanted()`: somebody clicks on it to see them."""

    wanted = Signal()

    def __init__(self, hub: Hub, news: Callable[[], ScoreNews]) -> None:
        super().__init__("lamp_scores", _("Scores"), "check-circle")
        self._hub, self._news = hub, news
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        hub.rows_changed.connect(self._rows_changed)
        hub.agent_changed.connect(self.look)
        self._show(ScoreNews())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.wanted.emit()

    def look(self) -> None:
        """Count anew: rows have changed, or somebody else sits here."""
        self._hub.worker.latest("score-news", self._news, self._show, lane=LAMPS_LANE, owner=self)

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if "score" in entities:
            self.look()

    def _show(self, news: ScoreNews) -> None:
        found = view(news)
        if found is not None:
            self.show_view(found)
        self.setVisible(found is not None)
