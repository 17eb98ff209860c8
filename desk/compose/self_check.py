"""What the seat's call of itself left is looked at as a resident's call would be (see `desk.sync.self_checking`).

The recording is listened to for the voice that was played; the number that came in pops up a resident; the recording is
sealed; a ticket is filed and tied to the call. All of that in a store and folders of their own, with throwaway keys and
no way to the vault, the centre or the real store; they are gone before the next one. Sync process, a worker's thread;
some seconds, most of them of sealing."""

import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from desk.compose import self_check_words as words
from desk.compose.clock import new_id, now
from desk.compose.keys_here import own_keys_of
from desk.compose.sealing import keeper_of
from desk.compose.self_check_phone import speech_file
from desk.domain import estate
from desk.domain.call_log import RecordingKept
from desk.domain.changes import Change
from desk.domain.drafts import Draft, Intake
from desk.domain.events import SelfChecked
from desk.domain.health import Finding
from desk.domain.identity import BuildingId, CallId, EstateId, HouseholdId, PersonId, TicketId
from desk.domain.numbers import lookup_key
from desk.domain.party import Party
from desk.domain.patches import patch_of
from desk.domain.tickets import Kind, Place
from desk.health import call_heard
from desk.recording.likeness import RATE_HZ, Sound, likeness_at
from desk.recording.sealing import age
from desk.recording.sealing.pcm import SpoolAudio
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, RecordingSettings, Settings
from desk.settings.recording_values import VaultSettings
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.history import SqlSealedLog
from desk.store.notices import SqlNotices
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.telephony.prompts.shelf import read_sound
from desk.texts import ShippedTexts
from desk.usecases.file_ticket import FileTicket, IntakeRefused
from desk.usecases.ports import KeyMissing, StoreBroken, StoreFull
from desk.usecases.screen_pop import ScreenPop

SEAL_S = 30.0
RESIDENT = "自检住户"
_CATEGORY, _CONTACT, _ID = "repair.water.tap", "13800138000", "self-check"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sandbox:
    settings: Settings
    store: Store
    secrets: FakeSecrets
    changes: SqlChangeLog
    author: SeatAuthor
    calls: SqlCallLog


def examine(settings: Settings, checked: SelfChecked) -> Sequence[Finding]:
    """What came of it, the call first. Raises nothing that the surroundings may cause."""
    findings = [words.call(checked)]
    if checked.code != 200:
        return findings
    if checked.quality is not None:
        findings.append(call_heard.found(words.QUALITY, checked.quality))
    try:
        both = _recorded(settings, checked.call_id)
        if both is None:
            return [*findings, words.not_recorded()]
        findings += _voices(both, by_network=call_heard.is_network(checked.quality))
        with _sandbox(settings) as sandbox:
            findings.append(_pop(sandbox, checked))
            findings.append(_recording(sandbox, checked.call_id))
            findings.append(_ticket(sandbox, checked.call_id))
    except (OSError, StoreBroken, StoreFull, KeyMissing) as error:
        _log.warning("the self-check could not be looked at: %s", error)
        findings.append(words.sandbox_failed(error))
    return findings


def clear(settings: Settings) -> None:
    """What the last one left is of no use to anybody."""
    shutil.rmtree(settings.self_check_dir, ignore_errors=True)


@contextmanager
def _sandbox(settings: Settings) -> Iterator[_Sandbox]:
    """Everything as at this seat, but in its own place. The spool that the phone has written is in it already."""
    folder, identity = settings.self_check_dir, age.new_identity()
    own = replace(
        settings,
        data_dir=folder,
        central=CentralSettings(),
        vault=VaultSettings(),
        recording=RecordingSettings(
            codec=settings.recording.codec,
            bitrate=settings.recording.bitrate,
            recipients=(str(identity.to_public()),),
            own_days=0,
        ),
    )
    secrets = FakeSecrets()
    store = Store.open(own.store_file, secrets)
    try:
        changes = SqlChangeLog(store)
        author = SeatAuthor(own.seat.name, lambda: own.seat.name, now, new_id, changes.base_seq, changes.newest_unsent)
        yield _Sandbox(own, store, secrets, changes, author, SqlCallLog(store))
    finally:
        store.close()


def _recorded(settings: Settings, call_id: CallId) -> Sound | None:
    """Both channels, shape (samples, 2), caller and agent; None where there are none."""
    try:
        blocks = list(SpoolAudio((settings.self_check_dir / "spool",), call_id, RATE_HZ).blocks(RATE_HZ))
    except FileNotFoundError:
        return None
    return np.concatenate(blocks).astype(np.float64) / 32768 if blocks else None


