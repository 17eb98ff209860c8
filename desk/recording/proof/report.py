"""What a check has found, in words for IT and in JSON for machines. One line per finding: the file, and what it means.
The language is `desk.i18n`'s. Any thread."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from desk.i18n import _, ngettext
from desk.recording.proof.findings import Finding, Summary, Weight, What

_MS_PER_HOUR = 3_600_000


def meaning(finding: Finding) -> str:
    """One sentence."""
    return _meanings()[finding.what].format(detail=finding.detail)


def line(finding: Finding) -> str:
    mark = {Weight.FAULT: _("FAULT"), Weight.UNCHECKED: _("NOT CHECKED"), Weight.NOTE: _("note")}[finding.weight]
    name = f" {finding.name}" if finding.name else ""
    return f"[{mark}]{name}: {meaning(finding)}"


def summary_lines(summary: Summary) -> list[str]:
    hours, days = summary.length_ms / _MS_PER_HOUR, f"{summary.first} - {summary.last}"
    lines = [
        ngettext("{n} recording", "{n} recordings", summary.recordings).format(n=f"{summary.recordings:,}")
        + _(", {hours:.1f} h, {mb:,.0f} MB, {days}; deleted by rule: {deleted}; chains: {chains}").format(
            hours=hours,
            mb=summary.size_bytes / 1e6,
            days=days if summary.first else "-",
            deleted=summary.deleted,
            chains=summary.chains,
        ),
        _("With key: {n} opened, their content checked span by span.").format(n=f"{summary.opened:,}")
        if summary.with_key
        else _("Without key: seals, chain and encrypted files were checked; nothing was opened."),
        _("Compared with this seat's change log.")
        if summary.with_log
        else _(
            "Not compared with a change log: recordings cut off the end of a chain, or added to it, and deletions"
            " outside Desk would not be noticed."
        ),
    ]
    return [*lines, verdict(summary)]


def verdict(summary: Summary) -> str:
    if summary.faults:
        return ngettext("{n} fault was found.", "{n} faults were found.", summary.faults).format(n=summary.faults)
    if summary.unchecked:
        return ngettext(
            "No fault was found, but {n} thing could not be checked.",
            "No fault was found, but {n} things could not be checked.",
            summary.unchecked,
        ).format(n=summary.unchecked)
    if not summary.recordings:
        return _("There are no recordings here.")
    return _("Everything is whole and unchanged.")


class JsonReport:
    """Written as it goes, so that a million findings are never in memory: {"findings": [...], "summary": {...}}."""

    def __init__(self, file: Path) -> None:
        """Raises `OSError`."""
        self._handle = file.open("w", encoding="utf-8")
        self._handle.write('{"findings": [')
        self._first = True

    def tell(self, finding: Finding) -> None:
        value = {
            "what": finding.what.value,
            "weight": finding.weight.value,
            "name": finding.name,
            "detail": finding.detail,
            "meaning": meaning(finding),
        }
        self._handle.write(("" if self._first else ",") + "\n" + json.dumps(value, ensure_ascii=False))
        self._first = False

    def end(self, summary: Summary) -> None:
        figures = asdict(summary) | {"exit_code": summary.exit_code}
        figures["counts"] = {
            what.value: count for what, count in sorted(summary.counts.items(), key=lambda c: c[0].value)
        }
        self._handle.write('\n], "summary": ' + json.dumps(figures, ensure_ascii=False) + "}\n")

    def close(self) -> None:
        self._handle.close()


class Progress:
    """One line on a terminal that is written over; nothing elsewhere. `total` 0: nobody knows how many there are."""

    def __init__(self, out: TextIO, monotonic: Callable[[], float], total: int = 0) -> None:
        self._out, self._monotonic, self._total = out, monotonic, total
        self._began = self._last = monotonic()
        self._shown = False
        self._on = out.isatty()

    def at(self, done: int) -> None:
        now = self._monotonic()
        if not self._on or now - self._last < 0.5:
            return
        self._last = now
        rate = done / max(now - self._began, 1e-3)
        text = _("{done} checked, {rate:.0f} per second").format(done=f"{done:,}", rate=rate)
        if self._total > done and rate:
            text += _(", some {minutes:.0f} min left").format(minutes=(self._total - done) / rate / 60)
        self._write(text)

    def clear(self) -> None:
        if self._shown:
            self._write("")
            self._shown = False

    def _write(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}")
        self._out.flush()
        self._shown = True


def to_terminal(text: str) -> None:
    """Whatever the terminal can show of it."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def _meanings() -> dict[What, str]:
    return {
        What.SEAL_DAMAGED: _("the seal was changed or is no seal ({detail}). Bring it back from a backup."),
        What.SEAL_MISSING: _(
            "there is audio and no seal: it cannot be proven, nor opened. Bring the seal back from a backup."
        ),
        What.SEAL_ELSEWHERE: _("the seal belongs to another call ({detail}): somebody has renamed it."),
        What.OTHER_DAY: _(
            "it was recorded on another day ({detail}): somebody has moved it, or the seat's clock was set as it rang."
        ),
        What.AUDIO_MISSING: _("the seal is there and the audio is not, and nobody has deleted it by rule."),
        What.AUDIO_CUT: _(
            "the encrypted audio has another size than was sealed ({detail} bytes): it was cut or added to."
        ),
        What.AUDIO_CHANGED: _("the encrypted audio is not what was sealed: it was changed, or the disk is failing."),
        What.NOT_OPENED: _(
            "none of the keys given opens it: it was sealed for others, or its wrapped key was changed."
        ),
        What.CANNOT_DECRYPT: _("the key inside the seal does not open this audio ({detail})."),
        What.KEY_DAMAGED: _("a wrapped key was changed or is none ({detail})."),
        What.SPAN_CHANGED: _("what is inside is not what was sealed, from span {detail} on."),
        What.MANIFEST_CHANGED: _("the call's manifest inside is not the one that was sealed. {detail}"),
        What.NO_AUDIO_FILE: _("what is inside is no audio file ({detail})."),
        What.LENGTH_DIFFERS: _("it lasts another time than was sealed ({detail} s)."),
        What.CODEC_DIFFERS: _("it has another codec than was sealed ({detail})."),
        What.UNREADABLE: _("it could not be read ({detail})."),
        What.DELETED: _("deleted by rule; its seal still holds the chain ({detail})."),
        What.TOMBSTONE_DAMAGED: _("the note on its deletion cannot be read ({detail})."),
        What.DELETION_UNFINISHED: _("it is noted as deleted and its audio is still there; retention will finish that."),
        What.UNSEALED: _("made by a Desk that did not seal yet: nothing here proves it."),
        What.FOREIGN: _("this is no file of Desk's."),
        What.PLACE_MISSING: _(
            "place {detail} of this chain is missing: a recording was taken away, or not brought here yet."
        ),
        What.PLACE_UNSEEN: _("place {detail} of this chain is not among these days. Check all days to know."),
        What.PLACE_TWICE: _("two recordings claim one place of a chain ({detail}): one of them is not genuine."),
        What.LINK_BROKEN: _("it does not follow on the recording before it ({detail}): one of the two was exchanged."),
        What.NOT_IN_VAULT: _("the change log says it was brought to the vault, and it is not there."),
        What.LOG_DIFFERS: _("it is not the one that the change log knows."),
        What.NOT_IN_LOG: _("this seat's change log knows neither it nor its chain: another hotline's, or not genuine."),
        What.NOT_IN_LOG_YET: _(
            "this seat's change log does not know it ({detail}): the newest of another seat, or not genuine. Check"
            " again when this seat has caught up with the central database."
        ),
        What.NEVER_LOGGED: _(
            "the change log knows its chain and not this recording ({detail}): no seat has sealed it, it was put there."
        ),
        What.DELETED_UNLOGGED: _("the change log knows nothing of its deletion: somebody deleted it outside Desk."),
        What.TOMBSTONE_DIFFERS: _("the note on its deletion says otherwise than the change log: it is not genuine."),
        What.ON_ITS_WAY: _("still at the seat, on its way to the vault."),
        What.LOG_UNREADABLE: _(
            "this seat's change log cannot be read ({detail}), so nothing was compared with it. Put that right and"
            " check again."
        ),
        What.STOPPED: _("stopped before the end; what was checked so far is told."),
        What.VAULT_LOST: _("the vault cannot be read ({detail})."),
        What.NOTHING_HERE: _(
            "there is no recording here at all. Is the share connected, and is this the right folder or prefix?"
        ),
        What.KEY_UNUSABLE: _(
            "the keyring gives no key ({detail}), so nothing was opened. Unlock it, or name a key file with --key."
        ),
        What.WORK_LOST: _(
            "the temporary file of this check cannot be written ({detail}). Free some space, or name another folder in"
            " TMPDIR, and check again."
        ),
        What.PACK_CHANGED: _("this file is not as it was exported: at least one byte is another."),
        What.PACK_BLOCK_CHANGED: _("changed in it: {detail}."),
        What.NO_PACK: _("this is no evidence pack of Desk's ({detail})."),
        What.PACK_NOT_LOGGED: _("this seat's change log knows of no such export: another seat's, or not genuine."),
        What.PACK_OTHER_SEAL: _(
            "it is not the recording of this call: the change log holds another seal for it. It is forged."
        ),
        What.PACK_NOT_COMPARED: _(
            "no change log is at hand, and only that says whether the hotline made it: check it at a seat."
        ),
    }
