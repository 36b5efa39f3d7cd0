"""The demo: a whole campaign, told from a fresh database to a reach report, on this machine."""
