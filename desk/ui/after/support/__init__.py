"""Shift+F12: what just happened, in one sentence, and a sealed bundle of it for IT."""
