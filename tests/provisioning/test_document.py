"""The example of docs/provisioning.md can be signed, and what it says of the settings is so."""

import re
from pathlib import Path

from desk.domain.categories import CategoryTree
from desk.provisioning import making, seat_list
from desk.provisioning.code import read_code
from desk.resources import resources_dir
from desk.settings.company_file import company_file
from desk.settings.shapes import tables
from desk.texts import ShippedTexts

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "provisioning.md").read_text("utf-8")


def test_the_example_can_be_signed(tmp_path: Path) -> None:
    example = next(block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[company]\nname" in block)
    (tmp_path / "company.toml").write_text(example, "utf-8")
    for name in re.findall(r"^  files/(\S+)$", PAGE, re.MULTILINE):
        file = tmp_path / "files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# nothing yet\n")
    list_ = next(block for block in re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL))
    rows = seat_list.rows_of([(at, line.split(",")) for at, line in enumerate(list_.splitlines(), 1)])
    data = making.packed(tmp_path / "company.toml", seat_list.with_tables(example, rows))
    tables = next(block for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[seats.S01]" in block)
    assert tables in data.decode("utf-8")
    found, seats = making.checked(tmp_path / "company.toml", data)
    assert (found.version, sorted(seats)) == (1, ["S01", "S02"])
    assert seats["S02"].line.user == "8002"
    assert seats["S01"].line.ca_file.endswith("ca.pem")
    assert seat_list.known(rows, found.seats) == []
    for row in rows:
        secrets, missing = making.secrets_for(row, making.settings_at(company_file(Path("c"), data), row.seat))
        assert (len(secrets), missing) == (2, [])


def test_the_code_on_the_page_has_the_shape_of_one() -> None:
    (code,) = set(re.findall(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}\b", PAGE))
    assert len(code.replace("-", "")) == len(read_code("0" * 20))


def test_its_tables_are_in_the_page_of_settings() -> None:
    page = (DOCS / "settings.md").read_text("utf-8")
    for name in ("texts", "company"):
        section = page.split(f"\n## [{name}]", 1)[1].split("\n## ", 1)[0]
        assert all(f"| `{key}` |" in section for key in tables()[name].shapes)


def test_the_companys_categories_and_phrases_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    shipped = ShippedTexts()
    own = (resources_dir() / "phrases.toml").read_text("utf-8").replace('zh = "', 'zh = "阳光：')
    (tmp_path / "phrases.toml").write_text(own, "utf-8")
    texts = ShippedTexts(own=str(tmp_path))
    assert all(phrase.zh.startswith("阳光：") for phrase in texts.all_phrases())
    assert isinstance(texts.categories(), CategoryTree)
    (tmp_path / "phrases.toml").write_text("broken", "utf-8")
    assert texts.all_phrases() == shipped.all_phrases()
