"""A vault in S3-compatible storage: read, listed and deleted by obstore, sent by `s3_upload`.

Nothing is overwritten: before anything is sent the name is looked for, and what is sent carries `If-None-Match: *`.
A storage that ignores the condition leaves one gap, between the look and the sending, for two that send the same name
at once; names hold a call's id, and a call belongs to one seat. Any thread; the secret is read at the first use and
kept."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from desk.recording.vault.names import parts_of, shown
from desk.recording.vault.port import Kept, Pace, unhurried
from desk.recording.vault.s3_request import Bucket, S3Requests, away_or_refused
from desk.recording.vault.s3_upload import PART_BYTES, S3Upload, Taken
from desk.usecases.ports import Clock
from desk.usecases.recording_ports import RecordingAway, VaultAway, VaultRefused, VaultTaken

BLOCK = 65_536
_TRIAL = "desk-trial"
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,60})</Code>")
# Of a range that lies beyond the end: as good as nothing.
_UNSATISFIABLE = 416


class S3Vault:
    """`bucket_of` gives the bucket with its secret, and raises `VaultRefused` where there is no secret yet."""

    def __init__(self, bucket_of: Callable[[], Bucket], clock: Clock, part_bytes: int = PART_BYTES) -> None:
        self._bucket_of, self._clock, self._part_bytes = bucket_of, clock, part_bytes
        self._lock = threading.Lock()
        self._opened: tuple[S3Store, S3Upload] | None = None

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        if parts_of(name) is None:
            raise RecordingAway(f"the vault holds nothing under {shown(name)}")
        if length is not None and length <= 0:
            return iter(())
        wanted: obstore.GetOptions = {}
        if length is not None:
            wanted["range"] = (start, start + length)
        elif start:
            wanted["range"] = {"offset": start}
        try:
            with _translated(name):
                found = obstore.get(self._store, name, options=wanted)
        except _Beyond:
            return iter(())
        return _blocks(found, name)

    def stat(self, name: str) -> Kept | None:
        if parts_of(name) is None:
            return None
        try:
            with _translated(name):
                return Kept(name, obstore.head(self._store, name)["size"])
        except RecordingAway:
            return None

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        if parts_of(name) is None:
            raise VaultRefused(f"the vault can hold nothing under {shown(name)}")
        size = file.stat().st_size
        if self.stat(name) is not None:
            return self._compare(name, file, pace)
        try:
            self._upload.send(name, file, pace)
        except Taken:
            return self._compare(name, file, pace)
        there = self.stat(name)
        if there is None or there.size != size:
            raise VaultAway(f"{shown(name)} was sent, but the storage does not show it whole")
        return None

    def names(self, prefix: str = "") -> Iterator[Kept]:
        if prefix and parts_of(prefix) is None:
            return
        lots = obstore.list(self._store, prefix or None, chunk_size=1000)
        while True:
            with _translated(prefix):
                lot = next(lots, None)
            if lot is None:
                return
            yield from (Kept(found["path"], found["size"]) for found in lot)

    def delete(self, name: str) -> None:
        if parts_of(name) is None:
            return
        try:
            with _translated(name):
                obstore.delete(self._store, name)
        except RecordingAway:
            return

    def try_writing(self) -> None:
        self._upload.try_one(_TRIAL)

    @property
    def _store(self) -> S3Store:
        return self._open()[0]

    @property
    def _upload(self) -> S3Upload:
        return self._open()[1]

    def _open(self) -> tuple[S3Store, S3Upload]:
        with self._lock:
            if self._opened is None:
                bucket = self._bucket_of()
                self._opened = store_of(bucket), S3Upload(S3Requests(bucket, self._clock), self._part_bytes)
            return self._opened

    def _compare(self, name: str, file: Path, pace: Pace) -> None:
        there, here = hashlib.sha256(), hashlib.sha256()
        for block in self.read(name):
            pace(len(block))
            there.update(block)
        with file.open("rb") as handle:
            while block := handle.read(BLOCK):
                here.update(block)
        self._upload.let_go(file)
        if there.digest() != here.digest():
            raise VaultTaken(f"something else lies in the vault under {shown(name)}")


def store_of(bucket: Bucket) -> S3Store:
    """obstore's view of it. Raises `VaultRefused` for an address or a certificate file that cannot be used."""
    options = {
        "allow_http": bucket.endpoint.startswith("http://"),
        "connect_timeout": "5s",
        "read_timeout": "20s",
        "timeout": "30min",  # of a whole answer: an hour of speech over a slow line
    }
    if bucket.ca_file:
        try:
            options["root_certificate"] = Path(bucket.ca_file).read_bytes()
        except OSError as error:
            raise VaultRefused(f"the certificate file {bucket.ca_file} cannot be read: {error.strerror}") from None
    try:
        return S3Store(
            bucket.bucket,
            prefix=bucket.prefix or None,
            endpoint=bucket.endpoint,
            region=bucket.region,
            access_key_id=bucket.access_key,
            secret_access_key=bucket.secret,
            virtual_hosted_style_request=bucket.has_bucket_in_host,
            disable_bulk_delete=True,  # not every storage knows it
            client_options=options,  # type: ignore[arg-type] # a dict built in steps
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )
    except (BaseError, ValueError, OSError) as error:
        raise VaultRefused(f"the vault's address or certificate cannot be used ({type(error).__name__})") from None


def _blocks(found: "obstore.GetResult", name: str) -> Iterator[bytes]:
    blocks = iter(found.stream(min_chunk_size=BLOCK))
    while True:
        with _translated(name):
            block = next(blocks, None)
        if block is None:
            return
        if len(block):
            yield bytes(block)


class _Beyond(Exception):
    pass


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """obstore says in its text only what happened. That text is never handed on: it quotes whole requests."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise VaultRefused("there is no such bucket") from None
        raise RecordingAway(f"the vault holds nothing under {shown(name)}") from None
    except (BaseError, OSError, ValueError) as error:
        raise _trouble(error) from None


def _trouble(error: Exception) -> Exception:
    text = str(error)
    status, code = _STATUS.search(text), _CODE.search(text)
    if status is None:
        if "certificate" in text.lower() or "tls" in text.lower():
            return VaultRefused("the storage's certificate does not fit")
        return VaultAway("the storage does not answer")
    if int(status[1]) == _UNSATISFIABLE:
        return _Beyond()
    word = f" {code[1]}" if code else ""
    return away_or_refused(int(status[1]), code[1] if code else "", f"the storage answered {status[1]}{word}")
