"""Where the shipped data lies: beside the package in a checkout, inside it when installed."""

from pathlib import Path


def resources_dir() -> Path:
    inside = Path(__file__).with_name("_resources")
    return inside if inside.is_dir() else Path(__file__).parent.parent / "resources"
