"""Hosts as they are written in the settings."""

import pytest

from desk.domain.hosts import host_and_port, is_address, is_host_and_port


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pbx.example.com", ("pbx.example.com", 5060)),
        ("pbx.example.com:5070", ("pbx.example.com", 5070)),
        ("192.168.1.20:1", ("192.168.1.20", 1)),
        ("[2001:db8::1]", ("2001:db8::1", 5060)),
        ("[2001:db8::1]:5070", ("2001:db8::1", 5070)),
    ],
)
def test_hosts_with_and_without_ports(text: str, parts: tuple[str, int]) -> None:
    assert is_host_and_port(text)
    assert host_and_port(text, 5060) == parts


@pytest.mark.parametrize(
    "text",
    ["", "-pbx", "pbx.", "a b", "pbx:", "pbx:0", "pbx:65536", "pbx:٥", "2001:db8::1", "[pbx]", "[::1", "a" * 254],
)
def test_what_is_no_host(text: str) -> None:
    assert not is_host_and_port(text)


def test_only_a_literal_address_is_one() -> None:
    assert is_address("127.0.0.1")
    assert is_address("2001:db8::1")
    assert not any(is_address(text) for text in ("", "localhost", "127.0.0.1:5060", "[::1]", "127.0.0.256"))
