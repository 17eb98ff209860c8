"""How the company's file is at a seat, as its doctor tells."""

from datetime import timedelta

from desk.domain.health import Level
from desk.provisioning.health import company_file
from desk.settings.company import company_folder, read_state
from tests.provisioning.company import NOON, Company, Pc, text


def test_a_pc_that_is_not_enrolled_has_none(pc: Pc) -> None:
    assert company_file(pc.file, NOON) == ()


def test_a_good_one_is_told_with_its_number_and_age(company: Company, pc: Pc) -> None:
    pc.enrol(company.code(), company.source)
    (found,) = company_file(pc.file, NOON + timedelta(days=3))
    assert found.level is Level.OK
    assert found.figures == {"number": 1, "age_days": 3}


def test_one_that_was_tampered_with_is_wrong(company: Company, pc: Pc) -> None:
    pc.enrol(company.code(), company.source)
    state = read_state(pc.file)
    assert state is not None
    kept = company_folder(pc.file) / state.current / "company.toml"
    kept.write_text(text(more='proxy = "evil.example.com"'))
    (found,) = company_file(pc.file, NOON)
    assert found.level is Level.WRONG
    assert found.remedy


def test_what_is_kept_of_it_may_be_garbage(company: Company, pc: Pc) -> None:
    pc.enrol(company.code(), company.source)
    (company_folder(pc.file) / "state.json").write_bytes(b"\xff{")
    (found,) = company_file(pc.file, NOON)
    assert found.level is Level.WRONG
