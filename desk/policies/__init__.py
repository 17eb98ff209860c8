"""What a company sets about its hotline's work: clocks, calendar, routes, questionnaires, the warnings' ladder. Shipped
defaults in resources/policies/, a company's own files in the place of them; read and checked, each error with its file,
line and reason."""
