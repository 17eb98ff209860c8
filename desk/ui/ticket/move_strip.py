"""What a move needs, asked in place: a reason, a day, a person, a ticket, each a field, Enter does it. Ui process, Qt's
thread."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk.domain.estate import Duty, Staff
from desk.domain.identity import StaffId, TaskId, TicketId
from desk.domain.moves import Given, MoveKind, Need, Refusal, fitting, rule_of
from desk.domain.tickets import Priority, Ticket
from desk.i18n import _
from desk.ui import theme, words
from desk.ui.after import words as after_words
from desk.ui.date_field import DateField
from desk.ui.icons import Picture
from desk.ui.key_button import KeyButton
from desk.ui.pick_field import Option, PickField
from desk.ui.rows_presenter import CategoryName
from desk.ui.theme import Space
from desk.ui.ticket import move_words
from desk.ui.ticket.uses import Whole
from desk.usecases.ports import Clock

_YES, _NO = "yes", "no"
_TASK = "task"
_ENDS = frozenset({MoveKind.TELL_PLAN, MoveKind.PROMISE})
Field = PickField | DateField | QLineEdit
# a refusal -> the field it is about
_ABOUT = {
    Refusal.NEEDS_REASON: Need.REASON,
    Refusal.NEEDS_TEXT: Need.TEXT,
    Refusal.NEEDS_DATE: Need.DATE,
    Refusal.DATE_PAST: Need.DATE,
    Refusal.AFTER_PROMISE: Need.DATE,
    Refusal.NEEDS_PERSON: Need.PERSON,
    Refusal.UNKNOWN_PERSON: Need.PERSON,
    Refusal.PERSON_LEFT: Need.PERSON,
    Refusal.NEEDS_HANDLER: Need.HANDLER,
    Refusal.UNKNOWN_HANDLER: Need.HANDLER,
    Refusal.HANDLER_LEFT: Need.HANDLER,
    Refusal.NEEDS_TICKET: Need.TICKET,
    Refusal.TICKET_NOT_OPEN: Need.TICKET,
    Refusal.SAME_TICKET: Need.TICKET,
    Refusal.NEEDS_TITLE: Need.TITLE,
    Refusal.NEEDS_ANSWER: Need.ANSWER,
    Refusal.NEEDS_PRIORITY: Need.PRIORITY,
}


class MoveStrip(QFrame):
    """`wanted(kind, Given, spoken)`: it is to be done; `spoken` is what was typed for the ticket to join, "" where one
    was chosen. `back()`: another move after all."""

    wanted = Signal(object, object, str)
    back = Signal()

    def __init__(
        self,
        clock: Clock,
        zone: tzinfo,
        category: CategoryName,
        causes: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`causes`: why something may be late; they are the reasons for another promised date."""
        super().__init__(parent)
        self.setObjectName("move_strip")
        self._clock, self._zone, self._category, self._causes = clock, zone, category, causes
        self._kind: MoveKind | None = None
        self._fields: dict[Need | str, Field] = {}
        self._picture = Picture("arrow-right", "accent")
        self._title = QLabel()
        self._title.setObjectName("move_title")
        theme.mark(self._title, "strong")
        self._why = QLabel()
        self._why.setObjectName("move_why")
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        theme.mark(self._why, "error")
        self._do = KeyButton("do_move", _("Do it"), "Enter", "check", "primary", listens=False)
        self._do.clicked.connect(self.submit)
        other = KeyButton("other_move", _("Another one"), "Esc", "arrow-left", "quiet", listens=False)
        other.clicked.connect(self.back)
        for button in (self._do, other):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnMinimumWidth(0, 96)
        self._grid.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._picture)
        head.addWidget(self._title, 1)
        head.addWidget(other)
        head.addWidget(self._do)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addWidget(self._why)

    @property
    def kind(self) -> MoveKind | None:
        return self._kind

    def ask(self, kind: MoveKind, whole: Whole, near: Sequence[Ticket] = ()) -> None:
        """Begin anew with this move. `near`: tickets that it may be joined to."""
        self._kind = kind
        self._picture.show_icon(move_words.icon(kind), "accent")
        self._title.setText(move_words.move(kind))
        self._why.hide()
        self._empty()
        for name, label, field in self._wanted(kind, whole, near):
            self._add(name, label, field)
        self.focus_first()

    def needs_nothing(self, kind: MoveKind, whole: Whole) -> bool:
        """Whether this move can be made without a question."""
        rule = rule_of(kind, whole.page.ticket.stage)
        return rule is not None and not rule.needs and len(fitting(rule, whole.page.tasks)) <= 1

    def offer_tickets(self, near: Sequence[Ticket]) -> None:
        field = self._fields.get(Need.TICKET)
        if isinstance(field, PickField):
            field.offer(self._tickets(near))

    def focus_first(self) -> None:
        first = next(iter(self._fields.values()), None)
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, reason: Refusal) -> None:
        """It was not done: say why, with the keyboard in the field it is about."""
        self._why.setText(move_words.refusal(reason))
        self._why.show()
        field = self._fields.get(_ABOUT.get(reason, ""))
        if field is not None:
            _mark_wrong(field)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        if self._kind is not None:
            given, spoken = self._given()
            self.wanted.emit(self._kind, given, spoken)

    # ---- fields

    def _wanted(self, kind: MoveKind, whole: Whole, near: Sequence[Ticket]) -> list[tuple[Need | str, str, Field]]:
        rule = rule_of(kind, whole.page.ticket.stage)
        if rule is None:
            return []
        found: list[tuple[Need | str, str, Field]] = []
        tasks = fitting(rule, whole.page.tasks)
        if len(tasks) > 1:
            label = _("Which task")
            options = [Option(task.task_id, f"{task.title} · {after_words.task_stage(task.stage)}") for task in tasks]
            found.append((_TASK, label, PickField("move_task", label, options, free=False)))
        for need in rule.needs:
            if need is Need.CORRECTION:
                continue  # the form of a panel of its own (`desk.ui.after.correction`)
            label = move_words.asks(kind, need)
            found.append((need, label, self._field(kind, need, label, whole, near)))
        return found

    def _field(self, kind: MoveKind, need: Need, label: str, whole: Whole, near: Sequence[Ticket]) -> Field:
        name = f"move_{need.value}"
        match need:
            case Need.DATE:
                return DateField(name, label, self._clock, self._zone, ends=kind in _ENDS)
            case Need.TEXT | Need.TITLE:
                line = QLineEdit()
                line.setObjectName(name)
                line.setAccessibleName(label)
                return line
            case Need.REASON:
                causes = self._causes if kind is MoveKind.PROMISE else ()
                options = [Option(text, text) for text in causes or move_words.reasons(kind)]
                return PickField(name, label, options, free=True)
            case Need.PERSON:
                return PickField(name, label, _people(whole.staff, handlers=False), free=True, digits=False)
            case Need.HANDLER:
                return PickField(name, label, _people(whole.staff, handlers=True), free=False, digits=False)
            case Need.TICKET:
                return PickField(name, label, self._tickets(near), free=True, digits=False)
            case Need.ANSWER:
                answers = [Option(_YES, _("solved")), Option(_NO, _("not solved"))]
                return PickField(name, label, answers, free=False)
            case Need.PRIORITY:
                grades = [Option(grade.value, words.priority(grade)) for grade in Priority]
                return PickField(name, label, grades, free=False)
            case Need.CORRECTION:
                raise ValueError(need)

    def _tickets(self, near: Sequence[Ticket]) -> list[Option]:
        def text(ticket: Ticket) -> str:
            about = self._category(ticket.category) or words.kind(ticket.kind)
            return f"{ticket.number} {about} {ticket.place_text}".strip()

        return [Option(ticket.ticket_id, text(ticket)) for ticket in near]

    def _add(self, name: Need | str, words: str, field: Field) -> None:
        row = self._grid.rowCount()
        label = QLabel(words)
        theme.mark(label, "muted")
        label.setMinimumHeight(theme.Size.CONTROL)
        label.setBuddy(field)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, row, 1)
        self._fields[name] = field
        entered = field.returnPressed if isinstance(field, QLineEdit) else field.entered
        entered.connect(lambda: self._next(name))

    def _next(self, name: Need | str) -> None:
        """Enter: on to the first field that is empty; done where none is."""
        empty = next((field for field in self._fields.values() if not _has_value(field)), None)
        if empty is None or empty is self._fields[name]:
            self.submit()
        else:
            empty.setFocus(Qt.FocusReason.TabFocusReason)

    def _empty(self) -> None:
        self._fields.clear()
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    # ---- what was given

    def _given(self) -> tuple[Given, str]:
        given, spoken = Given(), ""
        for name, field in self._fields.items():
            if isinstance(field, DateField):
                given = replace(given, until=field.value())
                continue
            value = field.value() if isinstance(field, PickField) else field.text().strip()
            if name is Need.TICKET and isinstance(field, PickField):
                chosen = field.is_chosen()
                given = replace(given, ticket_id=TicketId(value) if chosen else None)
                spoken = "" if chosen else value
            elif value:
                given = _GIVE[name](given, value)
        if self._kind is MoveKind.PROMISE and given.reason in self._causes:
            given = replace(given, cause=given.reason)
        return given, spoken


