"""How the call in front is heard: a small curve with one word in the call bar (`QualityGlance`) while nothing is wrong;
in its place, while something is, a line below the bar (`QualityBand`): what, what to do, the figures that IT asks for,
the worst moment. Ui process, Qt's thread."""

from datetime import tzinfo

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desk.domain.calls import TALKING
from desk.i18n import _
from desk.ui import theme
from desk.ui.beside.quality_graph import QualityGraph
from desk.ui.beside.quality_presenter import Histories, QualityView, present
from desk.ui.hub import Hub
from desk.ui.icons import Picture
from desk.ui.steps import step
from desk.ui.text_line import TextLine
from desk.ui.theme import Space


class QualityFeed(QObject):
    """Keeps what was measured. `changed()`: the view of the call in front is another one."""

    changed = Signal()

    def __init__(self, hub: Hub, zone: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._zone = hub, zone
        self._histories = Histories()
        self.view: QualityView | None = None
        hub.calls_changed.connect(self._calls_changed)

    def _calls_changed(self) -> None:
        state = self._hub.state
        self._histories.see(state.calls.values())
        front = state.front()
        talked = front is not None and front.phase in TALKING
        history = self._histories.of(front.call_id) if front is not None and talked else None
        view = present(history, self._hub.clock(), self._zone) if history is not None else None
        if view != self.view:
            if (view.sentence if view else "") != (self.view.sentence if self.view else ""):
                step("quality_told", tone=view.tone if view else "")
            self.view = view
            self.changed.emit()


class QualityGlance(QWidget):
    def __init__(self, feed: QualityFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quality_glance")
        self._feed = feed
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, Space.XS, 0)
        column.setSpacing(0)
        self._graph = QualityGraph(44, 16)
        self._word = QLabel()
        self._word.setObjectName("quality_word")
        self._word.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._graph)
        column.addWidget(self._word)
        feed.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        view = self._feed.view
        self.setVisible(view is not None and not view.sentence)
        if view is None or view.sentence:
            return
        self._graph.show_points(view.points, view.tone)
        self._word.setText(view.word)
        theme.mark(self._word, {"go": "caption", "warn": "warning", "danger": "error"}[view.tone])
        told = "\n".join(part for part in (view.sentence, view.figures, view.worst) if part)
        self.setToolTip(told)
        self.setAccessibleName(_("Sound: {word}. {figures}").format(word=view.word, figures=view.figures))


class QualityBand(QWidget):
    def __init__(self, feed: QualityFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quality_band")
        self._feed = feed
        around = QHBoxLayout(self)
        around.setContentsMargins(Space.S, Space.S, Space.S, 0)
        self._frame = QFrame()
        around.addWidget(self._frame)
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.S)
        self._picture = Picture("wifi-slash", "on_warn_soft")
        self._sentence, self._figures = TextLine(), QLabel()
        self._sentence.setObjectName("quality_sentence")
        self._sentence.setStyleSheet("font-weight: 600;")
        self._figures.setObjectName("quality_figures")
        self._figures.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._graph = QualityGraph(144, 26)
        self._graph.setObjectName("quality_graph_large")
        row.addWidget(self._picture)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._figures)
        row.addWidget(self._graph, 0, Qt.AlignmentFlag.AlignVCenter)
        feed.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        view = self._feed.view
        wrong = view is not None and bool(view.sentence)
        self.setVisible(wrong)
        if view is None or not wrong:
            return
        grave = view.tone == "danger"
        theme.mark(self._frame, "banner-danger" if grave else "banner-warn")
        self._picture.show_icon("wifi-slash", "on_danger_soft" if grave else "on_warn_soft")
        self._sentence.setText(view.sentence)
        self._figures.setText(" · ".join(part for part in (view.figures, view.worst) if part))
        for label in (self._sentence, self._figures):
            theme.repolish(label)
        self._graph.show_points(view.points, "danger" if grave else "warn")
        self._frame.setAccessibleName(f"{view.sentence}. {view.figures}")
