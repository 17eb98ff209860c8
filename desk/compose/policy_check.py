"""`desk policies`: reads every policy file as the seats would, those of all estates, and says what is wrong; routes and
posts are held against the staff list of this PC, where it has one. Nothing is started or changed."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.dispatch_rules import register_of
from desk.compose.policies import policy_folders
from desk.domain.categories import CategoryTree
from desk.domain.routes import Register
from desk.domain.working_time import CHINA
from desk.i18n import _, ngettext
from desk.policies.calendar import read_calendar, remarks_for
from desk.policies.clocks import read_clocks, without_effect
from desk.policies.dispatch import read_dispatch
from desk.policies.files import Policy, PolicyFolders
from desk.policies.follow_up import read_follow_up
from desk.policies.knowledge import read_knowledge
from desk.policies.ladder import read_ladder
from desk.policies.ladder import remarks_for as posts_of
from desk.policies.questionnaires import read_questionnaires
from desk.policies.radar import read_radar
from desk.policies.routes import read_routes, remarks_on
from desk.policies.shift import read_shift
from desk.policies.tags import read_tags
from desk.policies.work import read_work
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.store import Store
from desk.texts import ShippedTexts
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull

Say = Callable[[str], None]
_log = logging.getLogger(__name__)


def run(
    settings: Settings,
    folder: Path | None,
    estate: str,
    say: Say = print,
    secrets: Callable[[], Secrets] | None = None,
) -> int:
    """`folder`, `estate`: in the place of those of the settings, to try a folder before it is named there. `secrets`:
    of this PC's store, None where its staff list is not meant. The exit code: `FAULT` where a file cannot be used."""
    folders = policy_folders(settings)
    if folder is not None:
        folders = PolicyFolders(folders.shipped, folder.absolute(), estate)
    elif estate:
        folders = PolicyFolders(folders.shipped, folders.company, estate)
    of_each = [folders] if estate else [folders, *(replace(folders, estate=one) for one in folders.estates())]
    troubles = [str(error) for error in (*folders.troubles(), *without_effect(folders))]
    categories = ShippedTexts(language=settings.seat.language, own=settings.texts.folder).categories()
    register = _register(settings, categories, secrets) if secrets else None
    remarks: list[str] = []
    if secrets and register is None:
        remarks.append(_("This PC has no staff list: whether those whom routes and posts name work here was not asked"))
    for one in of_each:
        for policy in _every(one, categories):
            troubles += map(str, policy.troubles)
            remarks += policy.remarks
        if register is not None:
            remarks += remarks_on(read_routes(one).value, register)
            remarks += posts_of(read_ladder(one).value, register.working)
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


def _register(settings: Settings, categories: CategoryTree, secrets: Callable[[], Secrets]) -> Register | None:
    """None where this PC knows nobody, or its store cannot be read."""
    if not settings.store_file.exists():
        return None
    try:
        store = Store.open(settings.store_file, secrets())
        try:
            found = register_of(store, categories)
        finally:
            store.close()
    except (KeyMissing, KeyringWeak, StoreBroken, StoreFull, OSError) as error:
        _log.warning("the staff list cannot be asked: %s", type(error).__name__)
        return None
    return found if found.working or found.left else None


def _every(folders: PolicyFolders, categories: CategoryTree) -> list[Policy[Any]]:
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
