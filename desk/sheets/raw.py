"""A sheet's file as it is written: the shape that TOML is converted to, before it is checked."""

from dataclasses import dataclass

from desk.domain.sheets import Fact
from desk.domain.tickets import Kind
from desk.usecases.draw_samples import SampleRule


@dataclass(frozen=True, kw_only=True)
class RawQuestion:
    id: str
    text: str
    weight: int = 1
    scale: int = 5
    fact: Fact | None = None
    bands: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawSection:
    id: str
    title: str
    weight: int = 1
    question: tuple[RawQuestion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawFatal:
    id: str
    text: str
    fact: Fact | None = None
    above: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RawSheet:
    id: str
    version: str
    title: str
    kinds: tuple[Kind, ...] = ()
    passed: int = 80
    section: tuple[RawSection, ...] = ()
    fatal: tuple[RawFatal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RawSamples:
    rule: tuple[SampleRule, ...] = ()
