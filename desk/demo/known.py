"""The resident whom the demo knows: the same in every sample estate, whatever its seed and size."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """`number_written` as the register has it, `number_signalled` as the exchange says it when they call. The ticket
    that is open with them is about `open_category`; `neighbour_category` is open in their building from the flat
    under theirs. `notice_title` applies to their building now."""

    name: str = "王建国"
    wife: str = "李秀兰"
    number_written: str = "138-0013-8000"
    number_signalled: str = "013800138000"
    number_key: str = "+8613800138000"
    estate: str = "文德花园"
    building: str = "5"
    unit: str = "2"
    room: str = "203"
    place_code: str = "5-2-203"
    place_text: str = "一期5栋2单元203"
    assistant: str = "陈晓燕"
    tag: str = "vip"
    open_category: str = "repair.power.corridor_light"
    open_description: str = "2单元2楼楼道灯不亮，晚上看不见，已经三天了。"
    neighbour_place_code: str = "5-2-103"
    neighbour_category: str = "repair.water.leak_above"
    neighbour_description: str = "卫生间天花板滴水，怀疑楼上203漏水。"
    notice_title: str = "3-8栋停水检修"


KNOWN = Known()
AGENT = "1001"
AGENT_NAME = "林小雨"
SMALLEST = 10  # households; fewer would not have the known resident
