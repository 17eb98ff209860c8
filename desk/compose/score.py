"""Builds what scores calls, for the window and for `desk score`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from desk import exit_codes
from desk.compose.clock import new_id, now
from desk.domain.listening import Listener, Role
from desk.domain.scores import Sample
from desk.domain.sheets import Sheet
from desk.domain.working_time import CHINA
from desk.i18n import _
from desk.resources import resources_dir
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.sheets import SheetError, read_former, read_sample_rules, read_sheets
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.promises import SqlPromises
from desk.store.residents import SqlResidents
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.store.trails import SqlTrails
from desk.ui.score.samples_presenter import agreement_lines, agreement_words, week_runs_words
from desk.usecases.draw_samples import DrawSamples, SampleRule, WeekRuns, week, week_of
from desk.usecases.ports import ChangeAuthor
from desk.usecases.read_samples import ReadSamples
from desk.usecases.recording_ports import CallSearch
from desk.usecases.score_call import ScoreCall

Say = Callable[[str], None]


class SheetFolder:
    """The sheets and rules of the settings, read when they are first asked for. Worker threads. Raises `SheetError`."""

    def __init__(self, settings: Settings) -> None:
        self.folder = Path(settings.score.sheets) if settings.score.sheets else resources_dir() / "sheets"

    @cached_property
    def sheets(self) -> Sequence[Sheet]:
        return read_sheets(self.folder)

    @cached_property
    def former(self) -> Sequence[Sheet]:
        return read_former(self.folder)

    @cached_property
    def rules(self) -> Sequence[SampleRule]:
        return read_sample_rules(self.folder)


class Scoring:
    """What the window needs to score. `note(access, call_id, detail=...)`: the listening log's. Worker threads."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        search: CallSearch,
        author: ChangeAuthor,
        note: Callable[..., object],
    ) -> None:
        self._settings, self._store, self._search, self._author = settings, store, search, author
        self._folder = SheetFolder(settings)
        self.calls = ScoreCall(
            SqlScores(store),
            SqlChangeLog(store),
            author,
            now,
            new_id,
            lambda: self._folder.sheets,
            lambda: self._folder.former,
            SqlTrails(store),
            SqlPromises(store).given_in,
            lambda access, call_id, detail: note(access, call_id, detail=detail),
        )

    def draw(self, period: str, agents: Sequence[str], by: str) -> Sequence[Sample]:
        return drawing(self._settings, self._store, self._search, self._author, self._folder).draw(period, agents, by)

    def drop(self, sample_id: str, why: str) -> None:
        drawing(self._settings, self._store, self._search, self._author, self._folder).drop(sample_id, why)

    def titles(self) -> Mapping[str, str]:
        return {rule.name: rule.title for rule in self._folder.rules}


def drawing(
    settings: Settings, store: Store, search: CallSearch, author: ChangeAuthor, folder: SheetFolder
) -> DrawSamples:
    """Raises `SheetError`."""
    return DrawSamples(
        search,
        SqlScores(store),
        SqlChangeLog(store),
        author,
        now,
        new_id,
        CHINA,
        settings.score.samples,
        folder.rules,
    )


def check(folder: Path, say: Say) -> int:
    """`desk score check FOLDER`."""
    try:
        for sheet in (*read_sheets(folder), *read_former(folder)):
            say(
                _("{title} ({version}): {count} questions.").format(
                    title=sheet.title, version=sheet.version, count=len(sheet.questions)
                )
            )
        for rule in read_sample_rules(folder):
            say(_("Rule {name}: {count} per agent and week.").format(name=rule.title or rule.name, count=rule.share))
    except SheetError as error:
        say(str(error))
        return exit_codes.FAULT
    return exit_codes.OK


def draw(settings: Settings, period: str, say: Say) -> int:
    """`desk score draw [--week W]`; "" = the week before this one."""
    period = period or week_of(now() - timedelta(days=7), CHINA)
    try:
        week(period, CHINA)
    except ValueError:
        say(_("{text} is no week. Write it as in 2026-W47.").format(text=repr(period[:20])))
        return exit_codes.FAULT
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        changes = SqlChangeLog(store)
        author = SeatAuthor(
            settings.seat.name, lambda: settings.seat.agent, now, new_id, changes.base_seq, changes.newest_unsent
        )
        reading = ReadSamples(SqlScores(store), SqlCallLog(store), SqlResidents(store), CHINA)
        folder = SheetFolder(settings)
        drawn = drawing(settings, store, SqlCallSearch(store), author, folder).draw(
            period, reading.agents() or [settings.seat.agent], settings.seat.agent
        )
        rows = reading.of_week(period, Listener(settings.seat.agent, Role.SUPERVISOR))
    except WeekRuns:
        say(week_runs_words(period))
        return exit_codes.FAULT
    finally:
        store.close()
    for row in rows:
        mark = "+" if row.sample in drawn else " "
        say(f"{mark} {row.sample.agent}  {row.sample.rule:<16} {row.sample.call_id}")
    say(_("{period}: {new} drawn now, {all} in all.").format(period=period, new=len(drawn), all=len(rows)))
    return exit_codes.OK


def agreement(settings: Settings, weeks: int, say: Say) -> int:
    """`desk score agreement [--weeks N]`."""
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        reading = ReadSamples(SqlScores(store), SqlCallLog(store), SqlResidents(store), CHINA)
        agreed = reading.agreement(now() - timedelta(weeks=weeks), now())
    finally:
        store.close()
    say(agreement_words(agreed, weeks))
    for line in agreement_lines(agreed):
        say(line)
    return exit_codes.OK
