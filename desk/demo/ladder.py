"""Who holds the posts on the ladder of early warnings in the sample estate: people whom its staff list does not have,
as a company would write them into its folder of policies."""

from pathlib import Path

LADDER = """\
# 样例项目的投诉预警：项目部、项目负责人和公司领导没有坐席，只写姓名和电话，轮到时由坐席去电。

[post.site_office]
name = "服务中心张主管"
phone = "13900139001"

[post.site_head]
name = "项目经理李强"
phone = "13900139002"

[post.leaders]
name = "刘副总"
phone = "13900139003"
"""


def write_ladder(folder: Path) -> Path:
    """The company's policy folder with this ladder in it, made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ladder.toml").write_text(LADDER, encoding="utf-8")
    return folder
