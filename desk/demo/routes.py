"""Routes for the sample estate: who gets which work there, by trade, at night from the duty roster. Written as a
company would write them, into a folder of policies: the demo dispatches by a file."""

from pathlib import Path

ROUTES = """\
# 样例项目的派单路由。H0001-H0006 是第一个项目的六名维修人员，9001 是热线主管。

[backups]
H0001 = "H0002"
H0003 = "H0004"
H0005 = "H0006"

# 给排水
[[route]]
category = "repair.water"
handler = "H0001"
lead = "9001"
trade = "water"

# 供电照明、弱电、电梯报修
[[route]]
category = "repair.power"
handler = "H0003"
lead = "9001"
trade = "power"

[[route]]
category = "repair.lift"
handler = "H0003"
lead = "9001"
trade = "power"

# 其他报修
[[route]]
category = "repair"
handler = "H0005"
lead = "9001"
trade = "general"

# 夜间和节假日：值班表上的人；没有人值班时找 H0006
[[route]]
category = "repair"
hours = "night"
who = "on_duty"
handler = "H0006"
lead = "9001"

# 投诉、建议、业务办理：片区助理
[[route]]
who = "area_assistant"
handler = "2000"
lead = "9001"
"""


def write_routes(folder: Path) -> Path:
    """The company's policy folder with these routes in it, made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "routes.toml").write_text(ROUTES, encoding="utf-8")
    return folder
