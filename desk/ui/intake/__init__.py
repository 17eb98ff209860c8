"""The intake form: what the agent fills in while talking. `editor` holds what was typed, `form` shows it."""
