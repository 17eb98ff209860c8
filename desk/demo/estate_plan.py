"""How the sample estates are built: phases, buildings, units, floors, and what is nobody's home. Plans, no ids."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BuildingPlan:
    phase: str
    code: str
    name: str
    units: int
    floors: int
    rooms_per_floor: int
    area: str

    @property
    def households(self) -> int:
        return self.units * self.floors * self.rooms_per_floor

    def homes(self) -> Iterator[tuple[str, str]]:
        """(unit, room): "2", "203". The last unit first, so that the smallest estate has 5-2-203."""
        for unit in range(self.units, 0, -1):
            for floor in range(1, self.floors + 1):
                for door in range(1, self.rooms_per_floor + 1):
                    yield str(unit), f"{floor}{door:02d}"


# Names of public areas. Those of a building repeat in each; {unit} stands for every unit.
BUILDING_AREAS = ("大堂", "{unit}单元电梯", "{unit}单元楼道", "天台", "外墙")
ESTATE_AREAS = (
    *(
        "东门岗亭",
        "西门岗亭",
        "中心花园",
        "儿童乐园",
        "游泳池",
        "会所",
        "健身区",
        "地下车库负一层",
        "地下车库负二层",
        "垃圾站",
    ),
    *("配电房", "水泵房", "快递柜", "电动车棚", "客服中心", "消防通道"),
)


def reference_plan() -> tuple[BuildingPlan, ...]:
    """2,200 households: ten slabs, eight towers of two units, two towers with letters. Building 5 comes first: the
    resident whom the demo knows lives there."""
    slabs = [BuildingPlan("一期", str(n), f"{n}栋", 2, 11, 4, _area(n)) for n in (5, 1, 2, 3, 4, 6, 7, 8, 9, 10)]
    towers = [BuildingPlan("二期", str(n), f"{n}栋", 2, 18, 4, _area(n)) for n in range(11, 19)]
    lettered = [BuildingPlan("二期", c, f"{c}座", 1, 21, 4, "四区") for c in "AB"]
    return (*slabs, *towers, *lettered)


def high_rise_plan() -> tuple[BuildingPlan, ...]:
    """2,208 households in nine buildings."""
    first = [BuildingPlan("一期", str(n), f"{n}号楼", 3, 24, 4, _area(n * 2)) for n in range(1, 7)]
    second = [BuildingPlan("二期", str(n), f"{n}号楼", 2, 20, 4, _area(n * 2)) for n in range(7, 10)]
    return (*first, *second)


def _area(number: int) -> str:
    return "一二三四"[min((number - 1) // 5, 3)] + "区"
