"""What a seat keeps of those who sign in at it: verifiers for when the centre is away, wrong tries, and of whom the
keyring holds a password. Local, never sent, no part of the log; in the encrypted file as all else.

Read and written by the sync process, any of its threads."""

import json
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from desk.domain.sign_in import Tries, Verifier
from desk.domain.times import from_text, to_text
from desk.store.schema import CHANGE, UNSENT
from desk.store.sign_in_tables import KEPT_PASSWORD, TRIES, VERIFIER
from desk.store.store import Store

TRIES_KEPT = timedelta(days=1)  # of numbers that nobody came back to; numbers are typed by whoever passes by


class SqlVerifiers:
    """Implements `usecases.sign_in.Verifiers`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, number: str) -> Verifier | None:
        with self._store.read() as connection:
            row = connection.execute(select(VERIFIER).where(VERIFIER.c.number == number)).one_or_none()
        if row is None:
            return None
        n, r, p = json.loads(row.cost)
        return Verifier(
            row.number,
            row.name,
            bytes.fromhex(row.salt),
            bytes.fromhex(row.digest),
            (n, r, p),
            from_text(row.judged_at),
            from_text(row.password_until) if row.password_until else None,
        )

    def keep(self, verifier: Verifier) -> None:
        values = {
            "number": verifier.number,
            "name": verifier.name,
            "salt": verifier.salt.hex(),
            "digest": verifier.digest.hex(),
            "cost": json.dumps(verifier.cost),
            "judged_at": to_text(verifier.judged_at),
            "password_until": to_text(verifier.password_until) if verifier.password_until else None,
        }
        statement = insert(VERIFIER).values(values)
        with self._store.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=[VERIFIER.c.number], set_=values))

    def forget(self, number: str) -> None:
        with self._store.write() as connection:
            connection.execute(delete(VERIFIER).where(VERIFIER.c.number == number))

    def numbers(self) -> list[str]:
        with self._store.read() as connection:
            return list(connection.execute(select(VERIFIER.c.number).order_by(VERIFIER.c.judged_at.desc())).scalars())

    def touch(self, number: str, judged_at: datetime, password_until: datetime | None) -> None:
        until = to_text(password_until) if password_until else None
        with self._store.write() as connection:
            connection.execute(
                update(VERIFIER)
                .where(VERIFIER.c.number == number)
                .values(judged_at=to_text(judged_at), password_until=until)
            )

    def tries(self, number: str) -> Tries:
        with self._store.read() as connection:
            row = connection.execute(select(TRIES).where(TRIES.c.number == number)).one_or_none()
        return Tries(row.wrong, from_text(row.last_at)) if row is not None else Tries()

    def note_try(self, number: str, at: datetime) -> Tries:
        values = {"number": number, "wrong": 1, "last_at": to_text(at)}
        statement = insert(TRIES).values(values)
        counted = {"wrong": TRIES.c.wrong + 1, "last_at": values["last_at"]}
        with self._store.write() as connection:
            connection.execute(delete(TRIES).where(TRIES.c.last_at < to_text(at - TRIES_KEPT)))
            connection.execute(statement.on_conflict_do_update(index_elements=[TRIES.c.number], set_=counted))
            row = connection.execute(select(TRIES).where(TRIES.c.number == number)).one()
        return Tries(row.wrong, from_text(row.last_at))

    def clear_tries(self, number: str) -> None:
        with self._store.write() as connection:
            connection.execute(delete(TRIES).where(TRIES.c.number == number))


class SqlKeptPasswords:
    """Of whom the keyring holds a password, so that it can be taken out again when nothing of theirs waits."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, number: str) -> None:
        statement = insert(KEPT_PASSWORD).values(number=number).on_conflict_do_nothing()
        with self._store.write() as connection:
            connection.execute(statement)

    def drop(self, number: str) -> None:
        with self._store.write() as connection:
            connection.execute(delete(KEPT_PASSWORD).where(KEPT_PASSWORD.c.number == number))

    def numbers(self) -> list[str]:
        with self._store.read() as connection:
            return list(connection.execute(select(KEPT_PASSWORD.c.number).order_by(KEPT_PASSWORD.c.number)).scalars())

    def waits(self, number: str) -> bool:
        """Whether changes of this author are still to be sent."""
        query = select(CHANGE.c.change_id).where(UNSENT, CHANGE.c.author == number).limit(1)
        with self._store.read() as connection:
            return connection.execute(query).first() is not None
