"""What is written while a call runs: both voices and the manifest, so that no crash costs more than a moment."""
