"""The switchboard and its nouns: what the phone does with calls, whatever stack is under it."""
