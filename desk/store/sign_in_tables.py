"""The seat store's tables of those who sign in at it. Apart from `desk.store.sign_in`, which reads the change log, so
that the schema's steps can make them."""

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text

_metadata = MetaData()

VERIFIER = Table(
    "sign_in_verifier",
    _metadata,
    Column("number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("salt", Text, nullable=False),  # hex, as the digest
    Column("digest", Text, nullable=False),
    Column("cost", Text, nullable=False),  # JSON: N, r, p
    Column("judged_at", Text, nullable=False),
    Column("password_until", Text),
    sqlite_with_rowid=False,
)
TRIES = Table(
    "sign_in_tries",
    _metadata,
    Column("number", Text, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
    sqlite_with_rowid=False,
)
KEPT_PASSWORD = Table(
    "kept_password",
    _metadata,
    Column("number", Text, primary_key=True),  # whose password lies in the keyring
    sqlite_with_rowid=False,
)


def create(connection: Connection) -> None:
    """A step of the schema; makes what is not there yet."""
    _metadata.create_all(connection)
