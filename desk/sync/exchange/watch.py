"""An end to waiting for a server that is there and does not answer: a machine that stands still, a firewall that
swallows everything. TCP does not notice (somebody acknowledges), and PostgreSQL's own time limits are the server's.

A timer's thread cuts the socket under whoever waits; their statement then fails as with any cut network."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psycopg


@contextlib.contextmanager
def answered_within(connection: psycopg.Connection[Any], limit_s: float) -> Iterator[None]:
    """What is asked over this connection inside the block fails with `psycopg.OperationalError` once the block has
    taken `limit_s`."""
    timer = threading.Timer(limit_s, _cut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: psycopg.Connection[Any]) -> None:
    with contextlib.suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
