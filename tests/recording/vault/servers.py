"""S3 servers for tests. moto's honours `If-None-Match` and takes every key; s3rver (from npm) refuses keys that it does
not know (it does not look at the signature) and ignores the condition: each is used for what it does."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

import pytest
from moto.server import ThreadedMotoServer

from desk.recording.vault.s3_request import Bucket, S3Requests
from tests import needed

HERE = Path(__file__).parent / "s3rver"
BUCKET = "vault"
STARTS_S, NPM_S = 20.0, 240.0


def bucket_at(port: int, prefix: str = "hotline/a") -> Bucket:
    return Bucket(f"http://127.0.0.1:{port}", "us-east-1", BUCKET, prefix, "S3RVER", "S3RVER")


def at_port(bucket: Bucket, port: int) -> Bucket:
    return replace(bucket, endpoint=f"http://127.0.0.1:{port}")


def port_of(bucket: Bucket) -> int:
    return int(bucket.endpoint.rpartition(":")[2])


@contextmanager
def moto() -> Iterator[Bucket]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _host, port = server.get_host_and_port()
        bucket = bucket_at(port)
        S3Requests(replace(bucket, prefix=""), lambda: datetime.now(UTC)).send("PUT", "")
        yield bucket
    finally:
        server.stop()


@contextmanager
def s3rver(folder: Path) -> Iterator[Bucket]:
    """Fails where it cannot be had."""
    modules = _installed()
    port = free_port()
    options = ["-d", str(folder), "-a", "127.0.0.1", "-p", str(port), "--silent", "--configure-bucket", BUCKET]
    server = subprocess.Popen(["node", str(modules / "s3rver/bin/s3rver.js"), *options], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield bucket_at(port)
    finally:
        server.terminate()
        server.wait(STARTS_S)


def _installed() -> Path:
    """Its modules, by the committed lock, in a cache that later runs use again."""
    needed.program("node", "nodejs")
    needed.program("npm", "npm")
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path(gettempdir()) / f"desk-tests-{_user()}"))
    folder = cache / f"s3rver-{sha256(lock).hexdigest()[:16]}"
    modules = folder / "node_modules"
    if not (folder / "whole").exists():
        making = folder.with_name(f"{folder.name}.{os.getpid()}")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(HERE, making)
        command = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(command, cwd=making, capture_output=True, text=True, timeout=NPM_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            pytest.fail(f"s3rver cannot be installed: npm ci did not end ({type(error).__name__})")
        if done.returncode:
            pytest.fail(f"s3rver cannot be installed: npm ci failed: {done.stderr.strip()[-300:]}")
        (making / "whole").touch()
        try:
            making.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(making, ignore_errors=True)
    return modules


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + STARTS_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
