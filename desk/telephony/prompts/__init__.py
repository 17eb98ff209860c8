"""What the machine says for the agent: shipped and recorded prompts, played into a call."""
