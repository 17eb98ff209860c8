"""The right column: the same fault, notices, what to say."""