def _grade(given: Given, value: str) -> Given:
    return replace(given, priority=Priority(value))


_GIVE: dict[Need | str, Callable[[Given, str], Given]] = {
    _TASK: lambda given, value: replace(given, task_id=TaskId(value)),
    Need.REASON: lambda given, value: replace(given, reason=value),
    Need.TEXT: lambda given, value: replace(given, text=value),
    Need.TITLE: lambda given, value: replace(given, title=value),
    Need.PERSON: lambda given, value: replace(given, person=value),
    Need.HANDLER: lambda given, value: replace(given, handler_id=StaffId(value)),
    Need.ANSWER: lambda given, value: replace(given, solved=value == _YES),
    Need.PRIORITY: _grade,
}


def _people(staff: Sequence[Staff], *, handlers: bool) -> list[Option]:
    """Handlers by their id, the hotline's people by work number."""
    found = [one for one in staff if one.active and (one.duty is Duty.HANDLER) is handlers]
    return [Option(one.staff_id if handlers else one.number, f"{one.number} {one.name}".strip()) for one in found]


def _has_value(field: Field) -> bool:
    return bool(field.text().strip()) if isinstance(field, QLineEdit) else bool(field.value())


def _mark_wrong(field: Field) -> None:
    if isinstance(field, QLineEdit):
        field.setProperty("wrong", True)
        theme.repolish(field)
    else:
        field.refuse(is_wrong=True)
