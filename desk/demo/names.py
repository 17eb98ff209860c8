"""Names for the sample estate: estates, people, shops. Common and rare surnames, characters with several readings and
some that old systems cannot write, because real registers have them. All from a random generator that is given."""
# ruff: noqa: E501

from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_RARE_SURNAMES = (
    "单",
    "曾",
    "解",
    "仇",
    "区",
    "查",
    "盖",
    "翟",
    "缪",
    "宓",
    "尉迟",
    "欧阳",
    "上官",
    "司徒",
    "诸葛",
    "令狐",
    "冼",
    "亓",
    "逄",
    "郄",
    "昝",
)
_MALE = "建国 建军 志强 伟 勇 军 磊 涛 明 超 刚 平 辉 鹏 华 飞 斌 浩 宇 凯 志明 建华 文杰 俊杰 浩然 子轩 宇航 国强 海波 德胜 家豪 嘉俊 永福 振东 一鸣 天佑"
_FEMALE = "芳 娜 敏 静 丽 艳 娟 霞 秀英 秀兰 桂英 玉兰 婷 雪梅 丽华 晓燕 淑珍 欣怡 梓涵 雨桐 诗涵 佳怡 美玲 凤英 春梅 慧 莹 倩 颖 琳 小红 思琪 若曦 海燕"
_RARE_GIVEN = "堃 喆 祎 珺 彧 翀 昶 玥 芃 晟 頔 犇 骉 㛃 䶮 赟 淼 鑫 煜 瑀 𣲗 𬀩 子㼆 单重 乐行 长乐 曾朝"
_SHOPS = "便民超市 兰州拉面 顺发五金 康民药店 阳光洗衣 小巷理发 鲜果园 快印图文 房产中介 早餐铺 宠物医院 美容美甲"
_ESTATES = (
    "文德 长安 锦绣 翠湖 重庆路 朝阳 厦门湾 紫荆 万和 金桂 银行家 碧水 御景 星河 东方 南山 北苑 西溪 阳光 丽都 盛世 长乐 明珠 香樟 枫林 海棠 康乐 和平 新城 天誉 绿洲 "
    "银湖 春晓 秋月 江南 滨江 名都 世纪 华府 玉兰"
)
_KINDS = "花园 家园 苑 公寓 雅居 里 新村 名邸 广场 国际 小区 府"


class Names:
    """A generator of names over `random`; the same generator gives the same names."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._male, self._female = _MALE.split(), _FEMALE.split()
        self._rare_given, self._shops = _RARE_GIVEN.split(), _SHOPS.split()

    def surname(self) -> str:
        number = self._random.random()
        if number < 0.03:
            return self._random.choice(_RARE_SURNAMES)
        return self._random.choice(_COMMON if number < 0.5 else _SURNAMES)

    def given(self) -> str:
        number = self._random.random()
        if number < 0.02:
            return self._random.choice(self._rare_given)
        return self._random.choice(self._male if number < 0.5 else self._female)

    def person(self, surname: str = "") -> str:
        """A full name; of the family's surname if one is given."""
        return (surname or self.surname()) + self.given()

    def shop(self) -> str:
        return self._random.choice(self._shops)


def estate_name(index: int) -> str:
    """The name of the estate of this index, 0 upwards; each another one up to some 480, then numbered."""
    firsts, kinds = _ESTATES.split(), _KINDS.split()
    round_, first = divmod(index, len(firsts))
    kind = kinds[(first + round_) % len(kinds)]
    again = round_ // len(kinds)
    return f"{firsts[first]}{kind}{again + 1 if again else ''}"
