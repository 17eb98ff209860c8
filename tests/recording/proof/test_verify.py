"""Checking a vault: what is whole is called whole, and each thing that can be wrong with it has its own name."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.domain.seal import seal_hash
from desk.recording.proof.check import check
from desk.recording.proof.checked import Checked, How
from desk.recording.proof.findings import Finding, Weight, What
from desk.recording.proof.verify import Days, VaultCheck
from desk.recording.sealing import age
from desk.recording.sealing.rotate import Rotation, WrappedKey, key_bytes
from desk.recording.vault.fake import FakeVault
from desk.recording.vault.folder_vault import FolderVault
from desk.recording.vault.port import Kept
from desk.usecases.recording_ports import VaultAway
from tests.recording.proof.sealed import T0, SealedVault, audio_file, call_id
from tests.recording.proof.verifying import verified, whats


def one(vault: SealedVault, stem: str, *, key: bool) -> Checked:
    source = FolderVault(vault.root)
    kept = {suffix: found for suffix in (".age", ".seal") if (found := source.stat(stem + suffix))}
    return check(source, stem, kept, How((vault.supervisor,) if key else ()))


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_untouched_vault_is_whole(vault: SealedVault, codec: Literal["opus", "flac"]) -> None:
    for number in range(5):
        vault.add(number, seconds=1.0 + number, codec=codec, day=number)
    summary, findings = verified(vault, decode=True)
    assert findings == []
    assert (summary.exit_code, summary.recordings, summary.opened, summary.chains) == (0, 5, 5, 1)
    assert (summary.first, summary.last, summary.length_ms) == ("2026/11/22", "2026/11/26", 15_000)


def test_without_a_key_nothing_is_opened_and_the_rest_is_checked(vault: SealedVault) -> None:
    stem = vault.add(1)
    summary, findings = verified(vault, key=False)
    assert (summary.exit_code, summary.opened, findings) == (0, 0, [])
    vault.flip(f"{stem}.age", 4_321)
    summary, findings = verified(vault, key=False)
    assert summary.exit_code == 1
    assert findings == [Finding(What.AUDIO_CHANGED, f"{stem}.age")]


def test_every_flipped_bit_is_found(vault: SealedVault) -> None:
    stems = [
        vault.add(n, codec="flac" if n % 8 == 0 else "opus", seconds=4.0 if n % 8 == 0 else 1.0) for n in range(40)
    ]
    chosen = random.Random(3)
    for stem in stems:
        for suffix in (".age", ".seal"):
            bit = chosen.randrange(vault.file(stem + suffix).stat().st_size * 8)
            vault.flip(stem + suffix, bit)
            found = [f for f in one(vault, stem, key=True).findings if f.weight is not Weight.NOTE]
            assert found, f"{suffix} bit {bit}"
            assert What.UNREADABLE not in whats(found)
            assert suffix == ".seal" or whats(one(vault, stem, key=False).findings) == {What.AUDIO_CHANGED}
            vault.flip(stem + suffix, bit)
    assert verified(vault)[0].exit_code == 0


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), seal=st.booleans())
def test_any_bit_anywhere_is_found(vault: SealedVault, place: float, seal: bool) -> None:
    stem = next(iter(vault.seals), None) or vault.add(1, seconds=6.0)
    name = f"{stem}.seal" if seal else f"{stem}.age"
    bit = int(place * vault.file(name).stat().st_size * 8)
    vault.flip(name, bit)
    try:
        assert any(f.weight is not Weight.NOTE for f in one(vault, stem, key=True).findings)
    finally:
        vault.flip(name, bit)


def test_cut_audio_is_named_with_its_sizes(vault: SealedVault) -> None:
    stem = vault.add(1)
    path = vault.file(f"{stem}.age")
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-100])
    for key in (True, False):
        findings = verified(vault, key=key)[1]
        assert findings == [Finding(What.AUDIO_CUT, f"{stem}.age", f"{size - 100} / {size}")]


def test_foreign_files_are_named_and_do_no_harm(vault: SealedVault) -> None:
    vault.add(1)
    vault.write("2026/11/22/holiday.jpg", b"\xff\xd8")
    vault.write("readme.txt", b"hello")
    vault.write("2026/11/22/old-call.opus", b"OggS")
    vault.write("2026/11/22/holiday.lock", b"")
    summary, findings = verified(vault)
    assert summary.exit_code == 0
    assert {(f.what, f.name) for f in findings} == {
        (What.FOREIGN, "2026/11/22/holiday.jpg"),
        (What.FOREIGN, "2026/11/22/holiday.lock"),
        (What.FOREIGN, "readme.txt"),
        (What.UNSEALED, "2026/11/22/old-call.opus"),
    }


def test_the_vaults_marker_is_not_foreign_in_a_copy_of_it_either(vault: SealedVault) -> None:
    vault.add(1)
    copy = FakeVault()
    copy.objects = {file.relative_to(vault.root).as_posix(): file.read_bytes() for file in vault.root.rglob("*.*")}
    copy.objects["desk-vault.json"] = b'{"id": "0"}'
    vault.write("desk-vault.json", b'{"id": "0"}')
    assert verified(vault)[1] == []
    found: list[Finding] = []
    VaultCheck(copy, How((vault.supervisor,))).run(found.append)
    assert found == []


def test_foreign_file_in_a_seals_place_is_a_fault(vault: SealedVault) -> None:
    first, second = vault.add(1), vault.add(2)
    vault.write(f"{first}.seal", b"\x00\xff not a seal")
    vault.write(f"{second}.seal", b"[" * 100_000)
    summary, findings = verified(vault)
    assert summary.exit_code == 1
    assert [f.name for f in findings if f.what is What.SEAL_DAMAGED] == [f"{first}.seal", f"{second}.seal"]


def test_half_a_pair_is_a_fault(vault: SealedVault) -> None:
    first, second, _third = vault.add(1), vault.add(2), vault.add(3)
    vault.file(f"{first}.age").unlink()
    vault.file(f"{second}.seal").unlink()
    findings = verified(vault)[1]
    assert Finding(What.AUDIO_MISSING, f"{first}.age") in findings
    assert Finding(What.SEAL_MISSING, f"{second}.age") in findings
    assert Finding(What.PLACE_MISSING, vault.chain, "2") in findings


def test_renamed_recording_is_found(vault: SealedVault) -> None:
    stem = vault.add(1)
    other = stem.replace(call_id(1), call_id(9))
    for suffix in (".age", ".seal"):
        vault.file(stem + suffix).rename(vault.file(other + suffix))
    assert Finding(What.SEAL_ELSEWHERE, f"{other}.seal", call_id(1)) in verified(vault)[1]


def test_recording_that_was_moved_to_another_day_is_told(vault: SealedVault) -> None:
    stem = vault.add(1)
    assert verified(vault)[1] == []
    for day, told in (("2026/11/21", False), ("2026/11/20", True), ("2019/02/31", True)):
        (folder := vault.file(day)).parent.mkdir(parents=True, exist_ok=True)
        vault.file(stem).parent.rename(folder)
        stem = f"{day}/{call_id(1)}"
        moved = [Finding(What.OTHER_DAY, f"{stem}.seal", vault.seals[next(iter(vault.seals))].started_at)]
        assert verified(vault)[1] == (moved if told else [])


def test_exchanged_audio_is_found(vault: SealedVault) -> None:
    first, second = vault.add(7), vault.add(14)  # the same content, each encrypted to a key of its own
    contents = [vault.file(f"{stem}.age").read_bytes() for stem in (first, second)]
    vault.write(f"{first}.age", contents[1])
    vault.write(f"{second}.age", contents[0])
    found = verified(vault)[1]
    assert [f.name for f in found] == [f"{first}.age", f"{second}.age"]
    assert whats(found) <= {What.AUDIO_CHANGED, What.AUDIO_CUT}  # age pads its header at random


def test_taken_out_pair_leaves_a_gap_in_the_chain(vault: SealedVault) -> None:
    stems = [vault.add(n) for n in range(6)]
    for stem in stems[2:4]:
        for suffix in (".age", ".seal"):
            vault.file(stem + suffix).unlink()
    summary, findings = verified(vault)
    assert findings == [Finding(What.PLACE_MISSING, vault.chain, "3-4")]
    assert summary.exit_code == 1


def test_fork_and_broken_link_are_told(vault: SealedVault) -> None:
    vault.add(1)
    before = vault.previous
    vault.add(2)
    vault.place, vault.previous = 1, before
    doubled = vault.add(3)  # claims place 2 as well
    findings = verified(vault)[1]
    assert Finding(What.PLACE_TWICE, doubled, f"{vault.chain} 2") in findings
    vault.previous = "0" * 64
    stray = vault.add(4)
    assert Finding(What.LINK_BROKEN, stray, f"{vault.chain} 3") in verified(vault)[1]


def test_two_seats_are_two_chains(vault: SealedVault) -> None:
    vault.add(1)
    other = SealedVault(vault.root, vault.supervisor, "S02", "S02-12345678")
    other.add(2)
    summary, findings = verified(vault)
    assert (summary.chains, findings) == (2, [])


def test_cut_audio_is_found_by_its_size_alone(vault: SealedVault) -> None:
    stem = vault.add(1)
    path = vault.file(f"{stem}.age")
    size = path.stat().st_size
    for content in (path.read_bytes()[:100], path.read_bytes() + b"!"):
        path.write_bytes(content)
        found: list[Finding] = []
        summary = VaultCheck(FolderVault(vault.root), How((), audio=False), 1).run(found.append)
        assert summary.exit_code == 1
        assert found == [Finding(What.AUDIO_CUT, f"{stem}.age", f"{len(content)} / {size}")]
        path.write_bytes(content[:-1] if len(content) > size else content)


def test_flipped_bits_of_wrapped_keys_are_found_whatever_key_is_at_hand(vault: SealedVault) -> None:
    stem = vault.add(1)
    old, new = vault.supervisor, age.new_identity()
    Rotation(FolderVault(vault.root), [old], [str(new.to_public())]).run()
    sealed = vault.file(f"{stem}.seal").read_bytes()
    wrapped = range(sealed.index(b'"key":"') * 8, sealed.index(b'"seal":{') * 8)
    chosen = random.Random(11)
    for name, bits in (
        (f"{stem}.seal", wrapped),
        (f"{stem}.key2", range(vault.file(f"{stem}.key2").stat().st_size * 8)),
    ):
        for keys in ((), (old,), (new,), (old, new)):
            for bit in chosen.sample(bits, 20):
                vault.flip(name, bit)
                found: list[Finding] = []
                VaultCheck(FolderVault(vault.root), How(keys, audio=False), 1).run(found.append)
                assert whats(found) & {What.SEAL_DAMAGED, What.KEY_DAMAGED}, (name, bit)
                vault.flip(name, bit)


def test_wrapped_key_of_another_recording_is_found_without_a_key(vault: SealedVault) -> None:
    first, second = vault.add(1), vault.add(2)
    Rotation(FolderVault(vault.root), [vault.supervisor], [str(age.new_identity().to_public())]).run()
    vault.write(f"{first}.key2", vault.file(f"{second}.key2").read_bytes())
    found = verified(vault, key=False)[1]
    assert [(f.what, f.name) for f in found] == [(What.KEY_DAMAGED, f"{first}.key2")]


def test_rotated_keys_open_as_well_and_are_looked_at(vault: SealedVault) -> None:
    stem = vault.add(1)
    first, successor = vault.supervisor, age.new_identity()
    recipients = [str(key.to_public()) for key in (first, successor)]
    Rotation(FolderVault(vault.root), [first], recipients[1:]).run()
    assert verified(vault)[1] == []
    vault.supervisor = successor
    summary, findings = verified(vault)
    assert (summary.opened, findings) == (1, [])
    chosen = random.Random(4)
    for _sample in range(40):
        bit = chosen.randrange(vault.file(f"{stem}.key2").stat().st_size * 8)
        vault.flip(f"{stem}.key2", bit)
        assert What.KEY_DAMAGED in whats(verified(vault)[1]), bit
        vault.flip(f"{stem}.key2", bit)
    vault.write(f"{stem}.key3", b"not age at all")
    assert Finding(What.KEY_DAMAGED, f"{stem}.key3") in [Finding(f.what, f.name) for f in verified(vault)[1]]
    other = age.wrap(age.new_identity(), [successor.to_public()])
    seal = vault.seals[stem]
    vault.write(f"{stem}.key3", key_bytes(WrappedKey(seal.call_id, seal_hash(seal), other, ())))
    assert any(f.what is What.KEY_DAMAGED and f.detail == "two of its keys differ" for f in verified(vault)[1])


def test_wrong_key_is_no_fault_of_the_vault(vault: SealedVault) -> None:
    vault.add(1)
    vault.supervisor = age.new_identity()
    summary, findings = verified(vault)
    assert summary.exit_code == 2
    assert whats(findings) == {What.NOT_OPENED}


def test_content_that_does_not_keep_what_the_seal_says_is_found(vault: SealedVault) -> None:
    short = vault.add(1, seconds=2.0, audio=audio_file(1, 1.0, "opus"))
    other = vault.add(2, audio=audio_file(3, 1.0, "opus"))  # another call's, its manifest with it
    noise = vault.add(3, audio=random.Random(1).randbytes(9_000))
    found = {(f.name, f.what) for f in verified(vault)[1]}
    assert found == {
        (f"{short}.age", What.LENGTH_DIFFERS),
        (f"{other}.age", What.MANIFEST_CHANGED),
        (f"{noise}.age", What.NO_AUDIO_FILE),
    }


def test_some_days_prove_nothing_about_the_others(vault: SealedVault) -> None:
    for number in range(6):
        vault.add(number, day=number)
    day = T0.date()
    summary, findings = verified(vault, days=Days(day + timedelta(days=2), day + timedelta(days=4)))
    assert (summary.recordings, findings) == (3, [])
    vault.place += 1
    vault.add(7, day=5)
    findings = verified(vault, days=Days(since=day + timedelta(days=5)))[1]
    assert findings == [Finding(What.PLACE_UNSEEN, vault.chain, "7")]


def test_vault_that_is_away_is_told_and_not_called_whole() -> None:
    vault = FakeVault()
    vault.trouble = VaultAway("no route to host")
    findings: list[Finding] = []
    summary = VaultCheck(vault, How()).run(findings.append)
    assert summary.exit_code == 2
    assert findings == [Finding(What.VAULT_LOST, "", "VaultAway: no route to host")]


def test_vault_with_nothing_in_it_is_not_called_whole(vault: SealedVault) -> None:
    """A folder that nothing is mounted on looks like that."""
    vault.root.mkdir()
    vault.write("readme.txt", b"not mounted")
    summary, findings = verified(vault)
    assert (summary.exit_code, findings[-1]) == (2, Finding(What.NOTHING_HERE, ""))
    assert verified(vault, logged=[])[0].exit_code == 0  # the change log says that nothing should be there
    vault.add(1)
    quiet_day = Days(T0.date() + timedelta(days=3), T0.date() + timedelta(days=3))
    assert verified(vault, days=quiet_day)[0].exit_code == 0


def test_names_are_read_only_as_far_as_they_are_needed(vault: SealedVault) -> None:
    """However many there are: a few dozen are in memory."""
    for number in range(60):
        vault.add(number)
    jobs, listed, checked, most = 2, 0, 0, 0

    class Counting(FolderVault):
        def names(self, prefix: str = "") -> Iterator[Kept]:
            nonlocal listed, most
            for kept in super().names(prefix):
                listed += kept.name.endswith(".seal")
                most = max(most, listed - checked)
                yield kept

    def beat() -> None:
        nonlocal checked
        checked += 1

    VaultCheck(Counting(vault.root), How(audio=False), jobs).run(lambda _finding: None, beat)
    assert checked == 60
    assert most <= jobs * 8 + 2


def test_unreadable_object_is_no_reason_to_stop(vault: SealedVault) -> None:
    stems = [vault.add(n) for n in range(3)]

    class Sulking(FolderVault):
        def read(self, name: str, start: int = 0, length: int | None = None):  # type: ignore[no-untyped-def]
            if name == f"{stems[1]}.age":
                raise VaultAway("timed out")
            return super().read(name, start, length)

    findings: list[Finding] = []
    summary = VaultCheck(Sulking(vault.root), How((vault.supervisor,))).run(findings.append)
    assert (summary.recordings, summary.opened, summary.exit_code) == (3, 2, 2)
    assert whats(findings) == {What.UNREADABLE}


def test_stopped_by_hand_it_tells_what_it_has_found(vault: SealedVault) -> None:
    stems = [vault.add(n) for n in range(30)]
    vault.flip(f"{stems[0]}.age", 100)
    findings: list[Finding] = []
    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            raise KeyboardInterrupt

    run = VaultCheck(FolderVault(vault.root), How(), 1)
    summary = run.run(findings.append, beat)
    assert summary.exit_code == 1
    assert whats(findings) >= {What.AUDIO_CHANGED, What.STOPPED}
    assert What.PLACE_MISSING not in whats(findings)


def test_nothing_is_left_in_the_working_folder(vault: SealedVault, tmp_path: Path) -> None:
    vault.add(1)
    work = tmp_path / "work"
    work.mkdir()
    VaultCheck(FolderVault(vault.root), How(), work_folder=work).run(lambda _finding: None)
    assert list(work.iterdir()) == []


def test_temporary_file_that_cannot_be_written_is_told(vault: SealedVault, tmp_path: Path) -> None:
    vault.add(1)
    found: list[Finding] = []
    run = VaultCheck(FolderVault(vault.root), How(), work_folder=tmp_path / "full")
    assert run.run(found.append).exit_code == 2
    assert whats(found) == {What.WORK_LOST}


def test_days_are_inclusive_and_listed_one_by_one() -> None:
    days = Days(date(2026, 2, 27), date(2026, 3, 1))
    assert list(days.prefixes()) == ["2026/02/27", "2026/02/28", "2026/03/01"]
    assert days.holds("2026/02/28")
    assert not days.holds("2026/03/02")
    assert list(Days(since=date(2026, 1, 1)).prefixes()) == [""]
