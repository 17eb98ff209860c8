"""A signed POST against a real HTTP server."""

import hashlib
import hmac
import socket

import pytest

from desk.sync.outside.signed_post import ReceiverAway, may_be_plain, signed_post
from tests.sync.outside.receiver import receiver

SECRET = "geheim 密"


def test_the_receiver_can_prove_who_sent_it_and_when() -> None:
    with receiver() as state:
        answer = signed_post(f"{state.url}/hook?a=1", SECRET, "key-1", '{"文": 1}'.encode(), 1_763_800_000)
    assert answer.taken
    (got,) = state.got
    assert got.path == "/hook?a=1"
    assert got.headers["idempotency-key"] == "key-1"
    expected = hmac.new(SECRET.encode(), b"1763800000." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-desk-time"] == "1763800000"
    assert got.headers["x-desk-signature"] == f"v1={expected}"


@pytest.mark.parametrize(("status", "again"), [(400, False), (401, False), (404, False), (429, True), (503, True)])
def test_a_refusal_says_whether_to_come_again(status: int, again: bool) -> None:
    with receiver() as state:
        state.answers.append((status, b"no", {"Retry-After": "7"}))
        answer = signed_post(state.url, SECRET, "k", b"{}", 0)
    assert (answer.status, answer.taken, answer.again) == (status, False, again)
    assert (answer.body, answer.retry_after_s) == (b"no", 7.0)


def test_a_redirect_is_not_followed() -> None:
    with receiver() as elsewhere, receiver() as state:
        state.answers.append((307, b"", {"Location": elsewhere.url}))
        answer = signed_post(state.url, SECRET, "k", b"{}", 0)
        assert answer.status == 307
        assert not answer.taken
        assert elsewhere.got == []


def test_nobody_there_is_said_so() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(ReceiverAway, match="Refused"):
            signed_post(f"http://127.0.0.1:{closed.getsockname()[1]}", SECRET, "k", b"{}", 0)


def test_plain_http_is_for_this_computer_only() -> None:
    assert may_be_plain("http://127.0.0.1:8080/x")
    assert may_be_plain("http://localhost/x")
    assert not may_be_plain("http://127.0.0.1.example.com/x")
    assert not may_be_plain("http://10.0.0.1/x")
