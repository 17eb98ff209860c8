"""The vault, measured: how fast recordings go in and come out (a folder; S3 on loopback, moto's server), how soon the
first block of one comes, whether a call that runs at the same time loses a frame while the uploader sends as fast as it
can, and how even the limit is that it keeps during calls.

Anchors: for the folder a plain copy with fsync; for S3 obstore's own put and get of the same file, without a pace. The
server is a process of its own and shares the processor. The running call is `recording_beside`'s.

`quick`: fewer and smaller files."""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import obstore

from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.pace import Paced
from desk.recording.vault.port import Vault
from desk.recording.vault.s3_request import Bucket, S3Requests
from desk.recording.vault.s3_vault import S3Vault, store_of
from desk.recording.vault.uploader import Uploader
from tests.bench import recording_beside
from tests.bench.figures import Figure, percentile
from tests.recording.vault.pairs import Seat
from tests.recording.vault.servers import BUCKET, bucket_at, free_port, wait_for

HALF_HOUR_BYTES = 7_200_000  # of Opus at 32 kbit/s
BESIDE_S = 10.0
LIMIT_KBIT_S = 2_000
MB = 1_000_000

Say = Callable[[str], None]

_SERVER = """
import sys
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
"""


def now() -> datetime:
    return datetime.now(UTC)


def measure(say: Say, quick: bool = False) -> list[Figure]:
    files, tries = (4, 5) if quick else (20, 40)
    with tempfile.TemporaryDirectory(prefix="desk-vault-") as name, _moto(Path(name)) as bucket:
        folder = Path(name)
        say(f"vault: {files} recordings of half an hour into a folder and into S3 on loopback")
        figures = [*_folder(folder, files), *_s3(folder, bucket, files, tries)]
        say("vault: upload at full speed beside a call that runs")
        return [*figures, *_beside_a_call(folder, bucket, files), *_limit(folder, quick)]


def _files(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(count):
        file = folder / f"{number:04d}.age"
        file.write_bytes(random.Random(number).randbytes(HALF_HOUR_BYTES))
        made.append(file)
    return made


def _rate(files: list[Path], do: Callable[[Path], object]) -> float:
    """MB/s over all of them."""
    began = time.monotonic()
    for file in files:
        do(file)
    return sum(HALF_HOUR_BYTES for _ in files) / MB / (time.monotonic() - began)


def _drain(vault: Vault, name: str) -> None:
    for _block in vault.read(name):
        pass


def _folder(folder: Path, count: int) -> list[Figure]:
    files = _files(folder / "staged", count)
    (folder / "plain").mkdir()

    def copy(file: Path) -> None:
        target = folder / "plain" / file.name
        shutil.copyfile(file, target)
        with target.open("r+b") as handle:
            os.fsync(handle.fileno())

    copied = _rate(files, copy)
    vault = FolderVault(folder / "vault", make=True)
    put = _rate(files, lambda file: vault.put_new(f"2026/11/22/{file.name}", file))
    read = _rate(files, lambda file: _drain(vault, f"2026/11/22/{file.name}"))
    plain = _rate(files, lambda file: file.read_bytes())
    return [
        Figure("vault.folder.put", put, "MB/s", "", copied),
        Figure("vault.folder.get", read, "MB/s", "", plain),
    ]


def _s3(folder: Path, bucket: Bucket, count: int, tries: int) -> list[Figure]:
    files = _files(folder / "staged", count)
    vault, store = S3Vault(lambda: bucket, now), store_of(replace(bucket, prefix="anchor"))
    theirs_put = _rate(files, lambda file: obstore.put(store, file.name, file, max_concurrency=1))
    put = _rate(files, lambda file: vault.put_new(f"2026/11/22/{file.name}", file))
    theirs_get = _rate(files, lambda file: obstore.get(store, file.name).bytes())
    read = _rate(files, lambda file: _drain(vault, f"2026/11/22/{file.name}"))
    firsts = []
    for _try in range(tries):
        began = time.monotonic()
        next(iter(vault.read("2026/11/22/0000.age")))
        firsts.append(1000 * (time.monotonic() - began))
    return [
        Figure("vault.s3.put", put, "MB/s", "", theirs_put),
        Figure("vault.s3.get", read, "MB/s", "", theirs_get),
        Figure("vault.s3.first_block.p95", percentile(firsts, 0.95), "ms"),
    ]


def _beside_a_call(folder: Path, bucket: Bucket, count: int) -> list[Figure]:
    seat = Seat(folder / "sealed")
    vault = S3Vault(lambda: replace(bucket, prefix="call"), now)
    uploader = Uploader(seat.sealed_dir, vault, seat.entries.get, seat.vaulted, now)
    rates: list[float] = []

    def upload() -> None:
        for number in range(len(rates) * count + 1, (len(rates) + 1) * count + 1):
            seat.seal(number, HALF_HOUR_BYTES)
        began = time.monotonic()
        while seat.left():
            uploader.work_once()
        rates.append(count * HALF_HOUR_BYTES / MB / (time.monotonic() - began))

    def upload_for_long() -> None:
        until = time.monotonic() + BESIDE_S
        while time.monotonic() < until:
            upload()

    lost, longest_ms = recording_beside.frame_clock(folder / "call", upload)
    quiet_ms = recording_beside.frame_clock(folder / "idle", lambda: time.sleep(5))[1]
    call = recording_beside.phone(folder / "phone", upload_for_long)
    return [
        Figure("vault.upload_beside_call.frames_lost", lost, "frames", "<= 0"),
        Figure("vault.upload_beside_call.longest_tick", longest_ms, "ms", "", quiet_ms),
        *call.figures("vault.upload_beside_phone"),
        Figure("vault.upload_beside_call.rate", statistics.mean(rates), "MB/s"),
    ]


def _limit(folder: Path, quick: bool) -> list[Figure]:
    """The most that goes in any 200 ms, against what the limit allows in 200 ms: what is written, each block of it
    synced before the next, and what is read back."""
    size = LIMIT_KBIT_S * 125 * (2 if quick else 10)
    file = folder / "limited.age"
    file.write_bytes(bytes(size))
    sent: list[tuple[float, int]] = []
    pace = Paced(lambda: LIMIT_KBIT_S)

    def paced(block: int) -> bool:
        limited = pace(block)
        sent.append((time.monotonic(), block))
        return limited

    FolderVault(folder / "limited", make=True).put_new("2026/11/22/a.age", file, paced)
    window_s = 0.2
    most = max(sum(block for at, block in sent if start <= at < start + window_s) for start, _block in sent)
    took = sent[-1][0] - sent[0][0]
    return [
        Figure("vault.limit.kept", sum(block for _at, block in sent) * 8 / 1000 / took, "kbit/s", "", LIMIT_KBIT_S),
        Figure("vault.limit.worst_200_ms", most / (LIMIT_KBIT_S * 125 * window_s), "x limit"),
    ]


@contextmanager
def _moto(folder: Path) -> Iterator[Bucket]:
    port = free_port()
    with (folder / "server.log").open("wb") as told:
        server = subprocess.Popen([sys.executable, "-c", _SERVER, str(port)], stdout=told, stderr=told)
        try:
            wait_for(port)
            S3Requests(bucket_at(port, ""), now).send("PUT", "")
            yield bucket_at(port, BUCKET)
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    for figure in measure(print, quick="--quick" in sys.argv):
        print(figure.line())
