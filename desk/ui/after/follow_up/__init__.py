"""Following up: the panel of a ticket's page, and the page of all that is due, of spot checks and of surveys."""
