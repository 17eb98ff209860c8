"""Every key of the window on one page, gathered from the buttons that show them."""
