"""Deletions and the change log: what only the log can say of a vault, and what a note on a deletion must say."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.call_log import RecordingEntry
from desk.recording.proof.checked import How
from desk.recording.proof.findings import Finding, What
from desk.recording.proof.verify import VaultCheck
from desk.recording.vault.erase import VaultEraser
from desk.recording.vault.folder_vault import FolderVault
from desk.usecases.retention import Tombstone
from tests.recording.proof.evidence import recording_of
from tests.recording.proof.sealed import T0, SealedVault, call_id
from tests.recording.proof.verifying import verified, whats


def deleted_by_rule(vault: SealedVault, stem: str) -> RecordingEntry:
    """As retention does it; what the change log says of it then."""
    entry = replace(recording_of(vault, stem), deleted_at=T0, deleted_by="2001", deleted_why="older than 90 days")
    note = Tombstone(entry.call_id, T0, entry.deleted_by, entry.deleted_why, entry.sha256)
    VaultEraser(FolderVault(vault.root)).erase(entry.file, note.as_dict())
    return entry


def test_deleted_recordings_are_told_and_keep_the_chain(vault: SealedVault) -> None:
    stems = [vault.add(n) for n in range(3)]
    logged = [recording_of(vault, stem) for stem in stems]
    logged[1] = deleted_by_rule(vault, stems[1])
    for log in (None, logged):
        summary, findings = verified(vault, logged=log)
        assert (summary.exit_code, summary.deleted) == (0, 1)
        words = "2026-11-22T08:00:00.000000Z, 2001, older than 90 days"
        assert findings == [Finding(What.DELETED, f"{stems[1]}.deleted", words)]


def test_note_on_a_deletion_is_of_this_very_recording(vault: SealedVault) -> None:
    stems = [vault.add(n) for n in range(3)]
    note = f"{stems[1]}.deleted"
    deleted_by_rule(vault, stems[1])
    genuine = vault.file(note).read_bytes()
    forged = [b"", b"{", b"{}", b"[]", b"\xff", genuine + b" ", genuine.replace(b"2001", b"")]
    told = json.loads(genuine)
    others = ({"call_id": call_id(2)}, {"sha256": "0" * 64}, {"deleted_at": "never"}, {"rule": "one more"})
    forged += [(json.dumps(told | other, sort_keys=True) + "\n").encode() for other in others]
    for content in forged:
        vault.write(note, content)
        summary, findings = verified(vault, key=False)
        assert summary.exit_code == 1, content
        assert whats(findings) == {What.TOMBSTONE_DAMAGED}


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True))
def test_any_bit_of_a_note_on_a_deletion_is_found_with_the_log(vault: SealedVault, place: float) -> None:
    stem = next(iter(vault.seals), None) or vault.add(1)
    entry = deleted_by_rule(vault, stem)
    vault.flip(f"{stem}.deleted", bit := int(place * vault.file(f"{stem}.deleted").stat().st_size * 8))
    try:
        assert verified(vault, key=False, logged=[entry])[0].exit_code == 1
    finally:
        vault.flip(f"{stem}.deleted", bit)


def test_deletion_that_nobody_logged_is_a_fault(vault: SealedVault) -> None:
    """Somebody removes the audio and writes a note that is in order."""
    stem = vault.add(1)
    entry = recording_of(vault, stem)
    deleted_by_rule(vault, stem)
    found = verified(vault, logged=[entry])[1]
    assert Finding(What.DELETED_UNLOGGED, f"{stem}.deleted") in found
    other = replace(entry, deleted_at=T0, deleted_by="2001", deleted_why="another reason")
    summary, found = verified(vault, logged=[other])
    assert Finding(What.TOMBSTONE_DIFFERS, f"{stem}.deleted") in found
    assert summary.exit_code == 1


def test_change_log_knows_what_the_vault_has_lost(vault: SealedVault) -> None:
    stems = [vault.add(n) for n in range(5)]
    logged = [recording_of(vault, stem) for stem in stems]
    logged[1] = replace(logged[1], seal_hash="f" * 64)
    logged[3] = replace(logged[3], vaulted_at=T0)
    for stem in stems[3:]:  # the end of the chain: no gap shows it
        for suffix in (".age", ".seal"):
            vault.file(stem + suffix).unlink()
    extra = vault.add(9)
    found = {(f.what, f.name) for f in verified(vault, logged=logged)[1] if f.what is not What.PLACE_MISSING}
    assert found == {
        (What.LOG_DIFFERS, f"{stems[1]}.seal"),
        (What.NOT_IN_VAULT, f"{stems[3]}.age"),
        (What.ON_ITS_WAY, f"{stems[4]}.age"),
        (What.NEVER_LOGGED, f"{extra}.seal"),
    }


def test_what_comes_while_it_is_checked_is_not_missing(vault: SealedVault) -> None:
    """A large vault takes hours; its seats go on."""
    stems = [vault.add(n) for n in range(3)]
    logged = [replace(recording_of(vault, stem), vaulted_at=T0) for stem in stems]
    late = {name: vault.file(name).read_bytes() for name in (f"{stems[2]}.age", f"{stems[2]}.seal")}

    def found_with(content: dict[str, bytes]) -> list[Finding]:
        for name in late:
            vault.file(name).unlink(missing_ok=True)

        def log() -> Iterator[RecordingEntry]:
            for name in content:
                vault.write(name, content[name])
            yield from logged

        found: list[Finding] = []
        VaultCheck(FolderVault(vault.root), How((vault.supervisor,)), 1, logged=log()).run(found.append)
        return found

    assert found_with(late) == []
    assert found_with({}) == [Finding(What.NOT_IN_VAULT, f"{stems[2]}.age")]
    torn = late | {f"{stems[2]}.age": late[f"{stems[2]}.age"][:-1]}
    assert whats(found_with(torn)) == {What.AUDIO_CUT}
    logged[2] = replace(logged[2], seal_hash="f" * 64)
    assert whats(found_with(late)) == {What.LOG_DIFFERS}


def test_recording_that_was_added_to_a_chain_is_a_fault(vault: SealedVault) -> None:
    """Sealed by somebody who has the recipients, which are no secret, and may write to the vault."""
    logged = [recording_of(vault, vault.add(n)) for n in range(3)]
    forged = vault.add(9)
    summary, found = verified(vault, logged=logged)
    assert (summary.exit_code, found) == (1, [Finding(What.NEVER_LOGGED, f"{forged}.seal", f"{vault.chain} 4")])


def test_recording_of_a_foreign_chain_is_told(vault: SealedVault) -> None:
    logged = [recording_of(vault, vault.add(1))]
    other = SealedVault(vault.root, vault.supervisor, "S02", "S02-12345678")
    stray = other.add(2)
    summary, found = verified(vault, logged=logged)
    assert (summary.exit_code, found) == (0, [Finding(What.NOT_IN_LOG, f"{stray}.seal", f"{other.chain} 1")])


@pytest.mark.parametrize(
    ("log_of", "what", "exit_code"), [("S09", What.NOT_IN_LOG_YET, 2), ("S01", What.NEVER_LOGGED, 1)]
)
def test_log_of_one_seat_may_be_behind_with_another_seats_newest(
    vault: SealedVault, log_of: str, what: What, exit_code: int
) -> None:
    logged = [recording_of(vault, vault.add(n)) for n in range(3)]
    newest = vault.add(9)
    found: list[Finding] = []
    summary = VaultCheck(FolderVault(vault.root), How(), 1, logged=logged, log_of=log_of).run(found.append)
    assert (summary.exit_code, found) == (exit_code, [Finding(what, f"{newest}.seal", f"{vault.chain} 4")])
    found.clear()  # but what lies between two that are logged was never logged by anybody
    logged = [logged[0], logged[2], recording_of(vault, newest)]
    VaultCheck(FolderVault(vault.root), How(), 1, logged=logged, log_of=log_of).run(found.append)
    assert [f.what for f in found] == [What.NEVER_LOGGED]
