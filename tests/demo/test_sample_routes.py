"""The sample estate's routes fit the sample estate."""

from datetime import UTC, datetime
from pathlib import Path

from desk.demo.data import generate
from desk.demo.routes import write_routes
from desk.domain.routes import Register
from desk.policies.files import PolicyFolders
from desk.policies.routes import read_routes, remarks_on
from desk.resources import resources_dir
from desk.texts import ShippedTexts


def test_the_sample_routes_name_people_who_are_there_and_take_everything(tmp_path: Path) -> None:
    policy = read_routes(PolicyFolders(resources_dir() / "policies", write_routes(tmp_path / "policies")))
    assert policy.troubles == ()
    patches = [
        change.patch for change in generate(10, 1, datetime(2026, 11, 22, tzinfo=UTC)) if change.entity == "staff"
    ]
    register = Register(
        working=frozenset(str(patch["number"]) for patch in patches),
        left=frozenset(),
        categories=frozenset(one.code for one in ShippedTexts().categories().categories),
        areas=frozenset(),
    )
    assert remarks_on(policy.value, register) == ()
