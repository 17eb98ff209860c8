"""What tells a vault in a folder from the empty folder that a share is mounted on: `desk-vault.json` in its root, with
an id that nobody else has, written once. Each seat remembers the id of the vault that it has used; where the folder
does not show it, the share is away, and nothing is written where nobody would look for it.

The first seat that brings something writes it; all others find it. Any thread, any process of the seat."""

import json
import re
import secrets
from pathlib import Path

from desk.recording.files import write_new
from desk.usecases.recording_ports import VaultAway, VaultRefused

MARKER = "desk-vault.json"
_ID = re.compile(r"[0-9a-f]{32}")
_MOST_BYTES = 4096


def new_marker() -> bytes:
    return json.dumps({"id": secrets.token_hex(16)}).encode() + b"\n"


def read_marker(root: Path) -> str | None:
    """The vault's id; None where there is no marker. Raises `VaultRefused` for one that is none, and `OSError`."""
    try:
        with (root / MARKER).open("rb") as handle:
            untrusted = handle.read(_MOST_BYTES)
    except FileNotFoundError:
        return None
    try:
        found = json.loads(untrusted)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise VaultRefused(f"{root / MARKER} is damaged: bring it back from a backup of the vault")
    return found


class KnownVaults:
    """Which vault this seat has used in which folder: `{"<folder>": "<id>"}` in a file of the seat's."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def id_of(self, root: Path) -> str | None:
        return self._read().get(_key(root))

    def remember(self, root: Path, vault_id: str) -> None:
        """Durable when it returns. Raises `OSError`."""
        known = self._read() | {_key(root): vault_id}
        write_new(self.file, json.dumps(known, ensure_ascii=False, indent=1) + "\n")

    def check(self, root: Path) -> bool:
        """Whether this folder shows the vault that this seat knows, or one that it learns to know now; False where
        neither knows of any: this seat has never used it. Raises `VaultAway` where the vault that was here is not,
        `VaultRefused` where it is another, and `OSError`."""
        known, there = self.id_of(root), read_marker(root)
        if there is None and known is not None:
            raise VaultAway(
                f"the folder {root} is not the vault that this seat has used (not mounted?): {MARKER} is missing in "
                f"it. Connect the share; if this vault was given up, remove its line from {self.file}"
            )
        if there is None:
            return False
        if known is None:
            self.remember(root, there)
        elif known != there:
            raise VaultRefused(
                f"in the folder {root} lies another vault than the one that this seat has used (another share?). If it "
                f"was exchanged on purpose, remove its line from {self.file}"
            )
        return True

    def _read(self) -> dict[str, str]:
        """A file that is damaged must not be taken for one that knows of no vault."""
        try:
            found = json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise VaultRefused(f"{self.file} is damaged: remove it while the recordings store is connected")
        return {str(key): str(value) for key, value in found.items()}


def _key(root: Path) -> str:
    return str(root.absolute())
