"""What the call log remembers of a call whose notes are gone: how it ended and how it was heard."""

import logging

from desk.domain.call_log import CallEntry, Outcome
from desk.domain.diagnosis import Diagnosis
from desk.domain.identity import CallId
from desk.domain.mishaps import CallSeen
from desk.domain.party import Direction
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.store import Store
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull

_log = logging.getLogger(__name__)


def remembered(settings: Settings, call_id: str, secrets: Secrets | None = None) -> CallSeen | None:
    """None where it is not in the log, or the store cannot be read: a support bundle is made all the same."""
    if not settings.store_file.exists():
        return None
    try:
        store = Store.open(settings.store_file, secrets or KeyringSecrets())
        try:
            entry = SqlCallLog(store).get(CallId(call_id))
        finally:
            store.close()
    except (KeyMissing, KeyringWeak, StoreBroken, StoreFull, OSError) as error:
        _log.warning("the call log cannot be asked: %s", type(error).__name__)
        return None
    return None if entry is None else _seen(entry)


def _seen(entry: CallEntry) -> CallSeen:
    answered, ended = entry.answered_at, entry.ended_at
    return CallSeen(
        call_id=str(entry.call_id),
        incoming=entry.direction is Direction.INCOMING,
        answered=answered is not None,
        cause=entry.cause,
        interrupted=entry.outcome is Outcome.INTERRUPTED,
        talked_s=(ended - answered).total_seconds() if answered and ended else 0.0,
        heard=entry.diagnosis or Diagnosis.NONE,
        mos=entry.mos_mean,
        worst_loss=None if entry.loss_permille is None else entry.loss_permille / 10,
        began_at=entry.offered_at,
    )
