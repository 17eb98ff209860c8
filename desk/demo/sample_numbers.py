"""Phone numbers of the sample estate, in every shape that registers and exchanges write them in. The mobile numbers
begin with 15x/16x that no operator has given out, so that nobody is called by mistake."""

from random import Random

AREA_CODE = "0755"
_PREFIXES = ("154", "160", "161", "163", "164", "168", "169")
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def mobile(random: Random) -> str:
    """A mobile number, bare: 11 digits."""
    return f"{random.choice(_PREFIXES)}{random.randrange(10**8):08d}"


def fixed(random: Random) -> str:
    """A local number, bare: 8 digits."""
    return f"{random.choice('2368')}{random.randrange(10**7):07d}"


def key_of(bare: str) -> str:
    """The key of a bare number, as `desk.domain.numbers.lookup_key` gives it for all of its writings."""
    return f"+86{bare}" if len(bare) == 11 else f"+86{AREA_CODE[1:]}{bare}"


def written(random: Random, bare: str) -> str:
    """As somebody wrote it into the register."""
    number = random.random()
    if number < 0.6 and len(bare) == 11:
        return bare
    return random.choice(_mobile_shapes(bare) if len(bare) == 11 else _fixed_shapes(bare, random.randrange(100, 999)))


def signalled(random: Random, bare: str) -> str:
    """As the exchange hands it to us."""
    if len(bare) == 11:
        return random.choice((bare, bare, bare, f"0{bare}", f"+86{bare}", f"86{bare}"))
    return random.choice((f"{AREA_CODE}{bare}", f"{AREA_CODE}{bare}", bare, f"+86{AREA_CODE[1:]}{bare}"))


def _mobile_shapes(bare: str) -> tuple[str, ...]:
    a, b, c = bare[:3], bare[3:7], bare[7:]
    plain = (f"0{bare}", f"+86{bare}", f"0086{bare}", f"86{bare}", f"(+86){bare}", f"+86 {a} {b} {c}")
    return (*plain, f"{a}-{b}-{c}", f"{a} {b} {c}", f"{a}.{b}.{c}", bare.translate(_WIDE))


def _fixed_shapes(bare: str, extension: int) -> tuple[str, ...]:
    long = f"{AREA_CODE}-{bare}"
    plain = (
        bare,
        long,
        f"{AREA_CODE}{bare}",
        f"({AREA_CODE}){bare}",
        f"+86{AREA_CODE[1:]}{bare}",
        long.translate(_WIDE),
    )
    with_extension = (f"{long}-{extension}", f"{long}转{extension}", f"{bare}-{extension}", f"{bare} 分机{extension}")
    return (*plain, f"{bare[:4]} {bare[4:]}", *with_extension)
