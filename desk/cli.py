"""The `desk` command."""


def main() -> int:
    """Run the command line; the process's exit code."""
    return 2
