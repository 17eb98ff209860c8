"""Builds what looks for newer files of the company, in the sync process."""

from pathlib import Path

from desk import wire
from desk.compose.clock import now
from desk.i18n import _
from desk.provisioning.accept import Accepting
from desk.provisioning.refresh import News, Refreshing
from desk.settings.layers import default_places
from desk.sync.exchange.hello import UsedCode
from desk.sync.process import SyncProcess


def used_code(file: Path | None) -> UsedCode | None:
    """By which this PC became a seat; None where it stands by itself, or nothing can be read of it."""
    state = Accepting(file, default_places(), now).state() if file is not None else None
    enrolled = state.enrolled if state is not None else None
    return UsedCode(enrolled.mark, enrolled.computer) if enrolled is not None else None


def keep_company_file(file: Path, process: SyncProcess) -> None:
    """The background service's part: a newer file of the company is taken, and the agent is told that it holds from
    the next start on."""

    def news(found: News) -> None:
        if found.trouble:
            process.tell(wire.Updates(told=found.trouble))
        elif found.version:
            process.tell(
                wire.Updates(told=_("New settings from your company are here. They hold when Desk is next started."))
            )

    process.add_worker("company", Refreshing(file, Accepting(file, default_places(), now), news).work_once)
