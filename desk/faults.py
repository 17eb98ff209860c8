"""Faults of the surroundings that end what was asked for, as against bugs."""


class Fault(Exception):
    """Something outside Desk must be put right first. Its text is one sentence for the person, in their language, that
    says what to do; the command line prints it and nothing else."""
