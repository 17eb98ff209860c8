"""The bundle: Desk with its own Python and libraries, in one folder, as it is installed on a seat. `python -m
tools.bundle` makes it from a commit."""
