"""`desk follow-up`: the figures of the last days, and how a week's spot checks are drawn. Reads only."""

from argparse import Namespace
from collections.abc import Callable
from datetime import datetime, timedelta

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.follow_up_rules import FollowUpRules
from desk.compose.policies import Policies
from desk.domain.ticket_figures import figures
from desk.domain.working_time import CHINA
from desk.faults import Fault
from desk.i18n import _
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.follow_ups import SqlFollowUps
from desk.store.store import Store
from desk.store.ticket_figures import SqlFigures
from desk.ui.after.follow_up.figure_words import figure_lines
from desk.usecases.draw_samples import week_of
from desk.usecases.spot_check import SpotChecks, WeekNotOver

Say = Callable[[str], None]


def run(settings: Settings, arguments: Namespace, say: Say = print, secrets: Secrets | None = None) -> int:
    """One of the actions; the exit code. Raises `Fault`, what opening the store raises."""
    store = Store.open(settings.store_file, secrets or KeyringSecrets())
    try:
        if arguments.action == "figures":
            return _figures(store, arguments.days, now(), say)
        return _sample(settings, store, arguments.week or week_of(now() - timedelta(days=7), CHINA), say)
    finally:
        store.close()


def _figures(store: Store, days: int, at: datetime, say: Say) -> int:
    today = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = today - timedelta(days=days - 1), today + timedelta(days=1)
    found = figures(SqlFigures(store).rows(since, min(until, at)), since, min(until, at))
    say(f"{since:%Y-%m-%d %H:%M} – {min(until, at).astimezone(CHINA):%Y-%m-%d %H:%M}")
    lines = figure_lines(found)
    for what, how_much in lines:
        say(f"{what}\t{how_much}")
    return exit_codes.OK


def _sample(settings: Settings, store: Store, period: str, say: Say) -> int:
    changes = SqlChangeLog(store)
    author = SeatAuthor(settings.seat.name, lambda: "", now, lambda: "", changes.base_seq)  # nothing is written
    rules = FollowUpRules(Policies(settings, None))
    try:
        drawn = SpotChecks(changes, author, SqlFollowUps(store), now, CHINA, rules.policy).sample(period)
    except WeekNotOver as error:
        raise Fault(_("The week is not over yet.")) from error
    except ValueError as error:
        raise Fault(_("a week is written 2026-W47")) from error
    for one in drawn:
        say(f"{period} {one.agent}: {len(one.ids)} / {one.among}, seed {one.seed}")
        for name in one.ids:
            say(f"  {name}")
    return exit_codes.OK
