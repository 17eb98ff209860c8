"""One verb each, over the ports in `desk.usecases.ports`. Nothing here knows a library or a process."""
