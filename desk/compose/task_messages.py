"""Builds the messages that handlers get about their tasks. Ui process, and wherever else tickets are moved."""

from desk.compose.clock import now
from desk.compose.policies import policy_folders
from desk.compose.reply_links import ReplySecret, link_maker
from desk.policies.dispatch import read_dispatch
from desk.settings import Settings
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.usecases.notify import NotifyParts
from desk.usecases.notify_tasks import NotifyTasks, TaskMessageParts


def task_messages(settings: Settings, store: Store, parts: NotifyParts) -> NotifyTasks:
    """`parts`: as the messages about tickets have them."""
    holds = read_dispatch(policy_folders(settings)).value.link_holds
    link = link_maker(settings, ReplySecret(), holds, now)
    return NotifyTasks(TaskMessageParts(notify=parts, tasks=SqlTasks(store), link=link))
