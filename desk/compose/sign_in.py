"""Builds what judges who signs in at a seat: the centre's gate, the seat's verifiers, the lane that asks them."""

import secrets as randomness
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from desk.compose.clock import now
from desk.secrets import Secrets
from desk.settings import Settings
from desk.store.accounts import SqlAccounts
from desk.store.sign_in import SqlKeptPasswords, SqlVerifiers
from desk.store.store import Store
from desk.sync.central.access import CentralAccess, access_from
from desk.sync.central.gate import CentralGate
from desk.sync.sign_in import SignInLane
from desk.sync.sitting import Sitting
from desk.usecases.sign_in import SignIn
from desk.wire import PutOut


def people_of(
    settings: Settings, secrets: Secrets, store: Store, publish: Callable[[PutOut], None]
) -> SignInLane | None:
    """None: a work number of the register is enough here."""
    own = access_from(settings.central, secrets.get)
    if settings.seat.sign_in == "list" or own is None:
        return None
    ticket = settings.seat.sign_in == "ticket"
    gate = CentralGate(replace(own, ticket=ticket))
    verifiers = SqlVerifiers(store)
    offline_days = 0 if ticket else settings.seat.offline_days
    sign_in = SignIn(
        gate, verifiers, now, randomness.token_bytes, timedelta(days=offline_days), SqlAccounts(store).note
    )
    keeps = settings.seat.keep_passwords == "unsent"
    sitting = Sitting(replace(own, ticket=ticket), SqlKeptPasswords(store), secrets, keeps)
    return SignInLane(sign_in, verifiers, sitting, gate.gone, publish)


def who_of(people: SignInLane | None, settings: Settings, secrets: Secrets) -> Callable[[], CentralAccess | None]:
    """The way to the centre, asked before every connection: as whoever sits here, else as the settings say."""
    if people is not None:
        return people.sitting.who
    own = access_from(settings.central, secrets.get)
    return lambda: own
