"""Where Desk's processes meet (see `desk.link`): the address of each role, the folder it lies in, and the token that
tells the seat's own processes from others. Pure functions over the file system; any process, any thread."""

import hashlib
import os
import stat
import tempfile
from multiprocessing.connection import Client
from pathlib import Path

TOKEN_VARIABLE = "DESK_LINK_TOKEN"  # noqa: S105 - the name of the variable, not the token
LAUNCHER_VARIABLE = "DESK_LAUNCHER_PID"
TOKEN_FILE = "token"  # noqa: S105 - in the runtime folder, for tools
SHORTEST = "/tmp"  # noqa: S108 - what is made there belongs to this user alone, or is refused (`prepare_folder`)
PATH_LIMIT = 100  # bytes; sun_path holds 108 on Linux, 104 on macOS


class LinkDown(Exception):
    """The other process is not there; nothing was sent."""


class LinkBusy(Exception):
    """Another process serves this address, or the folder for it cannot be trusted."""


def address_for(runtime_dir: Path, role: str) -> str:
    """Where the process of this role serves: a socket path of less than 100 bytes, or a pipe name on Windows."""
    digest = hashlib.sha256(os.fsencode(runtime_dir.absolute())).hexdigest()[:16]
    if os.name == "nt":
        return rf"\\.\pipe\desk-{digest}-{role}"
    # A Chinese letter is three bytes: a folder below somebody's name is soon too long, the temporary one, too.
    below = (Path(tempfile.gettempdir()), Path(SHORTEST))
    addresses = [
        str(folder / f"{role}.sock") for folder in (runtime_dir.absolute(), *(b / f"desk-{digest}" for b in below))
    ]
    return next((one for one in addresses if len(os.fsencode(one)) < PATH_LIMIT), addresses[-1])


def token_of(runtime_dir: Path) -> bytes:
    """The seat's token: from the environment in a process of the seat, else from the file that the launcher left for
    tools. Raises `LinkDown` where neither is there (no seat runs)."""
    text = os.environ.get(TOKEN_VARIABLE) or ""
    if not text:
        try:
            text = (runtime_dir / TOKEN_FILE).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise LinkDown(f"no token in {runtime_dir}") from error
    try:
        return bytes.fromhex(text.strip())
    except ValueError as error:
        raise LinkDown("the token is malformed") from error


def write_token(runtime_dir: Path, token: bytes) -> None:
    """Leave the token for tools, readable by this user alone. Raises `LinkBusy`, `OSError`."""
    prepare_folder(runtime_dir)
    file = runtime_dir / TOKEN_FILE
    whole = file.with_suffix(".new")  # a tool that looks while this is written must find the old token or the new one
    whole.unlink(missing_ok=True)
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(token.hex())
    whole.replace(file)


def prepare_folder(folder: Path) -> None:
    """Make the folder for this user alone. Raises `LinkBusy` where somebody else made it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "nt":
        return
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
        raise LinkBusy(f"{folder} belongs to somebody else")
    folder.chmod(0o700)


def clear_stale(address: str) -> None:
    """Remove the socket that a killed process left. Raises `LinkBusy` where a living one answers."""
    if not os.path.lexists(address):
        return
    try:
        probe = Client(address)
    except ConnectionRefusedError:
        Path(address).unlink(missing_ok=True)
    except OSError as error:
        raise LinkBusy(f"{address}: {error}") from error
    else:
        probe.close()
        raise LinkBusy(f"{address} is served by another process")
