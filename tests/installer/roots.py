"""Bare Debian systems in folders, by debootstrap: what a new PC has before anybody has installed anything. Made once
and kept below build/roots; each test works in a copy. Root only.

A root has a mount namespace of its own, held by one process: when that ends, by whatever, the mounts are gone with it.
Network, screen and /tmp are this computer's: registrar, display, sound and the tests' folders are at the same
addresses inside."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BUILD = Path(__file__).parents[2] / "build"
KEPT = BUILD / "roots"
SUITES = {"bookworm": "Debian 12", "trixie": "Debian 13"}
SHARED = "/tmp"  # noqa: S108 - where pytest and the private servers keep theirs
MAKE_S = 1200.0
RUN_S = 900.0
_APT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Root:
    """`holder`: the process whose mount namespace it is."""

    folder: Path
    holder: int

    def argv(self, *words: str) -> list[str]:
        """A command line that runs these words inside."""
        return ["nsenter", f"--mount=/proc/{self.holder}/ns/mnt", "chroot", str(self.folder), *words]

    def run(
        self, *words: str, env: Mapping[str, str] | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """To its end. Raises `CalledProcessError` where `check`."""
        path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **_APT}
        done = subprocess.run(
            self.argv(*words), env={**path, **(env or {})}, capture_output=True, text=True, timeout=RUN_S, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def apt(self, *words: str, env: Mapping[str, str] | None = None, check: bool = True) -> str:
        """What it said, both ways."""
        done = self.run("apt-get", "--yes", "--quiet", "--no-install-recommends", *words, env=env, check=check)
        return done.stdout + done.stderr

    def has(self, path: str) -> bool:
        return os.path.lexists(self.folder / path.removeprefix("/"))


def base(suite: str) -> Path:
    """The kept one of this suite; made where it is missing."""
    folder = KEPT / f"{suite}-base"
    if not (folder / "etc" / "debian_version").exists() or (folder / "debootstrap").exists():
        shutil.rmtree(folder, ignore_errors=True)
        KEPT.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=ca-certificates", suite, str(folder), _mirror()],
            check=True,
            timeout=MAKE_S,
            stdout=subprocess.DEVNULL,
        )
    return folder


def _mirror() -> str:
    """Where this computer's own packages come from."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    done = subprocess.run(asked, check=True, timeout=RUN_S, capture_output=True, text=True)
    return next(uri for uri in done.stdout.split() if uri.rstrip("/").endswith("/debian"))


@contextlib.contextmanager
def fresh(suite: str, folder: Path) -> Iterator[Root]:
    """A copy in this folder (which must not be there), ended and removed with the context."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(base(suite)), str(folder)], check=True)
    archives = KEPT / f"{suite}-archives"
    archives.mkdir(exist_ok=True)
    mounts = (
        f"mount -t proc proc {folder}/proc && mount --rbind /dev {folder}/dev"
        f" && mount --bind {SHARED} {folder}{SHARED}"
        f" && mount --bind {archives} {folder}/var/cache/apt/archives && echo ready && exec sleep infinity"
    )
    with _held(mounts, folder) as holder:
        (folder / "etc" / "resolv.conf").write_bytes(Path("/etc/resolv.conf").read_bytes())
        yield Root(folder, holder)


@contextlib.contextmanager
def layered(folder: Path) -> Iterator[Root]:
    """This computer's own system with a layer over it in memory, gone with the context: quickly there, for what goes
    wrong many times. What is written can be seen from inside alone, but in /tmp."""
    folder.mkdir()
    inside = folder / "root"
    mounts = (
        f"mount -t tmpfs tmpfs {folder} && mkdir {folder}/upper {folder}/work {inside}"
        f" && mount -t overlay overlay -o lowerdir=/,upperdir={folder}/upper,workdir={folder}/work {inside}"
        f" && mount -t proc proc {inside}/proc && mount -t tmpfs tmpfs {inside}/run && mount --rbind /dev {inside}/dev"
        f" && mount --bind {SHARED} {inside}{SHARED} && echo ready && exec sleep infinity"
    )
    with _held(mounts, folder) as holder:
        yield Root(inside, holder)


@contextlib.contextmanager
def _held(mounts: str, folder: Path) -> Iterator[int]:
    """The process that holds the mounts, by its number."""
    with subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", mounts], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "ready\n"
            yield holder.pid
        finally:
            holder.terminate()
            holder.wait()
            shutil.rmtree(folder, ignore_errors=True)
