"""A code makes a PC a seat, all of it or nothing: whatever is wrong is told, and what was there before stays."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desk.compose.company_file import used_code
from desk.provisioning.code import read_code
from desk.provisioning.refusals import Refused
from desk.provisioning.seal import opener
from desk.provisioning.source import FakeSource, Source
from desk.secrets import FakeSecrets
from desk.settings import SettingsError, load
from desk.settings.company import Enrolled, read_state
from desk.sync.exchange.hello import UsedCode
from desk.usecases.ports import KeyringWeak
from tests.provisioning.company import Company, Pc, new_keys, text


class BrokenKeyring(FakeSecrets):
    """Takes the first, refuses the second."""

    def set(self, entry: str, value: str) -> None:
        if self.get("a") is not None and entry != "a":
            raise KeyringWeak("locked")
        super().set(entry, value)


def refused(pc: Pc, code: str, source: Source) -> Refused:
    """Nothing may have changed."""
    before = pc.everything()
    with pytest.raises(Refused) as told:
        pc.enrol(code, source)
    assert pc.everything() == before
    assert str(told.value)
    return told.value


def test_a_code_makes_a_pc_a_seat(company: Company, pc: Pc) -> None:
    done = pc.enrol(company.code(), company.source)
    assert (done.seat, done.company, done.version, done.marked) == ("S01", "阳光物业", 1, True)
    got = load(pc.file, pc.places)
    assert (got.seat.name, got.seat.theme, got.line.user, got.line.registrar) == (
        "S01",
        "dark",
        "8001",
        "pbx.example.com",
    )
    assert pc.keyring.get("sip:8001@pbx.example.com") == "hunter2"


def test_each_of_thirty_seats_needs_one_code(company: Company, tmp_path: Path) -> None:
    names = [f"S{number:02}" for number in range(1, 31)]
    seats = "".join(f'[seats.{name}.line]\nuser = "80{name[1:]}"\n' for name in names[2:])
    company.publish(text(2) + seats)
    for name in names:
        pc = Pc(tmp_path / name, name)
        pc.enrol(company.code(name, {f"sip:80{name[1:]}@pbx.example.com": name}), company.source)
        got = load(pc.file, pc.places)
        assert (got.seat.name, got.line.user) == (name, f"80{name[1:]}")
    assert len(list((company.folder / "enrolment").glob("*.used"))) == 30
    assert not list((company.folder / "enrolment").glob("*.seal"))


def test_files_that_the_company_brings_are_there(company: Company, pc: Pc) -> None:
    company.publish(
        text(2, 'transport = "tls"\nca_file = "company:tls/ca.pem"') + "[files]\n\"tls/ca.pem\" = '''\nPEM 证书\n'''"
    )
    pc.enrol(company.code(), company.source)
    assert Path(load(pc.file, pc.places).line.ca_file).read_text("utf-8") == "PEM 证书\n"


def test_a_used_code_is_told_and_changes_nothing(company: Company, pc: Pc, tmp_path: Path) -> None:
    code = company.code()
    pc.enrol(code, company.source)
    assert refused(Pc(tmp_path / "second", "pc-2"), code, company.source).why == "used"


def test_of_two_computers_with_one_code_one_wins(company: Company, tmp_path: Path) -> None:
    code = company.code()
    ready, outcomes = threading.Barrier(2), list[object]()

    def go(pc: Pc) -> None:
        ready.wait()
        try:
            outcomes.append(pc.enrol(code, company.source).seat)
        except Refused as error:
            outcomes.append(error.why)

    threads = [threading.Thread(target=go, args=(Pc(tmp_path / name, name),)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert min(map(str, outcomes)) == "S01"
    assert len([one for one in outcomes if one in ("used", "unknown_code")]) == 1


def test_a_code_that_has_run_out_is_told_with_its_day(company: Company, pc: Pc) -> None:
    code = company.code()
    pc.now += timedelta(days=15)
    error = refused(pc, code, company.source)
    assert (error.why, "2026-12-06" in str(error)) == ("expired", True)


def test_a_withdrawn_or_unknown_code_is_told(company: Company, pc: Pc) -> None:
    first = company.code()
    company.code()  # the same seat's next
    assert refused(pc, first, company.source).why == "unknown_code"


def test_where_nothing_can_be_marked_the_code_stays_good_and_that_is_told(company: Company, pc: Pc) -> None:
    code = company.code()
    files = {
        one.relative_to(company.folder).as_posix(): one.read_bytes()
        for one in company.folder.rglob("*")
        if one.is_file()
    }
    done = pc.enrol(code, FakeSource(files, read_only=True))
    assert (done.seat, done.marked) == ("S01", False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_share_that_may_only_be_read_will_do(company: Company, pc: Pc) -> None:
    code = company.code()
    for folder in (company.folder / "enrolment", company.folder):
        folder.chmod(0o555)
    try:
        done = pc.enrol(code, company.source)
    finally:
        for folder in (company.folder, company.folder / "enrolment"):
            folder.chmod(0o755)
    assert (done.seat, done.marked) == ("S01", False)


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    ("name", "spoil", "why"),
    [
        ("company.toml", flip, "changed"),
        ("company.toml", lambda data: data[: len(data) // 2], "changed"),
        ("company.toml", lambda data: b"", "changed"),
        ("company.toml", lambda data: data.replace(b"pbx.example", b"pbx.evilest"), "changed"),
        ("company.toml.minisig", lambda data: b"", "unsigned"),
        ("company.toml.minisig", lambda data: data[:40], "unsigned"),
        ("seal", flip, "damaged"),
        ("seal", lambda data: data[: len(data) // 2], "damaged"),
        ("seal", lambda data: data.replace(b"2026-12", b"2036-12"), "damaged"),
        ("seal", lambda data: data.replace(b'"S01"', b'"S02"'), "damaged"),
        ("seal", lambda data: b"", "damaged"),
    ],
)
def test_what_was_tampered_with_is_told_and_changes_nothing(
    company: Company, pc: Pc, name: str, spoil: Callable[[bytes], bytes], why: str
) -> None:
    code = company.code()
    file = next((company.folder / "enrolment").glob("*.seal")) if name == "seal" else company.folder / name
    file.write_bytes(spoil(file.read_bytes()))
    assert refused(pc, code, company.source).why == why
    assert pc.keyring.get("sip:8001@pbx.example.com") is None


def test_a_file_signed_by_a_foreign_key_is_told(company: Company, pc: Pc) -> None:
    code = company.code()
    company.publish_unchecked(text(2), new_keys())
    assert refused(pc, code, company.source).why == "foreign"


def test_a_file_with_a_secret_is_refused_though_it_is_signed(company: Company, pc: Pc) -> None:
    code = company.code()
    company.publish_unchecked(text(2, '# registrar = "https://u:hunter2@pbx"'))
    error = refused(pc, code, company.source)
    assert (error.why, "hunter2" in str(error)) == ("settings", False)


def test_a_file_that_a_seat_cannot_start_with_is_refused_with_its_line(company: Company, pc: Pc) -> None:
    code = company.code()
    company.publish_unchecked(text(2, "port = 70000"))
    error = refused(pc, code, company.source)
    assert (error.why, "company.toml, 12" in str(error)) == ("settings", True)


def test_what_the_users_own_settings_make_impossible_is_refused_before_anything_is_written(
    company: Company, pc: Pc
) -> None:
    company.publish(text(2, 'transport = "tls"'))
    (pc.places.machine / "policy.toml").write_text('[line]\nkind = "direct"')
    assert refused(pc, company.code(), company.source).why == "settings"


def test_an_older_file_does_not_come_back(company: Company, pc: Pc) -> None:
    old = {one.name: one.read_bytes() for one in company.folder.glob("company.toml*")}
    company.publish(text(2))
    pc.enrol(company.code(), company.source)
    for name, data in old.items():
        (company.folder / name).write_bytes(data)
    assert refused(pc, company.code(), company.source).why == "older"


def test_a_file_that_was_changed_under_its_number_is_refused(company: Company, pc: Pc) -> None:
    pc.enrol(company.code(), company.source)
    company.publish_unchecked(text(1, "expires_s = 60"))
    assert refused(pc, company.code(), company.source).why == "same_version"


def test_a_weak_or_locked_keyring_leaves_everything_as_it_was(company: Company, pc: Pc, tmp_path: Path) -> None:
    code = company.code(secrets={"a": "new", "b": "new"})
    keyring = BrokenKeyring({"a": "old"})
    before = pc.everything()
    with pytest.raises(KeyringWeak):
        pc.enrol(code, company.source, keyring)
    assert (keyring.get("a"), keyring.get("b"), pc.everything()) == ("old", None, before)
    pc.enrol(code, company.source)  # the code can still be used
    assert pc.keyring.get("a") == "new"


def test_a_computer_that_died_half_way_takes_its_own_code_up_again(company: Company, pc: Pc) -> None:
    code = company.code()

    class Dies(FakeSecrets):
        def set(self, entry: str, value: str) -> None:
            raise SystemExit

    class NoWayBack:
        """As after a power cut: what was taken stays taken."""

        def __init__(self, real: Source) -> None:
            self._real, self.taken = real, False

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

        def take(self, name: str, as_name: str) -> bool:
            first, self.taken = not self.taken, True
            return self._real.take(name, as_name) if first else True

    with pytest.raises(SystemExit):
        pc.enrol(code, NoWayBack(company.source), Dies())  # type: ignore[arg-type]
    assert not list((company.folder / "enrolment").glob("*.seal"))
    other = Pc(pc.file.parent.parent / "other", "pc-2")
    assert refused(other, code, company.source).why == "unknown_code"
    assert pc.enrol(code, company.source).marked


def test_a_full_disk_leaves_the_seat_that_was(company: Company, pc: Pc, monkeypatch: pytest.MonkeyPatch) -> None:
    pc.enrol(company.code(), company.source)
    company.publish(text(2))
    before, state = pc.everything(), read_state(pc.file)

    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desk.provisioning.accept.unpack", full)
    with pytest.raises(OSError, match="No space"):
        pc.accepting.accept(pc.accepting.fetch(company.source, "S01", (company.keys.public,)))
    monkeypatch.undo()
    assert read_state(pc.file) == state
    assert before.items() <= pc.everything().items()
    assert load(pc.file, pc.places).seat.name == "S01"


def test_a_computer_of_one_company_is_not_enrolled_by_another(company: Company, tmp_path: Path) -> None:
    pc = Pc(tmp_path / "pinned", pinned=(new_keys().public,))
    assert refused(pc, company.code(), company.source).why == "pinned"
    assert Pc(tmp_path / "own", pinned=(company.keys.public,)).enrol(company.code(), company.source).seat == "S01"


def test_another_company_may_begin_again_at_one(company: Company, pc: Pc, tmp_path: Path) -> None:
    company.publish(text(7))
    pc.enrol(company.code(), company.source)
    (tmp_path / "other").mkdir()
    other = Company(tmp_path / "other", new_keys())
    other.publish(text(1))
    assert pc.enrol(other.code(), other.source).version == 1


def test_a_place_that_is_away_is_told(company: Company, pc: Pc, tmp_path: Path) -> None:
    code = company.code()
    files: dict[str, bytes] = {}
    source = FakeSource(files)
    source.away = True
    assert refused(pc, code, source).why == "away"
    (tmp_path / "empty").mkdir()
    assert refused(pc, code, FakeSource({})).why == "unknown_code"


def test_a_kept_file_that_was_changed_is_not_used(company: Company, pc: Pc) -> None:
    pc.enrol(company.code(), company.source)
    state = read_state(pc.file)
    assert state is not None
    kept = pc.file.parent / "company" / state.current / "company.toml"
    kept.write_bytes(kept.read_bytes().replace(b"pbx.example", b"pbx.evilest"))
    with pytest.raises(SettingsError, match="enrol the seat again"):
        load(pc.file, pc.places)


def test_with_its_hash_changed_too_the_signature_still_tells(company: Company, pc: Pc) -> None:
    import hashlib

    pc.enrol(company.code(), company.source)
    state = read_state(pc.file)
    assert state is not None
    kept = pc.file.parent / "company" / state.current / "company.toml"
    kept.write_bytes(kept.read_bytes().replace(b"pbx.example", b"pbx.evilest"))
    note = pc.file.parent / "company" / "state.json"
    note.write_text(note.read_text().replace(state.sha256, hashlib.sha256(kept.read_bytes()).hexdigest()))
    with pytest.raises(SettingsError, match="enrol the seat again"):
        load(pc.file, pc.places)


def test_a_damaged_newest_file_gives_way_to_the_one_before_it(company: Company, pc: Pc) -> None:
    pc.enrol(company.code(), company.source)
    company.publish(text(2, "expires_s = 60"))
    state = pc.accepting.accept(pc.accepting.fetch(company.source, "S01", (company.keys.public,)))
    assert load(pc.file, pc.places).line.expires_s == 60
    (pc.file.parent / "company" / state.current / "company.toml").write_bytes(b"")
    assert load(pc.file, pc.places).line.expires_s == 120


def test_a_brought_file_that_was_changed_is_put_back(company: Company, pc: Pc) -> None:
    company.publish(text(2, 'transport = "tls"\nca_file = "company:ca.pem"') + '[files]\n"ca.pem" = "PEM"')
    pc.enrol(company.code(), company.source)
    ca = Path(load(pc.file, pc.places).line.ca_file)
    ca.write_text("evil")
    assert Path(load(pc.file, pc.places).line.ca_file).read_text() == "PEM"


def test_by_which_code_and_where_is_kept_for_the_centre_and_stays_with_newer_files(company: Company, pc: Pc) -> None:
    code = company.code()
    pc.enrol(code, company.source)
    by = opener(read_code(code))
    kept = Enrolled(mark=by.mark, computer="pc-1")
    state = read_state(pc.file)
    assert state is not None
    assert state.enrolled == kept
    note = (pc.file.parent / "company" / "state.json").read_text()
    assert by.name not in note  # nor where its sealed file lies
    company.publish(text(2))
    newer = pc.accepting.accept(pc.accepting.fetch(company.source, "S01", (company.keys.public,)))
    assert newer.enrolled == kept
    assert used_code(pc.file) == UsedCode(by.mark, "pc-1")
    assert used_code(pc.file.parent / "of-nobody" / "settings.toml") is None
    again = company.code()
    pc.enrol(again, company.source)
    assert used_code(pc.file) == UsedCode(opener(read_code(again)).mark, "pc-1")
