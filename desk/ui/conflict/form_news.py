"""Above the form: that somebody else has changed what it is about while it is being filled in: the resident, the home,
the call. What the agent has typed stays as it is; Alt+T takes the news over where the form has a field for it, Alt+S
puts it away.

Ui process, Qt's thread; read on the worker when rows have changed, and never by typing."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QVBoxLayout

from desk.domain.drafts import Draft
from desk.i18n import _
from desk.ui.conflict import presenter
from desk.ui.conflict.marks import NewsBand
from desk.ui.conflict.parts import ConflictParts
from desk.ui.intake.content import Field
from desk.ui.intake.form import IntakeForm
from desk.ui.key_button import KeyButton
from desk.ui.middle import Middle
from desk.ui.steps import step
from desk.usecases.watch_things import Key, News

WATCHED = frozenset({"person", "household", "call"})
READ = "form-news"


class FormNews(QObject):
    """Puts its band on top of the form's sheet and lives as long as it."""

    def __init__(self, parts: ConflictParts, form: IntakeForm, middle: Middle) -> None:
        super().__init__(form)
        self._parts, self._form, self._middle = parts, form, middle
        self._draft_id = ""
        self._since: int | None = None
        self._name = ""  # of the caller, as it is now
        self.band = NewsBand("form_news")
        self.take = KeyButton("form_news_take", _("Take over"), presenter.TAKE, "arrow-u-down-left")
        self.take.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.take.hide()
        self.band.add_key(self.take)
        layout = form.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101 - the sheet lays itself out so
        layout.insertWidget(0, self.band)
        self.take.clicked.connect(self._take_over)
        self.band.seen.clicked.connect(self._begin)
        middle.shown_changed.connect(self._shown)
        form.filed.connect(lambda _ticket: self._shown())
        parts.hub.rows_changed.connect(self._rows_changed)

    def _shown(self) -> None:
        """Another draft may be in front."""
        if self._middle.draft_in_form and self._middle.draft_in_form != self._draft_id:
            self._begin()

    def _begin(self) -> None:
        """What happens from now on is news."""
        self._draft_id, self._since = self._middle.draft_in_form, None
        self._show(())
        watching = self._parts.uses.watching
        self._parts.hub.worker.latest(READ, watching.begin, self._begun, owner=self)

    def _begun(self, since: int) -> None:
        self._since = since

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        draft, since = self._form.draft(), self._since
        if since is None or draft is None or not WATCHED.intersection(entities):
            return
        keys, watching = _keys(draft), self._parts.uses.watching
        if keys:
            self._parts.hub.worker.latest(READ, lambda: watching.news(keys, since), self._show, owner=self)

    def _show(self, news: tuple[News, ...]) -> None:
        tongue = self._parts.tongue()
        lines = tuple(f"{presenter.about(n.thing.entity, n.thing.about)} · {presenter.news(n, tongue)}" for n in news)
        renamed = next((n for n in news if (n.thing.entity, n.aspect) == ("person", "name")), None)
        self._name = str(renamed.after["name"]) if renamed else ""
        draft = self._form.draft()
        # A name that nobody has typed over follows by itself.
        follows = (self._name, renamed.before["name"] if renamed else "")
        self.take.setVisible(bool(self._name) and draft is not None and draft.intake.caller_name not in follows)
        if lines and not self.band.text:
            step("form_news_shown", draft_id=self._draft_id)
        self.band.show_lines(lines)

    def _take_over(self) -> None:
        if self._name:
            self._form.take_over(Field.CALLER, self._name)
            self._begin()


def _keys(draft: Draft) -> list[Key]:
    """What the form is about."""
    about = (("person", draft.intake.person_id), ("household", draft.intake.household_id), ("call", draft.call_id))
    return [(entity, name) for entity, name in about if name]
