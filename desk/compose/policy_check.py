"""`desk policies`: reads every policy file as the seats would, those of all estates, and says what is wrong. Nothing is
started or changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.policies import policy_folders
from desk.domain.working_time import CHINA
from desk.i18n import _, ngettext
from desk.policies.calendar import read_calendar, remarks_for
from desk.policies.clocks import of_seats, read_clocks
from desk.policies.dispatch import read_dispatch
from desk.policies.files import Policy, PolicyFolders
from desk.policies.follow_up import read_follow_up
from desk.policies.knowledge import read_knowledge
from desk.policies.ladder import read_ladder
from desk.policies.questionnaires import read_questionnaires
from desk.policies.radar import read_radar
from desk.policies.routes import read_routes
from desk.policies.shift import read_shift
from desk.policies.tags import read_tags
from desk.policies.work import read_work
from desk.settings import Settings
from desk.texts import ShippedTexts

Say = Callable[[str], None]


def run(settings: Settings, folder: Path | None, estate: str, say: Say = print) -> int:
    """`folder`, `estate`: in the place of those of the settings, to try a folder before it is named there. The exit
    code: `FAULT` where a file cannot be used."""
    folders = policy_folders(settings)
    if folder is not None:
        folders = PolicyFolders(folders.shipped, folder.absolute(), estate)
    elif estate:
        folders = PolicyFolders(folders.shipped, folders.company, estate)
    of_each = [folders] if estate else [folders, *(replace(folders, estate=one) for one in folders.estates())]
    troubles = [str(error) for error in (*folders.troubles(), *of_seats(folders))]
    remarks: list[str] = []
    for one in of_each:
        for policy in _every(one, settings):
            troubles += map(str, policy.troubles)
            remarks += policy.remarks
        remarks += remarks_for(read_calendar(one).value, now().astimezone(CHINA).date())
    for sentence in dict.fromkeys((*troubles, *remarks)):
        say(sentence)
    places = {folder for one in of_each for folder in one.all()[1:]}
    read = sum(len(list(folder.glob("*.toml"))) for folder in places)
    say(
        ngettext("{n} file of the company's own was read", "{n} files of the company's own were read", read).format(
            n=read
        )
    )
    if not troubles:
        say(_("All of them can be used"))
    return exit_codes.FAULT if troubles else exit_codes.OK


def _every(folders: PolicyFolders, settings: Settings) -> list[Policy[Any]]:
    categories = ShippedTexts(language=settings.seat.language, own=settings.texts.folder).categories()
    return [
        read_clocks(folders),
        read_calendar(folders),
        read_routes(folders),
        read_dispatch(folders),
        read_work(folders),
        read_follow_up(folders),
        read_questionnaires(folders),
        read_ladder(folders),
        read_radar(folders, categories),
        read_shift(folders),
        read_knowledge(folders),
        read_tags(folders),
    ]
