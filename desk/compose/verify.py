"""Builds `desk verify`: which vault, which keys, whose change log; and tells on the terminal what was found."""

import argparse
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from desk import exit_codes
from desk.compose.clock import now
from desk.domain.call_log import RecordingEntry
from desk.domain.identity import CallId
from desk.domain.listening import Access
from desk.i18n import _
from desk.recording.proof import pack_check, report
from desk.recording.proof.checked import How
from desk.recording.proof.findings import Finding, Summary, What
from desk.recording.proof.verify import Days, VaultCheck
from desk.recording.sealing import age
from desk.recording.sealing.keys import HotlineKeys
from desk.recording.vault.configured import S3, vault_of
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Vault
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.history import SqlSealedLog
from desk.store.store import Store
from desk.usecases.ports import KeyMissing, KeyringWeak, StoreBroken, StoreFull

PACK_SUFFIXES = frozenset({".html", ".htm"})
MOST_JOBS = 4
_AGE_FILE = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")

AskPassphrase = Callable[[Path], str]


class _NotUsable(Exception):
    """Its text is a sentence for the person."""


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """0 whole, 1 faults found, 2 it could not be checked, or not all of it."""
    try:
        return _run(settings, arguments)
    except _NotUsable as error:
        report.to_terminal(str(error))
        return exit_codes.UNCHECKED


def _run(settings: Settings, arguments: argparse.Namespace) -> int:
    target = str(arguments.target or "")
    secrets = _secrets()
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise _NotUsable(_("--since is after --until: no day lies between them."))
    before: list[Finding] = []
    with _log_of(settings, secrets, arguments, target, before) as log:
        if Path(target).suffix.lower() in PACK_SUFFIXES:
            return _verify_pack(Path(target), log, arguments, before)
        vault = _vault(settings, target, secrets)
        identities = _identities(arguments, secrets, before)
        how = How(identities, audio=not arguments.seals_only, decode=arguments.decode)
        run = VaultCheck(
            vault,
            how,
            arguments.jobs or min(MOST_JOBS, os.cpu_count() or 1),
            Days(arguments.since, arguments.until),
            log.entries() if log is not None else None,
            log_of=settings.seat.name,
        )
        return _tell(run, log, arguments, before)


def _wants_log(arguments: argparse.Namespace, target: str) -> bool:
    """A seat's own vault, or a pack from wherever: its log knows of them. Other folders may be another seat's."""
    if arguments.against_store is not None:
        return bool(arguments.against_store)
    return not target or Path(target).suffix.lower() in PACK_SUFFIXES


def _tell(run: VaultCheck, log: "_Log | None", arguments: argparse.Namespace, before: Sequence[Finding]) -> int:
    """`before`: what was found before it began, and counts as well."""
    progress = report.Progress(sys.stderr, time.monotonic, log.count() if log is not None else 0)
    with _json_of(arguments) as to_json:

        def tell(finding: Finding) -> None:
            progress.clear()
            report.to_terminal(report.line(finding))
            if to_json is not None:
                to_json.tell(finding)

        run.summary.count(before)
        for finding in before:
            tell(finding)
        summary = run.run(tell, lambda: progress.at(run.summary.recordings))
        progress.clear()
        for line in report.summary_lines(summary):
            report.to_terminal(line)
        if to_json is not None:
            to_json.end(summary)
    return summary.exit_code


def _verify_pack(file: Path, log: "_Log | None", arguments: argparse.Namespace, before: Sequence[Finding]) -> int:
    summary = Summary(recordings=1, with_log=log is not None)
    found = pack_check.check_pack(file)
    findings = [*before, *found.findings]
    if found.call_id and (what := _unproven(found, log, arguments)) is not None:
        findings.append(Finding(what, file.name, found.sha256))
    summary.count(findings)
    for finding in findings:
        report.to_terminal(report.line(finding))
    report.to_terminal(_("SHA-256 of the file: {sha256}").format(sha256=found.sha256))
    if log is not None and summary.exit_code == exit_codes.OK and not summary.notes:
        report.to_terminal(_("This seat's change log knows this very file."))
    report.to_terminal(report.verdict(summary))
    with _json_of(arguments) as to_json:
        if to_json is not None:
            for finding in findings:
                to_json.tell(finding)
            to_json.end(summary)
    return summary.exit_code


def _unproven(found: pack_check.PackFound, log: "_Log | None", arguments: argparse.Namespace) -> What | None:
    """What keeps it from being the hotline's own: anybody can write a file that agrees with itself."""
    if log is None:
        return None if arguments.against_store is False else What.PACK_NOT_COMPARED
    logged = log.seal_hash(found.call_id)
    if logged and logged != found.seal_hash:
        return What.PACK_OTHER_SEAL
    return None if found.sha256 in log.packed(found.call_id) else What.PACK_NOT_LOGGED


