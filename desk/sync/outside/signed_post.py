"""One signed POST to a webhook: the body is JSON, and the receiver can tell that it is ours, whole and fresh.

    X-Desk-Time: 1763800000                    seconds since 1970, refuse what is older than five minutes
    X-Desk-Signature: v1=<hex>                 HMAC-SHA256 of "<X-Desk-Time>.<body>" with the shared secret
    Idempotency-Key: <key>                     the same for every try of the same thing: take it once

What is sent may arrive more than once (an answer is lost, a process dies before it has written down what it sent): a
receiver that keeps the keys it has taken sees each once. Redirects are not followed: a signed body goes where it was
meant to go. Blocks up to `timeout_s` for each step of the network; a worker's thread."""

import hashlib
import hmac
import http.client
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 15.0
ANSWER_BYTES = 65_536
_TRY_LATER = frozenset({408, 409, 425, 429})  # of the 4xx those that say nothing against the request itself
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """`again`: the same may be taken later. `retry_after_s`: when the receiver would like it."""

    status: int
    body: bytes
    retry_after_s: float | None = None

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def again(self) -> bool:
        return self.status >= 500 or self.status in _TRY_LATER


class ReceiverAway(Exception):
    """Nobody answered, or what answered is not who it should be. Nothing is known of what became of the body."""


def signature(secret: str, at_s: int, body: bytes) -> str:
    """What stands in X-Desk-Signature."""
    signed = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"v1={signed}"


def may_be_plain(url: str) -> bool:
    """Without TLS only to a program on this computer."""
    return urlsplit(url).hostname in _LOOPBACK


def signed_post(
    url: str, secret: str, key: str, body: bytes, at_s: int, *, ca_file: str = "", timeout_s: float = TIMEOUT_S
) -> Answer:
    """What the receiver answers, whatever it is. `key`: ASCII. Raises `ReceiverAway`."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "desk",
        "X-Desk-Time": str(at_s),
        "X-Desk-Signature": signature(secret, at_s, body),
        "Idempotency-Key": key,
    }
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - http(s) by the settings' checks
    try:
        with _opener(ca_file).open(request, timeout=timeout_s) as answer:
            return Answer(answer.status, answer.read(ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(ANSWER_BYTES), _seconds(error.headers.get("Retry-After")))
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise ReceiverAway(f"{type(reason).__name__}: {reason}") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


def _opener(ca_file: str) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=ca_file or None)
    return urllib.request.build_opener(_NoRedirects, urllib.request.HTTPSHandler(context=context))


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None
