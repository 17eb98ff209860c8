"""The exit codes of the `desk` command and of Desk's processes."""

OK = 0
FAULT = 1  # it could not be done; a sentence on stderr says why (or, after a bug, a traceback)
USAGE = 2  # argparse's own
UNCHECKED = 2  # `desk verify`: no fault was found, but not everything could be checked
# `desk doctor`, as monitoring systems have it
HEALTH_WARNING, HEALTH_WRONG, HEALTH_UNKNOWN = 1, 2, 3
ALREADY_RUNNING = 3  # this seat runs already; its window was brought to the front
ENVIRONMENT = 4  # a process of the seat: something outside Desk must be put right first; it has said what
AGAIN = 5  # a process of the seat, or the seat: nothing is wrong with it; it is to be started again at once
# The seat: an installer exchanges its program; whoever looks after it (installer/debian/desk.service and start-seat; on
# Windows the installer) starts it again afterwards.
MADE_WAY = 6
