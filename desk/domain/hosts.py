"""Hosts as they are written in the settings: a name or an address, with a port or without. Pure, any thread."""

import ipaddress
import re

_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")


def is_address(text: str) -> bool:
    """A literal IPv4 or IPv6 address, without brackets."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_host_and_port(text: str) -> bool:
    """`host`, `host:port`, `[v6]`, `[v6]:port`."""
    found = re.fullmatch(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?", text, re.ASCII)
    if found is None or not 0 < int(found["port"] or 1) <= 65535:
        return False
    return is_address(found["six"]) if found["six"] else _NAME.fullmatch(found["host"]) is not None


def host_and_port(text: str, default: int) -> tuple[str, int]:
    """The parts of what `is_host_and_port` takes, the host without brackets; the port is `default` where there is
    none."""
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and (":" not in host or host.startswith("[")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), default
