"""Scoring a call (质检): the sheet as a page beside the recording."""
