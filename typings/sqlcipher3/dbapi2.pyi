"""The part of sqlcipher3 that Desk uses; SQLAlchemy drives the rest."""

from collections.abc import Sequence
from typing import Any

class Error(Exception):
    sqlite_errorcode: int
    sqlite_errorname: str

class DatabaseError(Error): ...

class Cursor:
    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...
    def fetchone(self) -> tuple[Any, ...] | None: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...

class Connection:
    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...
    def close(self) -> None: ...

def connect(
    database: str,
    timeout: float = ...,
    *,
    isolation_level: str | None = ...,
    check_same_thread: bool = ...,
    cached_statements: int = ...,
) -> Connection: ...