@contextmanager
def _json_of(arguments: argparse.Namespace) -> Iterator[report.JsonReport | None]:
    if not arguments.json:
        yield None
        return
    try:
        to_json = report.JsonReport(arguments.json)
    except OSError as error:
        words = _("The report {file} cannot be written: {detail}").format(file=arguments.json, detail=error)
        raise _NotUsable(words) from error
    with closing(to_json):
        yield to_json


def _vault(settings: Settings, target: str, secrets: Secrets | None) -> Vault:
    def secret_of(entry: str) -> str | None:
        return secrets.get(entry) if secrets is not None else None

    if not target:
        return vault_of(settings, secret_of, now)
    if target.startswith(S3):
        return vault_of(replace(settings, vault=replace(settings.vault, url=target)), secret_of, now)
    if not Path(target).is_dir():
        raise _NotUsable(_("There is no folder {path}, and it is no evidence pack.").format(path=target))
    return FolderVault(Path(target).absolute())


def _identities(arguments: argparse.Namespace, secrets: Secrets | None, before: list[Finding]) -> list[age.Identity]:
    if arguments.no_decrypt:
        return []
    if arguments.key:
        return identities_in(arguments.key, _ask_passphrase)
    try:
        return HotlineKeys(secrets).identities() if secrets is not None else []
    except (KeyringWeak, age.KeyNotUsable) as error:
        before.append(Finding(What.KEY_UNUSABLE, "", str(error)))
        return []


def identities_in(file: Path, ask: AskPassphrase) -> list[age.Identity]:
    """Of an age identity file, plain or with a passphrase. Raises `_NotUsable`."""
    try:
        content = file.read_bytes()
        if content.startswith(_AGE_FILE):
            content = age.unlock(content, ask(file))
        lines = content.decode("ascii", "replace").splitlines()
        found = [age.identity_of(line) for line in lines if line.strip() and not line.startswith("#")]
    except OSError as error:
        raise _NotUsable(_("The key file {file} cannot be read: {detail}").format(file=file, detail=error)) from error
    except age.NotEncryptedForThese as error:
        raise _NotUsable(_("This is not the passphrase of {file}.").format(file=file)) from error
    except age.KeyNotUsable as error:
        raise _NotUsable(_("{file} holds no key that opens recordings.").format(file=file)) from error
    if not found:
        raise _NotUsable(_("{file} holds no key that opens recordings.").format(file=file))
    return found


def _ask_passphrase(file: Path) -> str:
    import getpass

    return getpass.getpass(_("Passphrase of {file}: ").format(file=file))


def _secrets() -> Secrets | None:
    """None on a computer without a keyring, such as a server: then a key comes from a file."""
    try:
        return KeyringSecrets()
    except KeyringWeak:
        return None


class _Log:
    """The change log of this seat's store."""

    def __init__(self, store: Store) -> None:
        self._sealed, self._calls = SqlSealedLog(store), SqlCallLog(store)

    def entries(self) -> Iterator[RecordingEntry]:
        return self._sealed.all_recordings()

    def count(self) -> int:
        return self._sealed.count()

    def seal_hash(self, call_id: str) -> str:
        """ "" where it does not know the call's recording."""
        entry = self._calls.recording(CallId(call_id))
        return entry.seal_hash if entry is not None else ""

    def packed(self, call_id: str) -> frozenset[str]:
        return self._sealed.details(Access.PACKED, call_id)


@contextmanager
def _log_of(
    settings: Settings, secrets: Secrets | None, arguments: argparse.Namespace, target: str, before: list[Finding]
) -> Iterator[_Log | None]:
    """None where there is none, as on a server; where there is one that cannot be read, or it was asked for by name,
    that is a finding: nobody may take it for a comparison."""
    if not _wants_log(arguments, target):
        yield None
        return
    try:
        if not settings.store_file.exists():
            if arguments.against_store:
                before.append(Finding(What.LOG_UNREADABLE, "", f"{settings.store_file}: {os.strerror(errno.ENOENT)}"))
            yield None
            return
        store = Store.open(settings.store_file, secrets or KeyringSecrets())
    except (KeyMissing, KeyringWeak, StoreBroken, StoreFull) as error:
        before.append(Finding(What.LOG_UNREADABLE, "", str(error)))
        yield None
        return
    try:
        yield _Log(store)
    finally:
        store.close()
