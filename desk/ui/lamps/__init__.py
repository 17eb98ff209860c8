"""The lamps at the bottom: one lamp, one file. Each shows one thing of the seat in a dot, an icon and two or three
words, and knows nothing of the others."""
