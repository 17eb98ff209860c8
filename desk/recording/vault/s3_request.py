"""One request to S3-compatible storage, signed (AWS Signature Version 4), its body sent at a pace.

obstore reads, lists and deletes; what is sent goes by here, because obstore offers no pace (it sends five megabytes at
once, which is what disturbs a call), no multipart upload that a later process can take up again, and no condition on
its completion. Any thread; a connection per request, nothing shared."""

import hashlib
import hmac
import http.client
import re
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from desk.recording.vault.port import Pace, unhurried
from desk.usecases.ports import Clock
from desk.usecases.recording_ports import VaultAway, VaultRefused

CONNECT_S, SILENCE_S = 5.0, 20.0
BLOCK = 16_384
MOST_ANSWER = 1 << 20
_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,60})</Code>")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it is and who asks. `endpoint` "https://host[:port]"; one that begins with the bucket's name has it in its
    host already. `prefix`: before every name, "" or "a/b"."""

    endpoint: str
    region: str
    bucket: str
    prefix: str
    access_key: str
    secret: str = field(repr=False)
    ca_file: str = ""

    @property
    def has_bucket_in_host(self) -> bool:
        return (urlsplit(self.endpoint).hostname or "").startswith(f"{self.bucket}.")

    def path_of(self, name: str) -> str:
        parts = ("" if self.has_bucket_in_host else self.bucket, self.prefix, name)
        return "/" + "/".join(quote(part, safe="/-_.~") for part in parts if part)


@dataclass(frozen=True, slots=True)
class Body:
    """A part of a file."""

    file: Path
    start: int
    size: int

    def blocks(self) -> Iterator[bytes]:
        left = self.size
        with self.file.open("rb") as handle:
            handle.seek(self.start)
            while left > 0:
                block = handle.read(min(BLOCK, left))
                if not block:
                    raise OSError(f"{self.file.name} became shorter while it was being read")
                left -= len(block)
                yield block

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """S3's own word for what went wrong, "" = none."""
        found = _CODE.search(self.body.decode("utf-8", "replace"))
        return found[1] if found else ""


class S3Requests:
    def __init__(self, bucket: Bucket, clock: Clock) -> None:
        self._bucket, self._clock = bucket, clock

    def send(
        self,
        method: str,
        name: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | bytes = b"",
        pace: Pace = unhurried,
    ) -> Answer:
        """Its answer, whatever the status. Raises `VaultAway`, `VaultRefused` where there is none; `OSError` for the
        body's own file."""
        size, sha256 = (body.size, body.sha256()) if isinstance(body, Body) else (len(body), _sha256(body))
        target = self._bucket.path_of(name) + (f"?{_canonical_query(query)}" if query else "")
        signed = _signed(self._bucket, method, name, query or {}, sha256, self._clock())
        blocks = body.blocks() if isinstance(body, Body) else iter([body] if body else [])
        try:
            with closing(self._connection()) as connection:
                connection.connect()
                if connection.sock is not None:
                    connection.sock.settimeout(SILENCE_S)
                connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for header, value in {**signed, **(headers or {}), "content-length": str(size)}.items():
                    connection.putheader(header, value)
                connection.endheaders()
                early = _send(connection, blocks, pace)
                return _answer(connection, early)
        except ssl.SSLError as error:
            raise VaultRefused(f"{self._host}: the certificate or TLS does not fit ({error.reason})") from None
        except http.client.HTTPException as error:
            raise VaultAway(f"{self._host} broke off ({type(error).__name__})") from None
        except _LocalError as error:
            raise error.cause from None
        except OSError as error:
            raise VaultAway(f"{self._host}: {error.strerror or type(error).__name__}") from None

    @property
    def _host(self) -> str:
        return urlsplit(self._bucket.endpoint).netloc

    def _connection(self) -> http.client.HTTPConnection:
        url = urlsplit(self._bucket.endpoint)
        host = url.hostname or ""
        if url.scheme != "https":
            return http.client.HTTPConnection(host, url.port, timeout=CONNECT_S)
        proxy = urllib.request.getproxies().get("https", "")
        via = urlsplit(proxy) if proxy and not urllib.request.proxy_bypass(host) else None
        there = (via.hostname or host, via.port) if via else (host, url.port)
        context = ssl.create_default_context()
        if self._bucket.ca_file:
            try:
                context.load_verify_locations(self._bucket.ca_file)
            except OSError as error:
                raise VaultRefused(f"the certificate file {self._bucket.ca_file} cannot be used: {error}") from None
        secure = http.client.HTTPSConnection(*there, timeout=CONNECT_S, context=context)
        if via:
            secure.set_tunnel(host, url.port or 443)
        return secure


class _LocalError(Exception):
    """The file at this seat, not the network: both raise `OSError`."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _send(connection: http.client.HTTPConnection, blocks: Iterator[bytes], pace: Pace) -> OSError | None:
    """What broke the connection, if anything: a server that will not have it answers before it has heard all."""
    while True:
        try:
            block = next(blocks, None)
        except OSError as error:
            raise _LocalError(error) from error
        if block is None:
            return None
        pace(len(block))
        try:
            connection.send(block)
        except (BrokenPipeError, ConnectionResetError) as error:
            return error


def _answer(connection: http.client.HTTPConnection, broken: OSError | None) -> Answer:
    try:
        response = connection.getresponse()
        content = response.read(MOST_ANSWER)
    except (http.client.HTTPException, OSError):
        if broken is not None:
            raise broken from None
        raise
    if broken is not None and response.status < 400:
        raise broken
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


def check(answer: Answer, wanted: str) -> Answer:
    """The answer, if it is a good one. Raises `VaultAway` for what may be better later, else `VaultRefused`."""
    if answer.status < 300 and not (answer.code and answer.body.lstrip().startswith(b"<")):
        return answer
    code = f" {answer.code}" if answer.code else ""
    text = f"{wanted}: the storage answered {answer.status}{code}"
    raise away_or_refused(answer.status, answer.code, text)


# Of 4xx answers those that another try may mend; of 5xx those that none will.
_PASSING = frozenset({200, 408, 409, 425, 429})
_LASTING = frozenset({501, 507})


def away_or_refused(status: int, code: str, text: str) -> VaultAway | VaultRefused:
    if code == "RequestTimeTooSkewed":
        text += ": this PC's clock is wrong"
    passing = status in _PASSING or (status >= 500 and status not in _LASTING)
    return VaultAway(text) if passing else VaultRefused(text)


def _signed(
    bucket: Bucket, method: str, name: str, query: Mapping[str, str], sha256: str, at: datetime
) -> dict[str, str]:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    stamp, day = f"{at:%Y%m%dT%H%M%SZ}", f"{at:%Y%m%d}"
    headers = {
        "host": urlsplit(bucket.endpoint).netloc,
        "x-amz-content-sha256": sha256,
        "x-amz-date": stamp,
    }
    names = ";".join(headers)
    lines = "".join(f"{header}:{value}\n" for header, value in headers.items())
    request = "\n".join((method, bucket.path_of(name), _canonical_query(query), lines, names, sha256))
    scope = f"{day}/{bucket.region}/s3/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, _sha256(request.encode())))
    key = f"AWS4{bucket.secret}".encode()
    for step in (day, bucket.region, "s3", "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={bucket.access_key}/{scope}"
    return {
        **headers,
        "authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature}",
    }


def _canonical_query(query: Mapping[str, str] | None) -> str:
    pairs = sorted((quote(key, safe="-_.~"), quote(value, safe="-_.~")) for key, value in (query or {}).items())
    return "&".join(f"{key}={value}" for key, value in pairs)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else _EMPTY_SHA256
