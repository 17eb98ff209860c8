"""Work lists, what is next, and promises in the window."""
