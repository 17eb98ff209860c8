"""The Debian package of Desk, made of a bundle: `python -m tools.deb`."""
