"""Listenings and remarks, from the store in memory and from the real one: what holds for one holds for both."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from desk.domain.changes import Change
from desk.domain.identity import CallId
from desk.domain.listening import Access, Comment, Listening
from desk.domain.patches import patch_of
from desk.store.change_log import SqlChangeLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.store import Store
from desk.usecases.fakes import FakeStore
from desk.usecases.recording_ports import Comments, Listenings
from tests.making import START, change

Put = Callable[[Change], None]
CALL = CallId("c1")


@pytest.fixture(params=["memory", "sqlcipher"])
def ground(request: pytest.FixtureRequest) -> tuple[Listenings, Comments, Put]:
    if request.param == "memory":
        fake = FakeStore()
        return fake.listenings, fake.comments, lambda made: fake.append([made])
    store: Store = request.getfixturevalue("store")
    return SqlListenings(store), SqlComments(store), lambda made: SqlChangeLog(store).append([made])


def listening(name: str, minutes: int, call_id: str = CALL) -> Listening:
    return Listening(name, Access.PLAYED, "9001", "S01", START + timedelta(minutes=minutes), CallId(call_id), "", 0, 5)


def test_listenings_of_a_call_come_oldest_first(ground: tuple[Listenings, Comments, Put]) -> None:
    listenings, _comments, put = ground
    made = [listening("l1", 5), listening("l2", 1), listening("l3", 2, "c2")]
    for one in made:
        put(change("listening", one.listening_id, patch_of(one, "listening_id")))
    assert listenings.of_call(CALL) == [made[1], made[0]]
    assert listenings.of_call(CallId("c9")) == []


def test_remarks_come_by_their_moment_and_those_removed_do_not(ground: tuple[Listenings, Comments, Put]) -> None:
    _listenings, comments, put = ground
    made = [Comment(f"r{n}", CALL, at_ms, "好", "9001", START) for n, at_ms in enumerate((900, 100, 500))]
    for one in made:
        put(change("comment", one.comment_id, patch_of(one, "comment_id")))
    put(change("comment", "r2", {"removed": True}))
    assert comments.of_call(CALL) == [made[1], made[0]]
