"""Builds the change log that adds messages to a ticket's moves. Ui process; who sends them is built in
`desk.compose.sending`, which loads what a window has no use for."""

from datetime import time
from pathlib import Path

from desk.compose.clock import now
from desk.compose.task_messages import task_messages
from desk.compose.warning_rules import warning_messages
from desk.domain.categories import CategoryTree
from desk.domain.quiet_hours import QuietHours
from desk.domain.tickets import Kind, Stage
from desk.domain.working_time import CHINA
from desk.settings import Settings
from desk.store.messages import SqlMessages
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.ui import words
from desk.usecases.notify import Notify, Notifying, NotifyParts, NotifyRule, To
from desk.usecases.ports import ChangeAuthor, ChangeLog


def notifying(
    settings: Settings, store: Store, log: ChangeLog, author: ChangeAuthor, categories: CategoryTree
) -> ChangeLog:
    """The same log; where the settings have rules, with the messages that what is appended calls for."""
    if not settings.notify.rules:
        return log
    parts = _parts(settings, store, author, categories)
    others = warning_messages(settings, store, parts)
    return Notifying(log, Notify(parts), task_messages(settings, store, parts), *others)


def calling_off(
    settings: Settings, store: Store, log: ChangeLog, author: ChangeAuthor, categories: CategoryTree
) -> ChangeLog:
    """The same log; with the messages to handlers only. For what no person has done: residents are told of what people
    do, but a handler who need not go any more has to hear of it, whoever called it off."""
    if not settings.notify.rules:
        return log
    return Notifying(log, task_messages(settings, store, _parts(settings, store, author, categories)))


def _parts(settings: Settings, store: Store, author: ChangeAuthor, categories: CategoryTree) -> NotifyParts:
    notify, language = settings.notify, settings.seat.language
    own = Path(notify.templates).expanduser() if notify.templates else None
    return NotifyParts(
        rules=[
            NotifyRule(Stage(rule.when), rule.template, rule.channel, To(rule.to), tuple(map(Kind, rule.kinds)))
            for rule in notify.rules
            if rule.when
        ],
        texts=ShippedTexts(language=language).messages(own),
        quiet=quiet_hours(settings),
        tickets=SqlTickets(store),
        messages=SqlMessages(store),
        staff=SqlResidents(store).staff,
        author=author,
        clock=now,
        category=lambda code: categories.name(code, language),
        kind=words.kind,
        zone=CHINA,
        hotline=notify.hotline,
        area_code=settings.line.area_code,
    )


def quiet_hours(settings: Settings) -> dict[str, QuietHours]:
    """Of each channel that has some."""
    start, until = (time.fromisoformat(text) for text in (settings.notify.quiet_start, settings.notify.quiet_end))
    return {channel.name: QuietHours(start, until, CHINA) for channel in settings.channels if channel.quiet}
