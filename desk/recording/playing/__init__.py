"""From a sealed recording to the ear and the eye."""
