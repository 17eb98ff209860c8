"""The manual as a site of pages (`make docs`): what is made for it from the program itself, so that it cannot be stale,
and how its pages are read by those who check them."""
