"""Newer settings of the company come by themselves: its file is looked for again and again where it came from, and one
that is signed, newer and fit is accepted. It holds from the seat's next start on.

The background service's worker; blocking, one thread."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk.provisioning.accept import MOST_SIGNATURE, Accepting
from desk.provisioning.refusals import Refused
from desk.provisioning.source import SIGNATURE, Source, source_of
from desk.settings import SettingsError
from desk.settings.company import CompanyState, company_folder, kept_file

EVERY_S = 1800.0
FIRST_S = 30.0  # not while the seat starts
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class News:
    """`version`: of a file that holds from the next start on, 0 where none has come. `trouble`: why none could be
    taken, one sentence; "" where all is well, and where the place is just away."""

    version: int = 0
    trouble: str = ""


class Refreshing:
    """`on_news`: told when another file has come, or another trouble. `source`: the place that a text names."""

    def __init__(
        self,
        settings_file: Path,
        accepting: Accepting,
        on_news: Callable[[News], None],
        monotonic: Callable[[], float] = time.monotonic,
        source: Callable[[str], Source] = source_of,
    ) -> None:
        self._file, self._accepting, self._on_news = settings_file, accepting, on_news
        self._monotonic, self._source = monotonic, source
        self._due_s = monotonic() + FIRST_S
        self._news = News()

    def work_once(self) -> bool:
        """For a worker of the sync process. True never: there is no more to do at once."""
        if self._monotonic() >= self._due_s:
            self._due_s = self._monotonic() + EVERY_S
            self.look()
        return False

    def look(self, *, tell_away: bool = False) -> News:
        """Now. `tell_away`: that the place cannot be reached is a trouble; else it is nobody's concern who works here,
        for the file that holds goes on holding."""
        state = self._accepting.state()
        if state is None:
            return self._news
        news = News(self._news.version, self._damage(state))
        try:
            if state.source and (news.trouble or self._is_new(state)):
                candidate = self._accepting.fetch(self._source(state.source), state.seat, state.keys)
                if news.trouble or candidate.found.version > state.version:
                    self._accepting.accept(candidate)
                    _log.info("number %d of the company's file holds from the next start on", candidate.found.version)
                    news = News(candidate.found.version)
        except Refused as error:
            _log.warning("no newer file of the company was taken (%s): %s", error.why, error)
            if tell_away or error.why != "away":
                news = News(news.version, str(error))
        except OSError as error:
            _log.warning("the company's file could not be kept: %s", error)
            news = News(news.version, str(error))
        is_told = news.version != self._news.version or (bool(news.trouble) and news.trouble != self._news.trouble)
        self._news = news
        if is_told:
            self._on_news(news)
        return news

    def _damage(self, state: CompanyState) -> str:
        try:
            return kept_file(self._file, state)[2]
        except (SettingsError, OSError) as error:
            return str(error)

    def _is_new(self, state: CompanyState) -> bool:
        """By the signature, which is some hundred bytes."""
        there = self._source(state.source).read(SIGNATURE, MOST_SIGNATURE)
        kept = company_folder(self._file) / state.current / SIGNATURE
        return there is not None and (not kept.exists() or there != kept.read_bytes())
