"""Incidents and notices: the banner of every seat, the page where they are written and ended, their words."""