def _voices(both: Sound, *, by_network: bool) -> list[Finding]:
    """Both channels by content: what was played is in the agent's, and comes back a little later in the caller's.
    `by_network`: what is missing there may be what the network took away."""
    speech = np.frombuffer(read_sound(speech_file()), dtype="<i2").astype(np.float64) / 32768
    sure_said, said_at_s = _found(both[:, 1], speech)
    sure_heard, heard_at_s = _found(both[:, 0], speech)
    return [words.said(sure_said), words.heard(sure_heard, heard_at_s - said_at_s, by_network=by_network)]


def _found(channel: Sound, speech: Sound) -> tuple[float, float]:
    """How surely, and where its beginning would be, in seconds."""
    sure, at_s, from_s = likeness_at(channel, speech)
    return sure, at_s - from_s


def _pop(sandbox: _Sandbox, checked: SelfChecked) -> Finding:
    """A resident is known by the number as the exchange has signalled it."""
    number = checked.number
    if not number:
        return words.pop_withheld() if checked.own else words.pop_unknown()
    area_code = sandbox.settings.line.area_code
    sandbox.changes.append(_resident(sandbox.author, number, lookup_key(number, area_code)))
    pop = ScreenPop(
        SqlResidents(sandbox.store),
        SqlTickets(sandbox.store),
        sandbox.calls,
        SqlNotices(sandbox.store),
        now,
        area_code,
    )
    pop.profile(Party(number))  # the window has the tables' indexes in memory by then, too
    begun_s = time.perf_counter()
    profile = pop.profile(Party(number))
    took_ms = (time.perf_counter() - begun_s) * 1000
    names = [one.person.name for one in profile.candidates if one.person is not None]
    return words.pop(names == [RESIDENT], took_ms)


def _resident(author: SeatAuthor, number: str, key: str) -> list[Change]:
    building, household, person = BuildingId(_ID), HouseholdId(_ID), PersonId(_ID)
    rows = (
        ("estate", "estate_id", estate.Estate(EstateId(_ID), RESIDENT)),
        ("building", "building_id", estate.Building(building, EstateId(_ID), "1", "1")),
        ("household", "household_id", estate.Household(household, EstateId(_ID), building, "1", "101", "1-1-101")),
        ("person", "person_id", estate.Person(person, RESIDENT)),
        ("membership", "membership_id", estate.Membership(_ID, household, person, estate.Role.OWNER)),
        ("number", "number_id", estate.NumberEntry(_ID, number, key, person)),
    )
    return [author.change(entity, _ID, patch_of(row, id_field)) for entity, id_field, row in rows]


def _recording(sandbox: _Sandbox, call_id: CallId) -> Finding:
    """Logged and sealed by the very keeper that does it for residents' calls."""
    settings, secrets = sandbox.settings, sandbox.secrets
    keeper = keeper_of(
        settings,
        secrets,
        own_keys_of(settings, secrets),
        sandbox.changes,
        sandbox.author,
        sandbox.calls,
        SqlSealedLog(sandbox.store),
        lambda: None,
    )
    until_s = time.monotonic() + SEAL_S
    while (entry := sandbox.calls.recording(call_id)) is None and time.monotonic() < until_s:
        if not keeper.work_once():
            time.sleep(0.05)
    sealed = entry is not None and entry.kept is RecordingKept.KEPT
    return words.recording(sealed, "" if entry is None else entry.why)


def _ticket(sandbox: _Sandbox, call_id: CallId) -> Finding:
    """Filed, and found again with its call."""
    tickets, seat = SqlTickets(sandbox.store), sandbox.settings.seat.name
    texts = ShippedTexts(language=sandbox.settings.seat.language)
    file = FileTicket(sandbox.changes, sandbox.author, tickets, now, seat, texts.categories())
    intake = Intake(
        Kind.REPAIR, _CATEGORY, place=Place("1-1-101", HouseholdId(_ID)), description=RESIDENT, contact_number=_CONTACT
    )
    try:
        made = file.file(Draft(new_id(), seat, now(), now(), intake, call_id))
    except IntakeRefused as refused:
        return words.ticket(False, str(refused))
    call = sandbox.calls.get(call_id)
    tied = call is not None and call.ticket_id == made.ticket_id
    return words.ticket(tied and tickets.get(TicketId(made.ticket_id)) == made, "")
