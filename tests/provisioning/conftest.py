"""A company and a computer for each test; the keys are made once."""

from pathlib import Path

import pytest

from tests.provisioning.company import Company, Keys, Pc, new_keys, text


@pytest.fixture(scope="session")
def company_keys() -> Keys:
    return new_keys()


@pytest.fixture
def company(tmp_path: Path, company_keys: Keys) -> Company:
    (tmp_path / "share").mkdir()
    made = Company(tmp_path / "share", company_keys)
    made.publish(text())
    return made


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    return Pc(tmp_path / "李 四")
