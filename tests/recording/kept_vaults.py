"""Vaults that know whether anything in them was ever overwritten, and that can be down: a real folder, and a real
bucket behind a network that can be bad."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import boto3  # type: ignore[import-untyped]

from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Pace, Vault, unhurried
from desk.recording.vault.s3_request import Bucket
from desk.recording.vault.s3_vault import S3Vault
from desk.usecases.ports import Clock
from desk.usecases.recording_ports import VaultAway, VaultRefused
from tests.recording.vault.proxy import Proxy
from tests.recording.vault.servers import at_port, free_port

SOMEBODY_ELSES = b"somebody else's"


class KeptVault(Vault, Protocol):
    def go_down(self) -> None:
        """Each time in the next of the ways there are; until `come_up`."""
        ...

    def come_up(self) -> None: ...

    def take(self, name: str) -> None:
        """Somebody else's content lies under this name, unless something does."""
        ...

    def overwritten(self) -> list[str]: ...


class KeptFolder(FolderVault):
    """Remembers which file lay under each name first: whoever writes over it, in its place or into it, leaves another
    inode, size or time."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, make=True)
        self._root_here = root
        self._trouble: VaultAway | VaultRefused | None = None
        self.downs = 0
        self._first: dict[str, tuple[int, int, int]] = {}

    def put_new(self, name: str, file: Path, pace: Pace = unhurried) -> None:
        super().put_new(name, file, pace)
        self._first.setdefault(name, self._trace(name))

    def go_down(self) -> None:
        self._trouble = (VaultAway("no route"), VaultRefused("read-only"))[self.downs % 2]
        self.downs += 1

    def come_up(self) -> None:
        self._trouble = None

    def take(self, name: str) -> None:
        path = self._root_here / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(SOMEBODY_ELSES)
            self._first[name] = self._trace(name)

    def overwritten(self) -> list[str]:
        return [name for name, first in self._first.items() if self._trace(name) != first]

    def _check_root(self) -> None:
        if self._trouble is not None:
            raise self._trouble
        super()._check_root()

    def _trace(self, name: str) -> tuple[int, int, int]:
        try:
            stat = (self._root_here / name).stat()
        except FileNotFoundError:
            return 0, 0, 0
        return stat.st_ino, stat.st_size, stat.st_mtime_ns


class KeptBucket(S3Vault):
    """The bucket keeps every version: whatever is written over an object, or deleted, is one more of them. `between`
    leads to it."""

    def __init__(self, bucket: Bucket, between: Proxy, clock: Clock) -> None:
        self._bucket, self._between = bucket, between
        self._led = self._asked = at_port(bucket, between.port)
        self.downs = 0
        self.ways = self._stopped, self._refusing, self._breaking_off, self._losing_answers
        super().__init__(lambda: self._asked, clock)
        self._client = boto3.client(
            "s3",
            endpoint_url=bucket.endpoint,
            region_name=bucket.region,
            aws_access_key_id=bucket.access_key,
            aws_secret_access_key=bucket.secret,
        )
        self._client.put_bucket_versioning(Bucket=bucket.bucket, VersioningConfiguration={"Status": "Enabled"})

    def go_down(self) -> None:
        self.ways[self.downs % len(self.ways)]()
        self.downs += 1

    def come_up(self) -> None:
        self._between.cut_after, self._between.deaf_to = None, b""
        self._ask(self._led)

    def take(self, name: str) -> None:
        """By a way of their own: they reach it while we do not."""
        there = self._client.list_objects_v2(Bucket=self._bucket.bucket, Prefix=self._key(name))["KeyCount"]
        if not there:
            self.write_over(name)

    def write_over(self, name: str) -> None:
        """Without any condition."""
        self._client.put_object(Bucket=self._bucket.bucket, Key=self._key(name), Body=SOMEBODY_ELSES)

    def overwritten(self) -> list[str]:
        found: Counter[str] = Counter()
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket.bucket, Prefix=self._key("")):
            found.update(one["Key"] for kind in ("Versions", "DeleteMarkers") for one in page.get(kind, ()))
        return sorted(key for key, versions in found.items() if versions > 1)

    def _key(self, name: str) -> str:
        return f"{self._bucket.prefix}/{name}"

    def _ask(self, bucket: Bucket) -> None:
        if bucket != self._asked:
            self._asked, self._opened = bucket, None

    def _stopped(self) -> None:
        self._ask(at_port(self._bucket, free_port()))

    def _refusing(self) -> None:
        self._ask(replace(self._led, bucket="nobodys"))

    def _breaking_off(self) -> None:
        self._between.cut_after = 4_000

    def _losing_answers(self) -> None:
        """What is sent is kept there, and nobody here hears of it."""
        self._between.deaf_to = b"PUT "
