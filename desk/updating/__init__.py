"""A new version of Desk: looked for, proven, laid beside the running one, tried, and taken back if it is unhealthy."""
