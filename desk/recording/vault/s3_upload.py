"""Sending one file to S3: small ones as they are, larger ones in parts, and taken up again where they broke off.

Beside the file lies `<name>.upload` while it is being sent in parts: which upload, of which content, and the parts that
the storage has confirmed. A process that starts later sends only what is missing. An upload that nobody takes up again
is ended by the bucket's own lifecycle rule (see docs/recordings.md).

Both kinds carry `If-None-Match: *`, so that a storage which honours it never lets anything be overwritten. One file is
sent by one thread at a time."""

import contextlib
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from desk.recording.files import sha256_of
from desk.recording.vault.port import Pace
from desk.recording.vault.s3_request import Answer, Body, S3Requests, check
from desk.usecases.recording_ports import VaultAway, VaultRefused

PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes
STATE_SUFFIX = ".upload"
_UPLOAD_ID = re.compile(r"<UploadId>([^<]{1,2000})</UploadId>")
_ONLY_NEW = {"if-none-match": "*"}
# What a storage says of an upload that it has forgotten, or whose parts it has not got.
_FORGOTTEN = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder"})


class Taken(Exception):
    """There is an object of this name already."""


@dataclass(frozen=True, slots=True)
class _State:
    """`tags` of the parts that are there, from the first on."""

    name: str
    upload_id: str
    sha256: str
    part_bytes: int
    tags: tuple[str, ...] = ()


class S3Upload:
    def __init__(self, requests: S3Requests, part_bytes: int = PART_BYTES) -> None:
        self._requests, self._part_bytes = requests, part_bytes

    def send(self, name: str, file: Path, pace: Pace) -> None:
        """Raises `Taken`, `VaultAway`, `VaultRefused`, `OSError` for the file."""
        size = file.stat().st_size
        if size <= self._part_bytes:
            answer = self._requests.send("PUT", name, headers=_ONLY_NEW, body=Body(file, 0, size), pace=pace)
            _check_new(answer, "sending a recording")
            return
        state = self._begun(name, file)
        try:
            state = self._send_parts(state, file, size, pace)
            self._complete(state)
        except _Forgotten:
            _state_file(file).unlink(missing_ok=True)
            raise VaultAway("the storage has forgotten what was sent before; it is sent again") from None
        except Taken:
            self.let_go(file)
            raise
        _state_file(file).unlink(missing_ok=True)

    def try_one(self, name: str) -> None:
        """Begin an upload in parts, which wants the right to write, and end it: no object comes of it. Raises
        `VaultAway`, `VaultRefused`."""
        self._abort(_State(name, self._new_upload(name), "", self._part_bytes))

    def let_go(self, file: Path) -> None:
        """What was begun for this file is of no use any more: its object is there. That is so, too, where the answer to
        the completion came too late to be heard."""
        known = _read_state(file)
        if known is not None:
            self._abort(known)
        target = _state_file(file)
        target.unlink(missing_ok=True)
        _part_of(target).unlink(missing_ok=True)

    def _begun(self, name: str, file: Path) -> _State:
        sha256 = sha256_of(file)
        known = _read_state(file)
        if known is not None:
            if (known.name, known.sha256, known.part_bytes) == (name, sha256, self._part_bytes):
                return known
            self._abort(known)
        state = _State(name, self._new_upload(name), sha256, self._part_bytes)
        _write_state(file, state)
        return state

    def _new_upload(self, name: str) -> str:
        answer = check(self._requests.send("POST", name, {"uploads": ""}), "beginning an upload")
        found = _UPLOAD_ID.search(answer.body.decode("utf-8", "replace"))
        if found is None:
            raise VaultRefused("the storage does not take uploads in parts")
        return found[1]

    def _send_parts(self, state: _State, file: Path, size: int, pace: Pace) -> _State:
        for number in range(len(state.tags), -(-size // state.part_bytes)):
            start = number * state.part_bytes
            body = Body(file, start, min(state.part_bytes, size - start))
            query = {"partNumber": str(number + 1), "uploadId": state.upload_id}
            answer = self._requests.send("PUT", state.name, query, body=body, pace=pace)
            _check_known(answer)
            tag = check(answer, "sending a part of a recording").headers.get("etag", "")
            state = _State(state.name, state.upload_id, state.sha256, state.part_bytes, (*state.tags, tag))
            _write_state(file, state)
        return state

    def _complete(self, state: _State) -> None:
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(tag)}</ETag></Part>"
            for number, tag in enumerate(state.tags, 1)
        )
        body = (
            '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"{parts}</CompleteMultipartUpload>"
        ).encode()
        answer = self._requests.send("POST", state.name, {"uploadId": state.upload_id}, _ONLY_NEW, body)
        _check_known(answer)
        _check_new(answer, "completing an upload")

    def _abort(self, state: _State) -> None:
        """What cannot be aborted now is left to the bucket's lifecycle rule."""
        with contextlib.suppress(VaultAway, VaultRefused):
            self._requests.send("DELETE", state.name, {"uploadId": state.upload_id})


class _Forgotten(Exception):
    pass


def _check_known(answer: Answer) -> None:
    """A bare 500 counts: some storages have no better word for an upload that they do not know."""
    if answer.code in _FORGOTTEN or (answer.status == 500 and not answer.code):
        raise _Forgotten


def _check_new(answer: Answer, wanted: str) -> None:
    if answer.status == 412 or answer.code == "PreconditionFailed":
        raise Taken
    check(answer, wanted)


def _state_file(file: Path) -> Path:
    return file.with_name(file.name + STATE_SUFFIX)


def _part_of(state_file: Path) -> Path:
    return state_file.with_name(state_file.name + ".part")


def _read_state(file: Path) -> _State | None:
    """None where there is none, or none that can be used: then it is sent from the start."""
    try:
        found = json.loads(_state_file(file).read_bytes())
        return _State(
            str(found["name"]),
            str(found["upload_id"]),
            str(found["sha256"]),
            int(found["part_bytes"]),
            tuple(str(tag) for tag in found["tags"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_state(file: Path, state: _State) -> None:
    target = _state_file(file)
    part = _part_of(target)
    with part.open("w", encoding="utf-8") as handle:
        json.dump(asdict(state), handle)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(target)
